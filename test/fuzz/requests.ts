import type { HeaderLine } from '../support/raw.js'
import type { Random } from './random.js'
import type { BadRequest } from './request.js'
import { bytesOf, CANARY, isGood, mutatedToken, noToken, validToken, wrongToken } from './tokens.js'

/** What the HTTP doors let through in one header section. */
export const MAX_HEADER_SIZE: number = 64 * 1024

/** Any good token lets one through here. */
const OPEN = '/v1/open'
/** A scope is asked for that no token here has. */
const CLOSED = '/v1/w'

/** The lines of one kind of bad request, and what else it has. */
interface Bad {
  readonly authorization?: readonly string[]
  readonly headers?: readonly HeaderLine[]
  readonly query?: string
  readonly body?: string
  readonly target?: string
  readonly lacksScope?: true
}

const schemes = ['Bearer', 'bearer', 'BEARER', 'bEaReR'] as const

const strangeSchemes = [
  ...[
    'Bearer:',
    'Bearer=',
    '"Bearer"',
    'Bearer,',
    'Bear\u00e9r',
    'Be\u212arer',
    'Bearer\u017f',
    'Bearertoken',
    'Bearer Bearer',
    'B',
    '',
  ],
  ...[
    'Basic',
    'Digest',
    'Negotiate',
    'DPoP',
    'Token',
    'JWT',
    'GNAP',
    'HOBA',
    'Bearer/1.0',
    '__proto__',
    'Bearer;',
    '\u00a0Bearer',
    ',',
  ],
]

const strangeSeparators = [
  '',
  '\t',
  ' \t',
  '\t ',
  '\u00a0',
  ' \u00a0',
  '\v',
  '\f',
  ':',
  ': ',
  '=',
  ' = ',
  ',',
  ', ',
  ' , ',
  '%20',
  '+',
  '\u0085',
  '/',
]

const strangeEnds = [',', ', Bearer', ' x', ';', ' realm="x"', '\u00a0', '"', ',,', '\tx']

const anyToken = (random: Random): string =>
  random.pick([validToken, validToken, mutatedToken, wrongToken, noToken])(random)

const badToken = (random: Random): string => random.pick([mutatedToken, mutatedToken, wrongToken, noToken])(random)

const places: readonly ((token: string) => Bad)[] = [
  (token) => ({ query: `access_token=${encodeURIComponent(token)}` }),
  (token) => ({ query: `access_token[]=${encodeURIComponent(token)}&access_token=${encodeURIComponent(token)}` }),
  (token) => ({ headers: [['Cookie', `access_token=${token}; session=${CANARY}`]] }),
  (token) => ({ headers: [['Proxy-Authorization', `Bearer ${token}`]] }),
  (token) => ({
    headers: [
      ['X-Forwarded-Authorization', `Bearer ${token}`],
      ['X-Access-Token', token],
    ],
  }),
  (token) => ({ headers: [['Content-Type', 'application/x-www-form-urlencoded']], body: `access_token=${token}` }),
  (token) => ({ headers: [['Content-Type', 'application/json']], body: `{"access_token":"${token}"}` }),
  (token) => ({ headers: [['Content-Type', `text/${CANARY}`]], body: `Bearer ${token}` }),
]

const sizes = [16_300, 16_384, 16_385, 16_400, 20_000, 40_000, 60_000, 66_000, 100_000]

interface Kind {
  readonly name: string
  readonly weight: number
  readonly make: (random: Random) => Bad
}

