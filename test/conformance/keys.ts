import { createPublicKey, verify as verifyBytes } from 'node:crypto'
import { I } from '../support/fixture.js'
import { pkcs1Blocks, signingInputOf, withSignature } from '../support/forgery.js'
import {
  d1,
  e1,
  e384,
  ecKey,
  type Jwk,
  publicKeys,
  r1,
  republished,
  strangerEc,
  strangerRsa,
  type TestKey,
} from '../support/keys.js'
import {
  rsaExponent1,
  smallOrderJwk,
  smallOrderPoints,
  unusable,
  unusableOkp,
  unusableRsa,
  usable,
} from '../support/odd-keys.js'
import { type SigningAlgorithm, token, tokenBy } from '../support/token.js'
import type { Setup } from '../support/world.js'
import type { ConformanceCase } from './case.js'
import { bearer, granted, invalidToken } from './rows.js'

const unknownKey = invalidToken('unknown_key')
const badSignature = invalidToken('signature')

const publishing = (...keys: readonly Jwk[]): Setup => ({ options: { issuer: { issuer: I, jwks: { keys } } } })

const strangerJwk = strangerEc.jwk
const hostile = 'https://evil.test/jwks'
const keysFromTheHeader: ConformanceCase[] = (
  [
    ['a jwk', { jwk: strangerJwk }],
    ['a jku', { jku: hostile }],
    ['a jku with the name of the issuer as the user', { jku: 'https://as.test@evil.test/' }],
    ['a jku of the metadata service', { jku: 'http://169.254.169.254/' }],
    ['a jku of a file', { jku: 'file:///etc/passwd' }],
    ['a jku of a host that begins like the issuer', { jku: 'https://as.test.evil.test/jwks' }],
    ['a jku of the issuer itself', { jku: `${I}/jwks` }],
    ['a jku without TLS', { jku: 'http://as.test/jwks' }],
    ['a jku that is data', { jku: `data:application/json,${JSON.stringify({ keys: [strangerJwk] })}` }],
    ['a jku that is a list', { jku: [hostile] }],
    ['an x5u', { x5u: hostile }],
    ['an x5u of the metadata service', { x5u: 'http://169.254.169.254/latest' }],
    ['an x5u of a file', { x5u: 'file:///etc/passwd' }],
    ['a jwk that is text', { jwk: JSON.stringify(strangerJwk) }],
    ['a jwk under the kid of a good key', { jwk: { ...strangerJwk, kid: 'e1' } }],
    ['a jwk that is symmetric', { jwk: { kty: 'oct', kid: 'e1', k: 'AAAA' } }],
    ['a set of keys', { jwks: { keys: [strangerJwk] }, keys: [strangerJwk] }],
    ['an x5c', { x5c: [strangerEc.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] }],
    ['an x5t', { x5t: 'AAAA', 'x5t#S256': 'AAAA' }],
    ['all of them', { jwk: strangerJwk, jku: hostile, x5u: hostile, x5c: ['AAAA'], x5t: 'AAAA' }],
  ] as const
).flatMap(([what, members]): ConformanceCase[] => [
  {
    name: `RFC 8725 §3.10: ${what} beside a known kid does not choose the key`,
    rules: ['X09', 'R-7515-4.1.2-a', 'A-22', 'A-23'],
    given: bearer(token({ header: members, key: strangerEc })),
    expect: badSignature,
  },
  {
    name: `RFC 8725 §3.10: ${what} without a kid does not choose the key`,
    rules: ['X09', 'R-7515-4.1.2-a', 'A-22', 'A-23'],
    given: bearer(token({ header: { ...members, kid: undefined }, key: strangerEc })),
    expect: badSignature,
  },
  {
    name: `RFC 8725 §3.10: ${what} beside an unknown kid does not add a key`,
    rules: ['X09', 'R-7515-4.1.2-a', 'A-22', 'A-23'],
    given: bearer(token({ header: { ...members, kid: strangerEc.kid }, key: strangerEc })),
    expect: unknownKey,
  },
])

