import { I } from '../support/fixture.js'
import {
  type Behaviour,
  close,
  drip,
  flood,
  hang,
  html,
  json,
  jwks,
  redirect,
  status,
  text,
} from '../support/jwks-server.js'
import { e1, ecKey, privateJwkOf, publicKeys, republished } from '../support/keys.js'
import { rsa1024, rsaExponent1 } from '../support/odd-keys.js'
import { claimsText, token, tokenBy } from '../support/token.js'
import type { Setup } from '../support/world.js'
import type { ConformanceCase } from './case.js'
import { good, keysAre, keysUrl, type Options, oneHit, served } from './remote-keys.js'
import { bearer, granted, invalidToken, unavailable } from './rows.js'

const impatient: Options = { keys: { timeout: 1 } }

const faults: ConformanceCase[] = (
  [
    ['answers 500', status(500)],
    ['answers 503', status(503)],
    ['answers 429', status(429)],
    ['answers 401', status(401)],
    ['answers 404', status(404)],
    ['answers 204', { does: 'answer', status: 204, headers: {}, body: '' }],
    [
      'answers 201 with good keys',
      { does: 'answer', status: 201, headers: {}, body: JSON.stringify({ keys: publicKeys }) },
    ],
    ['redirects with 301', redirect(301, '/elsewhere')],
    ['redirects with 302', redirect(302, '/elsewhere')],
    ['redirects with 303', redirect(303, '/elsewhere')],
    ['redirects with 307', redirect(307, '/elsewhere')],
    ['redirects with 308', redirect(308, '/elsewhere')],
    ['redirects to another host', redirect(302, 'https://evil.test/jwks')],
    ['redirects to itself', redirect(302, '/jwks')],
    ['closes the connection', close],
    ['answers a page', html],
    ['answers nothing', text('')],
    ['answers half a document', text('{"keys":[')],
    ['answers an array', json(publicKeys)],
    ['answers null', json(null)],
    ['answers a string', json('keys')],
    ['answers an object without keys', json({})],
    ['answers an error', json({ error: 'server_error' })],
    ['answers keys as an object', json({ keys: { e1: e1.jwk } })],
    ['answers keys as null', json({ keys: null })],
    ['answers keys under __proto__', text(`{"__proto__":{"keys":[${JSON.stringify(e1.jwk)}]}}`)],
    [
      'answers keys under __proto__ and none beside',
      text(`{"__proto__":{"keys":[${JSON.stringify(e1.jwk)}]},"keys":[]}`),
    ],
    ['answers keys in capitals', json({ KEYS: publicKeys })],
    ['answers keys as text', json({ keys: JSON.stringify(publicKeys) })],
    ['answers keys one level down', json({ jwks: { keys: publicKeys } })],
    ['answers one key and no set', json(e1.jwk)],
    ['answers a signed set', text(`e30.${Buffer.from(JSON.stringify({ keys: publicKeys })).toString('base64url')}.AA`)],
    ['answers keys that nobody made', json({ keys: [[e1.jwk]] })],
    ['answers keys twice', text(`{"keys":[],"keys":[${JSON.stringify(e1.jwk)}]}`)],
    ['answers no keys', jwks([])],
    ['answers members that are no keys', jwks([null, 1, 'e1', [], {}])],
    [
      'answers keys that cannot be used only',
      jwks([rsa1024.jwk, rsaExponent1.jwk, privateJwkOf(e1), { kty: 'oct', kid: 'e1', k: 'AAAA' }]),
    ],
    [
      'answers a document that nests deeply',
      text(`{"keys":[${JSON.stringify(e1.jwk)}],"x":${'['.repeat(5000)}${']'.repeat(5000)}}`),
    ],
    ['answers in UTF-16', text(Buffer.from(JSON.stringify({ keys: publicKeys }), 'utf16le').toString('latin1'))],
    ['answers 1 MiB without end in sight', flood(1024 * 1024)],
    ['answers 60 MiB', flood(60 * 1024 * 1024)],
  ] as const
).map(([what, behaviour]: readonly [string, Behaviour]) => ({
  name: `RFC 9110 §15.6.4: a token cannot be checked while the key server ${what}`,
  rules: ['X25', 'R-8414-a', 'R-NET-b', 'R-NET-c', 'R-7517-e', 'A-64', 'A-65', 'A-69'],
  setup: keysAre(behaviour),
  before: [],
  given: served,
  expect: unavailable('keys'),
  // A second attempt is allowed where the fault may pass by itself; another address never is.
  outboundAtMost: 2,
  within: 3,
}))

