import {
  answer,
  type Behaviour,
  close,
  corruptGzip,
  cutOff,
  distrusted,
  drip,
  flood,
  gzipBomb,
  hang,
  hangAfterHeaders,
  html,
  json,
  jwks,
  redirect,
  refuse,
  reset,
  text,
} from '../support/jwks-server.js'
import { e1, privateJwkOf, publicKeys } from '../support/keys.js'
import { rsa1024, rsaExponent1 } from '../support/odd-keys.js'

/**
 * What the policy makes of a fault. `passing`: it may be over in a moment, so it is worth a second try at once.
 * `lasting`: it is not. `slow`: the time is up before there is an answer, and so there is none for a second try.
 */
export type Kind = 'passing' | 'lasting' | 'slow'

export interface Fault {
  /** What the issuer does. */
  readonly what: string
  readonly is: Behaviour
  readonly kind: Kind
  /** What the operator is told, after `GET <address> failed: ` if it begins with a small letter or is a code. */
  readonly reason: string | RegExp
  /** Seconds for which the issuer asks to be left alone, where it does. */
  readonly retryAfter?: number
}

const CANARY = 'canary-5e1f'

const answers = (code: number, kind: Kind): Fault => ({
  what: `answers ${code}`,
  is: text(CANARY, 'text/plain', code),
  kind,
  reason: `it answered ${code}, expected 200`,
})

const asksForTime = (code: number, value: string, kind: Kind, retryAfter?: number): Fault => ({
  what: `answers ${code} with Retry-After: ${value}`,
  is: answer(code, { 'retry-after': value, 'x-canary': CANARY }),
  kind,
  reason: `it answered ${code}, expected 200`,
  ...(retryAfter !== undefined && { retryAfter }),
})

const NO_JSON = 'it did not answer one well-formed JSON object'
const NO_SET = /did not answer a JWK set of at most 100 keys$/
const NO_KEY = /^The JWK set of the issuer has no usable key$/
const TOO_LARGE = 'it answered more than 262144 bytes'

const keySet = JSON.stringify({ keys: publicKeys })

/** Faults of whatever is fetched, keys or metadata. */
export const faults: readonly Fault[] = [
  // The network.
  { what: 'refuses the connection', is: refuse, kind: 'passing', reason: 'ECONNREFUSED' },
  { what: 'resets the connection', is: reset, kind: 'passing', reason: /(?:ECONNRESET|UND_ERR_SOCKET)$/ },
  { what: 'closes the connection', is: close, kind: 'passing', reason: 'UND_ERR_SOCKET' },
  {
    what: 'shows a certificate that nobody trusts',
    is: distrusted,
    kind: 'passing',
    reason: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  },
  { what: 'breaks off, having said how much would come', is: cutOff(true), kind: 'passing', reason: /UND_ERR_SOCKET$/ },
  { what: 'breaks off in the middle of a chunk', is: cutOff(false), kind: 'passing', reason: /UND_ERR_SOCKET$/ },
  { what: 'sends what cannot be unpacked', is: corruptGzip, kind: 'passing', reason: /Z_DATA_ERROR$/ },
  // Time.
  { what: 'never answers', is: hang, kind: 'slow', reason: 'timed out' },
  { what: 'sends headers and nothing else', is: hangAfterHeaders, kind: 'slow', reason: 'timed out' },
  { what: 'sends a byte at a time', is: drip, kind: 'slow', reason: 'timed out' },
  // Size.
  { what: 'sends 60 MB', is: flood(60_000_000, true), kind: 'lasting', reason: TOO_LARGE },
  { what: 'sends 60 MB in chunks', is: flood(60_000_000), kind: 'lasting', reason: TOO_LARGE },
  { what: 'sends 60 MB packed in 60 KB', is: gzipBomb(60_000_000), kind: 'lasting', reason: TOO_LARGE },
  // RFC 9110 §15: status codes.
  ...[201, 204, 400, 401, 403, 418].map((code) => answers(code, 'lasting')),
  ...[408, 429, 500, 502, 503, 504].map((code) => answers(code, 'passing')),
  asksForTime(429, '1', 'lasting', 1),
  asksForTime(429, '20', 'lasting', 20),
  asksForTime(429, '120', 'lasting', 30),
  asksForTime(503, '86400', 'lasting', 30),
  asksForTime(503, 'Fri, 31 Dec 2027 23:59:59 GMT', 'passing'),
  asksForTime(503, '-1', 'passing'),
  // What is in it.
  { what: 'answers a page', is: html, kind: 'lasting', reason: NO_JSON },
  { what: 'answers nothing', is: text(''), kind: 'lasting', reason: NO_JSON },
  { what: 'answers half of it', is: text(keySet.slice(0, -9)), kind: 'lasting', reason: NO_JSON },
  { what: 'answers an array', is: json([CANARY]), kind: 'lasting', reason: NO_JSON },
  { what: 'answers with a name twice', is: text('{"keys":[],"keys":[]}'), kind: 'lasting', reason: NO_JSON },
]

/** Where keys should be there is nothing, or a way to another place. */
export const goneFaults: readonly Fault[] = [
  ...[404, 410].map((code) => answers(code, 'lasting')),
  ...[301, 302, 303, 307, 308].map((code) => ({ ...answers(code, 'lasting'), is: redirect(code, '/elsewhere') })),
]

/** Documents that are no key sets of any use. */
export const keySetFaults: readonly Fault[] = [
  { what: 'answers an object of something else', is: json({ error: CANARY }), kind: 'lasting', reason: NO_SET },
  { what: 'answers a single key', is: json(e1.jwk), kind: 'lasting', reason: NO_SET },
  { what: 'answers 101 keys', is: jwks(Array.from({ length: 101 }, () => e1.jwk)), kind: 'lasting', reason: NO_SET },
  { what: 'answers no keys', is: jwks([]), kind: 'lasting', reason: NO_KEY },
  { what: 'answers members that are no keys', is: jwks([null, 1, CANARY, [], {}]), kind: 'lasting', reason: NO_KEY },
  { what: 'answers a key of a new type', is: jwks([{ kty: 'AKP', kid: 'e1' }]), kind: 'lasting', reason: NO_KEY },
  { what: 'answers a private key', is: jwks([privateJwkOf(e1)]), kind: 'lasting', reason: NO_KEY },
  {
    what: 'answers a symmetric key',
    is: jwks([{ kty: 'oct', kid: 'e1', k: 'AAAA' }]),
    kind: 'lasting',
    reason: NO_KEY,
  },
  { what: 'answers weak keys', is: jwks([rsa1024.jwk, rsaExponent1.jwk]), kind: 'lasting', reason: NO_KEY },
  { what: 'answers a point off its curve', is: jwks([{ ...e1.jwk, y: e1.jwk['x'] }]), kind: 'lasting', reason: NO_KEY },
]