const kinds: readonly Kind[] = [
  {
    name: 'a token that was changed on the way',
    weight: 30,
    make: (random) => ({
      authorization: [`${random.pick(schemes)}${' '.repeat(1 + random.integer(3))}${mutatedToken(random)}`],
    }),
  },
  {
    name: 'a token that is signed and wrong',
    weight: 16,
    make: (random) => ({ authorization: [`${random.pick(schemes)} ${wrongToken(random)}`] }),
  },
  {
    name: 'no token at all',
    weight: 12,
    make: (random) => ({ authorization: [`${random.pick(schemes)} ${noToken(random)}`] }),
  },
  {
    name: 'a strange scheme',
    weight: 10,
    make: (random) => ({ authorization: [`${random.pick(strangeSchemes)} ${anyToken(random)}`] }),
  },
  {
    name: 'a strange separator',
    weight: 8,
    make: (random) => ({
      authorization: [`${random.pick(schemes)}${random.pick(strangeSeparators)}${anyToken(random)}`],
    }),
  },
  {
    name: 'something behind the token',
    weight: 4,
    make: (random) => ({
      authorization: [`Bearer ${anyToken(random)}${random.pick(strangeEnds)}`],
    }),
  },
  {
    name: 'random bytes',
    weight: 4,
    make: (random) => ({ authorization: [bytesOf(random)] }),
  },
  {
    name: 'an empty value',
    weight: 1,
    make: (random) => ({ authorization: [random.pick(['', 'Bearer', 'Bearer ', ' '])] }),
  },
  {
    name: 'several lines',
    weight: 6,
    make: (random) => ({
      authorization: Array.from({ length: 2 + random.integer(2) }, () =>
        random.pick([`Bearer ${validToken(random)}`, `Bearer ${badToken(random)}`, `Basic ${random.word(20)}`, '']),
      ),
    }),
  },
  {
    name: 'a token in another place',
    weight: 5,
    make: (random) => random.pick(places)(validToken(random)),
  },
  {
    name: 'a bad token, and a good one in another place',
    weight: 3,
    make: (random) => ({ ...random.pick(places)(validToken(random)), authorization: [`Bearer ${badToken(random)}`] }),
  },
  {
    name: 'a token of any size',
    weight: 1,
    make: (random) => {
      const token = validToken(random)
      return { authorization: [`Bearer ${token}${random.word(1).repeat(random.pick(sizes) - token.length)}`] }
    },
  },
  {
    name: 'a scope too few',
    weight: 2,
    make: (random) => ({
      authorization: [`${random.pick(schemes)} ${validToken(random)}`],
      target: CLOSED,
      lacksScope: true,
    }),
  },
]

const raffle = kinds.flatMap((kind) => Array.from({ length: kind.weight }, () => kind))

const methods = ['GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

const fieldNames = ['Authorization', 'authorization', 'AUTHORIZATION']

export function badRequest(random: Random): BadRequest {
  const { name, make } = random.pick(raffle)
  let bad = make(random)
  // Some mutations undo others, or change nothing: a good token may have come out again.
  while (bad.lacksScope !== true && bad.authorization?.length === 1 && isGood(bad.authorization[0]!)) bad = make(random)
  return requestOf(random, name, bad)
}

function requestOf(random: Random, recipe: string, bad: Bad): BadRequest {
  const { authorization = [], headers = [], query, body, target = OPEN, lacksScope = false } = bad
  const lines = [...authorization.map((value): HeaderLine => [random.pick(fieldNames), value]), ...headers].map(
    ([field, value]): HeaderLine => [field, inBytes(value)],
  )
  const method = body === undefined ? random.pick(methods) : random.pick(['POST', 'PUT', 'PATCH', 'DELETE'])
  return {
    method,
    target: query === undefined ? target : `${target}?${query}`,
    headers: lines,
    ...(body !== undefined && { body: inBytes(body) }),
    recipe,
    secrets: [
      ...lines.filter(([field]) => field !== 'Content-Type').map(([, value]) => value),
      ...(query === undefined ? [] : [query]),
      ...(body === undefined ? [] : [body]),
    ],
    lacksScope,
    breaksHttp: breaksHttp(lines),
  }
}

/** One character for each byte that is sent: those of UTF-8 where Latin-1 is too small. */
function inBytes(value: string): string {
  return [...value].every((character) => character <= '\u00ff') ? value : Buffer.from(value).toString('latin1')
}

/** RFC 9110 §5.5, and the limit of the server. */
function breaksHttp(lines: readonly HeaderLine[]): boolean {
  const size = lines.reduce((total, [name, value]) => total + name.length + value.length, 0)
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  return size > MAX_HEADER_SIZE - 1000 || lines.some(([, value]) => /[\0-\u0008\u000a-\u001f\u007f]/.test(value))
}