const strangeKids: ConformanceCase[] = [
  'E1',
  'e1\n',
  ' e1',
  'e1\0',
  '',
  'e',
  'e11',
  '\u0435\u0031',
  '../../../../dev/null',
  "' UNION SELECT 'e1",
  '|id',
  '\0',
  '\r\nSet-Cookie: canary=1',
  '\u001b[31mcanary\u2028',
  '__proto__',
  'constructor',
  'toString',
  'length',
  '0',
  'e1,r1',
  `${I}#e1`,
  `canary${'k'.repeat(2000)}`,
  "'; DROP TABLE keys; --",
  '$(id)',
  '`id`',
  '*)(uid=*',
  '%00',
  '%65%31',
  '../e1',
  './e1',
  'file:///etc/passwd',
  'http://169.254.169.254/',
  '{"$ne":null}',
  '.*',
  '*',
  'e1\r\n',
  '\ufefe1',
  '\ufeffe1',
  'e1\u200b',
  '\uff45\uff11',
  'null',
  'undefined',
  'prototype',
  'hasOwnProperty',
  '\ud800',
].map((kid) => ({
  name: `RFC 8725 §3.10: kid is compared to the letter: ${JSON.stringify(kid.slice(0, 40))}`,
  rules: ['X09', 'R-8725b-3.10-a', 'A-25', 'A-109'],
  given: bearer(token({ header: { kid } })),
  expect: unknownKey,
}))

const oddKeys: readonly Readonly<Record<string, TestKey>>[] = [unusable, unusableRsa, unusableOkp, usable]
const odd: Setup = publishing(
  null as unknown as Jwk,
  {},
  { kty: 'WAT', kid: 'wat' },
  { kty: 'AKP', kid: 'akp', alg: 'ML-DSA-44', pub: 'AAAA' },
  { kty: 'EC', crv: 'P-256', kid: 1, x: strangerJwk['x'], y: strangerJwk['y'] },
  ...oddKeys.flatMap((keys) => Object.values(keys).map(({ jwk }) => jwk)),
  ...smallOrderPoints.map(smallOrderJwk),
  ...publicKeys,
)

function algOf(key: TestKey): SigningAlgorithm {
  if (Object.values(unusableRsa).includes(key)) return 'RS256'
  return Object.values(unusableOkp).includes(key) ? 'EdDSA' : 'ES256'
}

const unusableKeys: ConformanceCase[] = [unusable, unusableRsa, unusableOkp].flatMap((keys) =>
  Object.entries(keys).map(([what, key]) => ({
    name: `RFC 7517 §5: a key with ${what} is no key for ${algOf(key)}`,
    rules: ['X09', 'R-7517-a', 'R-7517-b', 'R-7518-3.3-a', 'R-RSA-e', 'R-8725b-3.1-b', 'A-06', 'A-12', 'A-13', 'A-64'],
    setup: odd,
    given: bearer(token({ header: { alg: algOf(key), kid: key.kid }, key })),
    expect: unknownKey,
  })),
)

const usableKeys: ConformanceCase[] = [
  ...Object.entries(usable).map(([what, key]) => ({
    name: `RFC 7517 §4: a key with ${what} is used`,
    rules: ['R-7517-a', 'R-7517-b'],
    setup: odd,
    given: bearer(token({ header: { kid: key.kid }, key })),
    expect: granted,
  })),
  ...(['ES256', 'RS256', 'PS256', 'EdDSA'] as const).map((alg) => ({
    name: `RFC 7517 §5: odd members of a set do not harm its good keys: ${alg}`,
    rules: ['R-7517-a', 'A-64'],
    setup: odd,
    given: bearer(tokenBy(alg)),
    expect: granted,
  })),
  {
    name: 'RFC 7517 §4.5: a kid in the set that is not a string matches no token',
    rules: ['X09', 'R-7517-a', 'A-64'],
    setup: odd,
    given: bearer(token({ header: { kid: '1' }, key: strangerEc })),
    expect: unknownKey,
  },
]

