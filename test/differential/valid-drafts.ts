import type { Random } from '../fuzz/random.js'
import { A, I, NOW } from '../support/fixture.js'
import type { SigningAlgorithm } from '../support/token.js'
import { type Draft, draftOf, type Member, part } from './draft.js'
import { jsonText, spaced, stringText } from './json-text.js'
import { goodKeys } from './keys.js'
import type { Settings } from './settings.js'

const accessTokenTypes = ['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/At+Jwt']
const plainTypes = [undefined, 'JWT', 'jwt', 'application/jwt', 'APPLICATION/JWT']

const headerNames = [
  'x5t',
  'jku',
  'jwk',
  'x5u',
  'cty',
  'url',
  'enc',
  'Alg',
  'KID',
  '',
  'é',
  '__proto__',
  'constructor',
  'toString',
]

const claimNames = [
  ...[
    'scope',
    'scp',
    'roles',
    'permissions',
    'act',
    'azp',
    'acr',
    'auth_time',
    'https://x.test/y',
    'htm',
    'Aud',
    '',
    'é',
  ],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length'],
]

/** Every algorithm now and then, but seldom those whose signatures take milliseconds. */
function chooseAlgorithm(random: Random, { algorithms }: Settings): SigningAlgorithm {
  const quick = algorithms.filter((alg) => alg === 'ES256' || alg.startsWith('Ed'))
  const rsa = algorithms.filter((alg) => /^[RP]S/.test(alg))
  const share = random.integer(100)
  return random.pick(share < 93 ? quick : share < 98 ? rsa : algorithms)
}

/** A token that both sides must accept. */
export function validDraft(random: Random, settings: Settings): Draft {
  const alg = chooseAlgorithm(random, settings)
  const fitting = goodKeys.filter(({ signs }) => signs.includes(alg))
  const named = random.chance(0.94)
  const key = random.pick(named ? fitting : fitting.slice(0, 4)) // without a name only four are tried
  return draftOf(
    part(header(random, settings, alg, named ? key.kid : undefined), spaced(random, ',')),
    part(claims(random, settings), spaced(random, ',')),
    key,
    alg,
  )
}

function header(random: Random, { profile }: Settings, alg: string, kid: string | undefined): Member[] {
  const typ = random.pick(profile === 'rfc9068' ? accessTokenTypes : [...accessTokenTypes, ...plainTypes])
  return inAnyOrder(random, [
    member(random, 'alg', stringText(random, alg)),
    ...(kid === undefined ? [] : [member(random, 'kid', stringText(random, kid))]),
    ...(typ === undefined ? [] : [member(random, 'typ', stringText(random, typ))]),
    ...others(random, headerNames, 2, 5),
  ])
}

function claims(random: Random, settings: Settings): Member[] {
  const isFull = settings.profile === 'rfc9068'
  const text = (): string => stringText(random, random.pick(['u1', random.word(8), 'é😀', ' ']))
  const optional = (name: string, value: () => string, needed = isFull): Member[] =>
    needed || random.chance(0.7) ? [member(random, name, value())] : []
  return inAnyOrder(random, [
    member(random, 'iss', stringText(random, I)),
    member(random, 'aud', audience(random, settings)),
    member(random, 'exp', String(random.pick(validTimes.exp(settings)))),
    ...optional('iat', () => String(random.pick(validTimes.iat(settings)))),
    ...optional('nbf', () => String(random.pick(validTimes.nbf(settings))), false),
    ...optional('sub', text),
    ...optional('client_id', text),
    ...optional('jti', text),
    ...others(random, claimNames, 3, 8),
  ])
}

const validTimes = {
  exp: ({ clockTolerance }: Settings) => [
    ...[NOW + 300, NOW + 86_400, NOW + 1, NOW + 1.25, '1.8000003e9', '99999999999', Number.MAX_SAFE_INTEGER],
    ...[NOW - clockTolerance + 1, NOW - clockTolerance + 0.9995],
  ],
  iat: ({ clockTolerance }: Settings) => [NOW, NOW - 1, NOW - 300.25, 0, '-0', '1.8e9', NOW + clockTolerance],
  nbf: ({ clockTolerance }: Settings) => [NOW, NOW - 0.5, 0, '1e-400', NOW + clockTolerance],
} as const

function audience(random: Random, { audience: accepted }: Settings): string {
  const ours = random.pick(accepted)
  if (random.chance(0.5)) return stringText(random, ours)
  const strangers = ['https://other.test', `${A}/`, '', ours].slice(0, random.integer(5))
  return JSON.stringify(random.shuffled([ours, ...strangers]))
}

function others(random: Random, names: readonly string[], most: number, depth: number): Member[] {
  const chosen = random.shuffled(names).slice(0, random.integer(most + 1))
  return chosen.map((name) => member(random, name, jsonText(random, depth)))
}

function member(random: Random, name: string, value: string): Member {
  return [stringText(random, name), value]
}

function inAnyOrder(random: Random, members: readonly Member[]): Member[] {
  return random.chance(0.5) ? [...members] : random.shuffled(members)
}
