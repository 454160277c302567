import { NOW } from '../support/fixture.js'
import { malleated, withSignature } from '../support/forgery.js'
import { jwks } from '../support/jwks-server.js'
import { e1, ecKey, publicKeys, republished, strangerEc } from '../support/keys.js'
import { CLAIMS, HEADER, segmentsOf, sign, T, token } from '../support/token.js'
import type { ConformanceCase, Expectation, Step } from './case.js'
import { good, keysAre, oneHit } from './remote-keys.js'
import { bearer, forbidden, granted, insufficientScope, invalidToken, malformed } from './rows.js'

// A token was accepted; then one thing changes, and it is presented again. What was true of it once must not answer for it now.

const accepted: Step = { send: bearer(T), status: 200 }

/** Claims that begin alike for hundreds of characters, signed. */
const beginningAlike = (sub: string): string =>
  sign(
    JSON.stringify(HEADER),
    `{"pad":"${'p'.repeat(600)}",${JSON.stringify({ ...CLAIMS, sub }).slice(1)}`,
    e1,
    'ES256',
  )

const [header, payload, signature] = segmentsOf(T)
const otherClaims = segmentsOf(token({ claims: { scope: 'read admin' } }))[1]

const changedTokens: ConformanceCase[] = (
  [
    ['with its last character changed', withSignature(T, changedAt(63)), invalidToken('signature')],
    [
      'with a character in the middle of its signature changed',
      withSignature(T, changedAt(20)),
      invalidToken('signature'),
    ],
    ['with other claims under the same signature', `${header}.${otherClaims}.${signature}`, invalidToken('signature')],
    ['with a padding character more', `${T}=`, malformed],
    ['without its signature', `${header}.${payload}.`, malformed],
    ['with its claims and another key', token({ key: strangerEc }), invalidToken('signature')],
    ['with its jti and other claims', token({ claims: { aud: 'https://other.test' } }), invalidToken('audience')],
    ['with the other number of its signature', malleated(T), granted],
  ] as const
).map(([how, credential, expect]: readonly [string, string, Expectation]) => ({
  name: `RFC 9700 §2.3: an accepted token says nothing of it ${how}`,
  rules: ['R-CACHE', 'A-79', 'A-82'],
  before: [accepted, accepted],
  given: bearer(credential),
  expect,
}))

function changedAt(index: number): Uint8Array {
  const bytes = Buffer.from(signature, 'base64url')
  bytes[index]! ^= 1
  return bytes
}

const beginnings: ConformanceCase[] = [
  {
    name: 'RFC 9700 §2.3: two tokens that begin alike for 800 characters are of two subjects',
    rules: ['R-CACHE', 'A-79'],
    before: [{ send: bearer(beginningAlike('u1')), status: 200 }],
    given: bearer(beginningAlike('u2')),
    expect: { status: 200, subject: 'u2' },
  },
  {
    name: 'RFC 9700 §2.3: two tokens of one jti are of two subjects',
    rules: ['R-CACHE', 'A-79'],
    before: [accepted],
    given: bearer(token({ claims: { sub: 'u2' } })),
    expect: { status: 200, subject: 'u2' },
  },
]

const timeGoesBy: ConformanceCase[] = (
  [
    ['a second before its tolerance ends', 309, granted],
    ['when its tolerance ends', 310, invalidToken('expired')],
    ['a second later', 311, invalidToken('expired')],
    ['after an hour in which the process stood still', 3600, invalidToken('expired')],
    ['when the clock was set back a little', -10, granted],
    ['when the clock was set back to before it was issued', -11, invalidToken('not_yet_valid')],
  ] as const
).map(([when, advance, expect]: readonly [string, number, Expectation]) => ({
  name: `RFC 7519 §4.1.4: an accepted token is judged by the time of each request: ${when}`,
  rules: ['X10', 'R-CACHE', 'R-OPS-g', 'A-82'],
  before: [accepted, { advance }],
  given: bearer(T),
  expect,
}))

const placesChange: ConformanceCase[] = [
  {
    name: 'RFC 6750 §3.1: a token that was accepted at one route is asked for its scope at the next',
    rules: ['X13', 'R-CACHE', 'R-SET', 'R-9700-2.3'],
    before: [accepted, { send: bearer(T, { target: '/v1/open' }), status: 200 }],
    given: bearer(T, { target: '/v1/w' }),
    expect: insufficientScope('write'),
  },
  {
    name: 'RFC 6750 §3.1: a token that lacked the scope of one route is accepted at the next',
    rules: ['R-CACHE', 'R-SET'],
    before: [{ send: bearer(T, { target: '/v1/w' }), status: 403 }],
    given: bearer(T),
    expect: granted,
  },
  {
    name: 'RFC 6750 §3.1: a check is made again for each request',
    rules: ['X14', 'R-CACHE', 'R-SET'],
    setup: { routes: { '/v1/denied': { check: () => false } } },
    before: [accepted],
    given: bearer(T, { target: '/v1/denied' }),
    expect: forbidden('check'),
  },
]

const e2 = republished(ecKey('e2', 'P-256'), 'e1')
const lasting = { exp: NOW + 30 * 86_400 }
const keysChange: ConformanceCase[] = [
  {
    name: 'RFC 7517 §5: a token whose key was replaced under its kid is refused with the next set',
    rules: ['X09', 'R-CACHE', 'R-JWKS-e', 'A-75'],
    setup: keysAre(good),
    before: [
      { send: bearer(token({ claims: lasting })), status: 200 },
      { serve: { '/jwks': jwks([e2.jwk]) } },
      { advance: 601 },
    ],
    given: bearer(token({ claims: lasting })),
    expect: invalidToken('signature'),
    outbound: oneHit,
  },
  {
    name: 'RFC 7517 §5: a token whose key came back is accepted again',
    rules: ['R-CACHE', 'R-JWKS-e'],
    setup: keysAre(good),
    before: [
      { send: bearer(token({ claims: lasting })), status: 200 },
      { serve: { '/jwks': jwks(publicKeys.filter(({ kid }) => kid !== 'e1')) } },
      { advance: 601 },
      { send: bearer(token({ claims: lasting })), status: 401 },
      { serve: { '/jwks': good } },
      { advance: 601 },
    ],
    given: bearer(token({ claims: lasting })),
    expect: granted,
    outbound: oneHit,
  },
]

export const repetition: readonly ConformanceCase[] = [
  ...changedTokens,
  ...beginnings,
  ...timeGoesBy,
  ...placesChange,
  ...keysChange,
]