const forgedWithoutKey: ConformanceCase[] = [
  {
    name: 'RFC 8017 §5.2.2: with the exponent 1 a signature is its own padding; nobody is let in by that',
    rules: ['X09', 'R-RSA-e', 'A-13'],
    setup: odd,
    given: bearer(selfSigned(token({ header: { alg: 'RS256', kid: rsaExponent1.kid }, signedAs: 'none' }))),
    expect: unknownKey,
  },
  {
    name: 'RFC 8017 §5.2.2: nor without a kid, where every key is tried',
    rules: ['X09', 'R-RSA-e', 'A-13'],
    setup: odd,
    given: bearer(selfSigned(token({ header: { alg: 'RS256', kid: undefined }, signedAs: 'none' }))),
    expect: badSignature,
  },
  ...smallOrderPoints.map((point) => ({
    name: `RFC 8032 §5.1.7: a public key of small order lets nobody in: ${point}`,
    rules: ['X09', 'R-8037-b'],
    setup: odd,
    given: bearer(forgedForPoint(point)),
    expect: unknownKey,
  })),
]

function selfSigned(unsignedToken: string): string {
  return withSignature(unsignedToken, pkcs1Blocks.right(unsignedToken))
}

/** A token with a signature that needs no private key: R is the neutral point, S is zero. */
function forgedForPoint(point: string): string {
  const signature = Buffer.alloc(64)
  signature[0] = 1
  const { kid, ...jwk } = smallOrderJwk(point)
  let candidate = ''
  for (let i = 0; i < 50; i++) {
    candidate = withSignature(
      token({ header: { alg: 'EdDSA', kid }, claims: { jti: `${i}` }, signedAs: 'none' }),
      signature,
    )
    if (verifies(jwk, candidate, signature)) break
  }
  return candidate
}

function verifies(jwk: Jwk, candidate: string, signature: Uint8Array): boolean {
  try {
    return verifyBytes(null, signingInputOf(candidate), createPublicKey({ key: jwk, format: 'jwk' }), signature)
  } catch {
    return false
  }
}

const eddsaNames: Setup = publishing(
  republished(d1, 'says-eddsa', { alg: 'EdDSA' }).jwk,
  republished(d1, 'says-ed25519', { alg: 'Ed25519' }).jwk,
)
const oneAlgorithmTwoNames: ConformanceCase[] = (
  [
    ['says-eddsa', 'Ed25519'],
    ['says-ed25519', 'EdDSA'],
    ['says-eddsa', 'EdDSA'],
    ['says-ed25519', 'Ed25519'],
  ] as const
).map(([kid, alg]) => ({
  name: `RFC 9864 §2.2: a key that ${kid.replace('-', ' ')} verifies a token that says ${alg}`,
  rules: ['R-8037-a', 'A-17'],
  setup: eddsaNames,
  given: bearer(tokenBy(alg, { header: { kid } })),
  expect: granted,
}))

const extraHeaders: ConformanceCase[] = (
  [
    ['a jwk', { jwk: strangerJwk }],
    ['a jku', { jku: hostile }],
    ['an x5u', { x5u: hostile }],
    ['an x5t', { x5t: 'AAAA', 'x5t#S256': 'AAAA' }],
  ] as const
).map(([what, header]) => ({
  name: `RFC 8725 §3.10: ${what} in the header of a good token does no harm`,
  rules: ['R-7515-4.1.2-a', 'A-22', 'A-23'],
  given: bearer(token({ header })),
  expect: granted,
}))

const others: readonly TestKey[] = ['o1', 'o2', 'o3', 'o4'].map((kid) => ecKey(kid, 'P-256'))
const called = (kid: string | undefined, ...keys: readonly TestKey[]): Setup =>
  publishing(...keys.map((key) => (kid === undefined ? key.jwk : republished(key, kid).jwk)))

