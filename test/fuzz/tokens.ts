import { wireMutations } from '../differential/wire-mutations.js'
import { I, NOW } from '../support/fixture.js'
import { e1, strangerEc } from '../support/keys.js'
import {
  b64u,
  CLAIMS,
  claimsText,
  type Members,
  type SigningAlgorithm,
  sign,
  type TokenSpec,
  token,
  tokenBy,
} from '../support/token.js'
import type { Random } from './random.js'

/** Stands in everything that a client sends, so that it is easily found where it should not be. */
export const CANARY = 'canary'

const canaries = (random: Random): Members => ({
  sub: `${CANARY}-subject-${random.word(12)}`,
  client_id: `${CANARY}-client-${random.word(12)}`,
  jti: `${CANARY}-jti-${random.word(12)}`,
  email: `${random.word(8)}@${CANARY}.test`,
  scope: `${CANARY}:read ${CANARY}:${random.word(6)}`,
})

const algorithms: readonly SigningAlgorithm[] = [
  'ES256',
  'ES256',
  'ES256',
  'EdDSA',
  'Ed25519',
  'Ed25519',
  'RS256',
  'PS256',
]

const pool: string[] = []
const POOL = 400

/** Nothing is wrong with it, but that it grants no scope that a route asks for. */
export function validToken(random: Random): string {
  const signed = pool.length < POOL ? tokenBy(random.pick(algorithms), { claims: canaries(random) }) : undefined
  if (signed !== undefined) pool.push(signed)
  return signed ?? random.pick(pool)
}

/** Whether a field value has come out as a good one, however it was made. */
export function isGood(value: string): boolean {
  const [, token = ''] = /^[\t\n\r ]*bearer +([^\t\n\r ]+)[\t\n\r ]*$/i.exec(value) ?? []
  return pool.includes(token)
}

const wrongHeaders: readonly Members[] = [
  ...[
    { alg: 'none' },
    { alg: 'HS256' },
    { alg: 'es256' },
    { alg: null },
    { alg: undefined },
    { alg: 'RS256' },
    { alg: 'ES384' },
  ],
  ...[
    { kid: 'r1' },
    { kid: `${CANARY}-kid` },
    { kid: '../../../dev/null' },
    { kid: 7 },
    { kid: '__proto__' },
    { kid: `${CANARY}\n`.repeat(50) },
  ],
  ...[{ typ: 'id+jwt' }, { typ: 'dpop+jwt' }, { typ: 1 }, { crit: ['b64'], b64: true }, { b64: false }, { zip: 'DEF' }],
]

const wrongClaims: readonly Members[] = [
  ...[{ exp: NOW - 10 }, { exp: 0 }, { exp: `${NOW}` }, { exp: undefined }, { exp: -1 }, { exp: 2 ** 60 }],
  ...[{ nbf: NOW + 60 }, { nbf: 'x' }, { iat: NOW + 60 }, { iat: null }],
  ...[{ iss: `${I}/` }, { iss: `https://${CANARY}.test` }, { iss: [I] }, { iss: undefined }],
  ...[{ aud: `https://${CANARY}.test` }, { aud: [] }, { aud: {} }, { aud: undefined }],
  ...[{ sub: 1 }, { client_id: {} }, { jti: [] }, { cnf: { jkt: CANARY } }, { cnf: null }, { cnf: {} }],
]

const wrongPayloads = (random: Random): readonly (string | Uint8Array)[] => [
  ...['', '[]', 'null', `"${CANARY}"`, `${claimsText(canaries(random))}x`, claimsText().replace('{', '{"exp":1,')],
  ...[
    `\ufeff${claimsText()}`,
    claimsText().replace('{', '{"x":1e400,'),
    claimsText().replace('{', `{"x":${'['.repeat(2000)}${']'.repeat(2000)},`),
  ],
  Buffer.from([0xff, 0xfe, 0x7b, 0x7d]),
]

/** Signed with care, and not to be accepted. */
export function wrongToken(random: Random): string {
  const claims = canaries(random)
  const wrongs: (() => TokenSpec)[] = [
    () => ({ claims, header: random.pick(wrongHeaders), signedAs: 'ES256' }),
    () => ({ claims: { ...claims, ...random.pick(wrongClaims) } }),
    () => ({ payload: random.pick(wrongPayloads(random)) }),
    () => ({ claims, key: strangerEc }),
    () => ({ claims: { ...claims, nonce: CANARY }, header: { typ: 'JWT' } }),
  ]
  return token(random.pick(wrongs)())
}

/** A good token with its spelling, its order or its bytes changed. */
export function mutatedToken(random: Random): string {
  const [token, other] = [validToken(random), validToken(random)]
  return random.pick(wireMutations).apply(token, random, [token, other])
}

const token68 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/='

/** Bytes that HTTP lets through, and now and then others. */
export function bytesOf(random: Random): string {
  const any = random.bytes(random.integer(200)).toString('latin1')
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  return random.chance(0.95) ? any.replaceAll(/[\0-\u0008\u000a-\u001f\u007f]/g, '') : any
}

/** What never was a token. */
export function noToken(random: Random): string {
  const some = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet[random.integer(alphabet.length)]).join('')
  switch (random.integer(6)) {
    case 0:
      return some(token68, 1 + random.integer(300))
    case 1:
      return bytesOf(random)
    case 2:
      return [b64u(`{"alg":"${random.word(5)}","x":"${CANARY}"}`), random.word(40), random.word(40)].join('.')
    case 3:
      return '.'.repeat(random.integer(2000))
    case 4:
      return sign(`{"alg":"ES256","kid":"e1","${random.word(6)}":"${CANARY}"`, JSON.stringify(CLAIMS), e1, 'ES256')
    default:
      return some('{}[]":,.\\ \'%<>;&|`$()\u00e9\u00ff', 1 + random.integer(100))
  }
}