const slowFaults: ConformanceCase[] = (
  [
    ['does not answer', hang],
    ['answers byte by byte', drip],
  ] as const
).map(([what, behaviour]) => ({
  name: `RFC 9110 §15.6.4: a token cannot be checked in time while the key server ${what}`,
  rules: ['X25', 'R-NET-c', 'A-70'],
  setup: keysAre(behaviour, impatient),
  before: [],
  given: served,
  expect: unavailable('keys'),
  outboundAtMost: 2,
  within: 2,
}))

const slowest: ConformanceCase = {
  name: 'RFC 9110 §15.6.4: without settings nobody waits longer than 5 s for keys',
  rules: ['X25', 'R-NET-c', 'A-70'],
  setup: keysAre(hang),
  before: [],
  given: served,
  expect: unavailable('keys'),
  outboundAtMost: 2,
  within: 5.5,
}

const working: ConformanceCase[] = [
  {
    name: 'RFC 7517 §5: the keys are fetched with the first token',
    rules: ['R-JWKS-a'],
    setup: keysAre(good),
    before: [],
    given: served,
    expect: granted,
    outbound: oneHit,
  },
  {
    name: 'RFC 7517 §5: the keys are fetched once',
    rules: ['R-JWKS-a'],
    setup: keysAre(good),
    before: [
      { send: served, status: 200 },
      { send: bearer(tokenBy('RS256')), status: 200 },
    ],
    given: bearer(tokenBy('EdDSA')),
    expect: granted,
    outbound: [],
  },
  {
    name: 'RFC 7517 §8.5.1: a key set is accepted with any media type',
    rules: ['R-8414-a'],
    setup: keysAre(text(JSON.stringify({ keys: publicKeys }), 'text/plain; charset=iso-8859-1')),
    before: [],
    given: served,
    expect: granted,
    outbound: oneHit,
  },
  {
    name: 'RFC 6750 §3.1: nothing is fetched for a request without a token',
    rules: ['X01', 'R-NET-a'],
    setup: keysAre(good),
    before: [],
    given: {},
    expect: {
      status: 401,
      kind: 'unauthenticated',
      reason: 'no_credentials',
      challenges: ['Bearer realm="api"'],
      body: { error_description: 'This request needs an access token' },
    },
    outbound: [],
  },
  ...(
    [
      ['that is no JWT', 'abc', 'malformed'],
      ['of an unknown issuer', token({ claims: { iss: 'https://evil.test' } }), 'unknown_issuer'],
      [
        'of an issuer named like an address inside',
        token({ claims: { iss: 'http://169.254.169.254/latest' } }),
        'unknown_issuer',
      ],
      ['without an issuer', token({ claims: { iss: undefined } }), 'missing_claim'],
      ['whose alg is not on the list', token({ header: { alg: 'none' }, signedAs: 'ES256' }), 'algorithm'],
      ['with crit', token({ header: { crit: ['x'], x: 1 } }), 'malformed'],
    ] as const
  ).map(([what, credential, reason]) => ({
    name: `RFC 8725 §3.10: nothing is fetched for a token ${what}`,
    rules: ['X08', 'X09', 'X10', 'R-NET-a', 'A-67'],
    setup: keysAre(good),
    before: [],
    given: bearer(credential),
    expect: invalidToken(reason),
    outbound: [],
  })),
]

const I2 = 'https://as2.test'
const keyOf2 = republished(ecKey('2', 'P-256'), 'e1')
const apart: Setup = {
  issuers: { [I]: { '/jwks': hang }, [I2]: { '/jwks': jwks([keyOf2.jwk]) } },
  options: {
    issuer: [
      { issuer: I, jwksUri: keysUrl },
      { issuer: I2, jwksUri: `${I2}/jwks` },
    ],
    keys: { timeout: 1 },
  },
}
const isolation: ConformanceCase[] = [
  {
    name: 'RFC 8725 §3.8: the outage of one issuer does not touch the tokens of another',
    rules: ['R-JWKS-j', 'A-52', 'A-73'],
    setup: apart,
    before: [{ send: served, status: 503 }],
    given: bearer(token({ claims: { iss: I2 }, key: keyOf2 })),
    expect: granted,
    outbound: [`${I2}/jwks`],
  },
  {
    name: 'RFC 8725 §3.8: the keys of one issuer do not stand in for those of another',
    rules: ['X25', 'R-8725b-3.8-a', 'R-JWKS-j', 'A-52'],
    setup: apart,
    before: [{ send: bearer(token({ claims: { iss: I2 }, key: keyOf2 })), status: 200 }],
    given: bearer(token({ key: keyOf2, payload: claimsText() })),
    expect: unavailable('keys'),
    outboundAtMost: 2,
    within: 2,
  },
]

export const keySource: readonly ConformanceCase[] = [...faults, ...slowFaults, slowest, ...working, ...isolation]