const candidates: ConformanceCase[] = [
  {
    name: 'RFC 7515 §4.1.4: a token without kid is checked with the one key that fits its alg',
    rules: ['R-KID-a'],
    given: bearer(token({ header: { kid: undefined } })),
    expect: granted,
  },
  {
    name: 'RFC 7515 §4.1.4: a token without kid is checked with each of two keys',
    rules: ['R-KID-a'],
    setup: called(undefined, others[0]!, e1),
    given: bearer(token({ header: { kid: undefined } })),
    expect: granted,
  },
  {
    name: 'RFC 7515 §4.1.4: the fourth key that fits is still tried',
    rules: ['R-KID-a'],
    setup: called(undefined, others[0]!, r1, d1, others[1]!, e384, others[2]!, e1),
    given: bearer(token({ header: { kid: undefined } })),
    expect: granted,
  },
  {
    name: 'RFC 7515 §4.1.4: the fifth key is not tried, so that a token costs four checks at most',
    rules: ['X09', 'R-KID-a'],
    setup: called(undefined, ...others, e1),
    given: bearer(token({ header: { kid: undefined } })),
    expect: badSignature,
  },
  {
    name: 'RFC 7515 §4.1.4: a token without kid finds no key where none fits its alg',
    rules: ['X09', 'R-KID-a'],
    setup: called(undefined, r1),
    given: bearer(token({ header: { kid: undefined } })),
    expect: unknownKey,
  },
  ...(['ES256', 'RS256', 'EdDSA'] as const).map((alg) => ({
    name: `RFC 7517 §4.5: of keys of different types with one kid, the one that fits is used: ${alg}`,
    rules: ['R-7517-d', 'A-62'],
    setup: called('k', r1, e1, d1),
    given: bearer(tokenBy(alg, { header: { kid: 'k' } })),
    expect: granted,
  })),
  {
    name: 'RFC 7517 §4.5: of two keys of one type with one kid, the second one works',
    rules: ['R-7517-d', 'A-62'],
    setup: called('k', strangerRsa, r1),
    given: bearer(tokenBy('RS256', { header: { kid: 'k' } })),
    expect: granted,
  },
  {
    name: 'RFC 7517 §4.5: of two keys of one type with one kid, the first one works',
    rules: ['R-7517-d', 'A-62'],
    setup: called('k', r1, strangerRsa),
    given: bearer(tokenBy('RS256', { header: { kid: 'k' } })),
    expect: granted,
  },
  {
    name: 'RFC 7517 §4.5: of two keys with one kid, neither of which signed, none lets the token in',
    rules: ['X09', 'R-7517-d', 'A-62'],
    setup: called('k', others[0]!, others[1]!),
    given: bearer(token({ header: { kid: 'k' } })),
    expect: badSignature,
  },
  {
    name: 'RFC 7517 §4.5: the fifth key with one kid is not tried',
    rules: ['X09', 'R-7517-d', 'A-62'],
    setup: called('k', ...others, e1),
    given: bearer(token({ header: { kid: 'k' } })),
    expect: badSignature,
  },
  {
    name: 'RFC 7517 §4.2: a key for encryption with the same kid does not count among the four',
    rules: ['R-7517-b', 'R-7517-d'],
    setup: publishing(...others.map((key) => republished(key, 'k', { use: 'enc' }).jwk), republished(e1, 'k').jwk),
    given: bearer(token({ header: { kid: 'k' } })),
    expect: granted,
  },
]

export const keys: readonly ConformanceCase[] = [
  ...keysFromTheHeader,
  ...extraHeaders,
  ...strangeKids,
  ...unusableKeys,
  ...usableKeys,
  ...forgedWithoutKey,
  ...oneAlgorithmTwoNames,
  ...candidates,
]
