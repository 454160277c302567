import { NOW } from '../support/fixture.js'
import { hang, jwks, redirect, status } from '../support/jwks-server.js'
import { d1, e1, ecKey, publicKeys, r1, strangerEc } from '../support/keys.js'
import { rsa1024 } from '../support/odd-keys.js'
import { token, tokenBy } from '../support/token.js'
import type { ConformanceCase } from './case.js'
import { good, keysAre, oneHit, publishing, served } from './remote-keys.js'
import { bearer, granted, invalidToken, unavailable } from './rows.js'

const e2 = ecKey('e2', 'P-256')
const ofNewKey = token({ header: { kid: 'e2' }, claims: { exp: NOW + 30 * 86_400 }, key: e2 })
const warm = { send: served, status: 200 } as const

const rotation: ConformanceCase[] = [
  {
    name: 'RFC 7517 §4.5: the first token of a new key is accepted after one fetch',
    rules: ['R-JWKS-b', 'R-JWKS-h'],
    setup: keysAre(good),
    before: [warm, { serve: { '/jwks': jwks([...publicKeys, e2.jwk]) } }],
    given: bearer(ofNewKey),
    expect: granted,
    outbound: oneHit,
  },
  {
    name: 'RFC 7517 §4.5: a kid that the issuer does not know costs one fetch',
    rules: ['X09', 'R-JWKS-b', 'A-71'],
    setup: keysAre(good),
    before: [warm],
    given: bearer(ofNewKey),
    expect: invalidToken('unknown_key'),
    outbound: oneHit,
  },
  {
    name: 'RFC 7517 §4.5: another unknown kid within the cooldown costs none',
    rules: ['X09', 'R-JWKS-b', 'A-71'],
    setup: keysAre(good),
    before: [warm, ...['x1', 'x2', 'x3'].map((kid) => ({ send: bearer(token({ header: { kid } })), status: 401 }))],
    given: bearer(token({ header: { kid: 'x4' } })),
    expect: invalidToken('unknown_key'),
    outbound: [],
  },
  {
    name: 'RFC 7517 §4.5: tokens of known keys are accepted all the while',
    rules: ['R-JWKS-b', 'A-71'],
    setup: keysAre(good),
    before: [warm, ...['x1', 'x2', 'x3'].map((kid) => ({ send: bearer(token({ header: { kid } })), status: 401 }))],
    given: served,
    expect: granted,
    outbound: [],
  },
  {
    name: 'RFC 7517 §4.5: after the cooldown a new key is found again',
    rules: ['R-JWKS-b', 'R-JWKS-h', 'A-71'],
    setup: keysAre(good),
    before: [
      warm,
      { send: bearer(token({ header: { kid: 'x1' } })), status: 401 },
      { serve: { '/jwks': jwks([...publicKeys, e2.jwk]) } },
      { advance: 31 },
    ],
    given: bearer(ofNewKey),
    expect: granted,
    outbound: oneHit,
  },
  {
    name: 'RFC 7517 §4.5: a failed fetch for an unknown kid does not evict the good keys',
    rules: ['R-JWKS-b', 'R-JWKS-i', 'A-71'],
    setup: keysAre(good),
    before: [warm, { serve: { '/jwks': jwks([]) } }, { send: bearer(token({ header: { kid: 'x1' } })), status: 503 }],
    given: served,
    expect: granted,
    outbound: [],
  },
  {
    name: 'RFC 7515 §5.2: a bad signature under a known kid fetches nothing',
    rules: ['X09', 'R-JWKS-b'],
    setup: keysAre(good),
    before: [warm],
    given: bearer(token({ key: strangerEc })),
    expect: invalidToken('signature'),
    outbound: [],
  },
  {
    name: 'RFC 8725 §3.1: a known kid whose key does not fit the alg fetches nothing',
    rules: ['X09', 'R-JWKS-b', 'R-8725b-3.1-b'],
    setup: keysAre(good),
    before: [warm],
    given: bearer(token({ header: { alg: 'RS256', kid: 'e1' }, key: r1, signedAs: 'RS256' })),
    expect: invalidToken('unknown_key'),
    outbound: [],
  },
  {
    name: 'RFC 7515 §4.1.4: a token without kid fetches nothing while the keys are fresh',
    rules: ['X09', 'R-JWKS-b', 'R-KID-a'],
    setup: keysAre(good),
    before: [warm],
    given: bearer(token({ header: { kid: undefined }, key: strangerEc })),
    expect: invalidToken('signature'),
    outbound: [],
  },
  {
    name: 'RFC 9864 §2.2: the other name of EdDSA fetches nothing',
    rules: ['R-8037-a', 'A-17'],
    setup: publishing({ ...d1.jwk, alg: 'EdDSA' }, e1.jwk),
    before: [warm],
    given: bearer(tokenBy('Ed25519')),
    expect: granted,
    outbound: [],
  },
  ...(
    [
      ['has expired', { exp: 1 }],
      ['is not valid yet', { nbf: NOW + 3600 }],
      ['is for somebody else', { aud: 'https://other.test' }],
      ['has no expiry', { exp: undefined }],
    ] as const
  ).map(([what, claims]) => ({
    name: `RFC 7517 §4.5: an unknown kid of a token that ${what} fetches nothing`,
    rules: ['R-JWKS-b', 'A-71'],
    setup: keysAre(good),
    before: [warm],
    given: bearer(token({ header: { kid: 'x1' }, claims })),
    expect: invalidToken('unknown_key'),
    outbound: [],
  })),
  {
    name: 'RFC 7517 §4.5: a kid of more than 256 characters fetches nothing',
    rules: ['X09', 'R-JWKS-b', 'A-25'],
    setup: keysAre(good),
    before: [warm],
    given: bearer(token({ header: { kid: 'k'.repeat(257) } })),
    expect: invalidToken('unknown_key'),
    outbound: [],
  },
]

const hostileKids: ConformanceCase[] = [
  '../../jwks',
  '/elsewhere',
  '//evil.test/jwks',
  'https://evil.test/jwks',
  '?kid=e1',
  '#e1',
  '%2e%2e%2fjwks',
  'e1\r\nHost: evil.test',
  '__proto__',
  'constructor',
  '',
].map((kid) => ({
  name: `RFC 8725 §3.10: a kid is no part of any address: ${JSON.stringify(kid)}`,
  rules: ['X09', 'R-8725b-3.10-a', 'R-NET-a', 'R-JWKS-j', 'A-25'],
  setup: keysAre(good),
  before: [warm],
  given: bearer(token({ header: { kid } })),
  expect: invalidToken('unknown_key'),
  outbound: oneHit,
}))

const withoutE1 = jwks([r1.jwk, d1.jwk])
const lifetime: ConformanceCase[] = [
  {
    name: 'RFC 7517 §5: keys are asked for again after their age of 10 minutes',
    rules: ['R-JWKS-d'],
    setup: keysAre(good),
    before: [warm, { advance: 601 }],
    given: served,
    expect: granted,
    outbound: oneHit,
  },
  {
    name: 'RFC 7517 §5: a key that the issuer has withdrawn is refused after 10 minutes',
    rules: ['X09', 'R-JWKS-d', 'R-JWKS-e', 'A-75'],
    setup: keysAre(good),
    before: [warm, { serve: { '/jwks': withoutE1 } }, { advance: 601 }],
    given: served,
    expect: invalidToken('unknown_key'),
    outboundAtMost: 2,
  },
  {
    name: 'RFC 7517 §5: maxAge is how long a withdrawn key lives',
    rules: ['X09', 'R-JWKS-d', 'R-JWKS-e', 'A-75'],
    setup: keysAre(good, { keys: { maxAge: 60 } }),
    before: [warm, { serve: { '/jwks': withoutE1 } }, { advance: 61 }],
    given: served,
    expect: invalidToken('unknown_key'),
    outboundAtMost: 2,
  },
  {
    name: 'RFC 9111 §5.2.2.1: a shorter max-age of the issuer is honoured',
    rules: ['X09', 'R-JWKS-d', 'R-JWKS-e'],
    setup: keysAre({
      does: 'answer',
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=120' },
      body: JSON.stringify({ keys: publicKeys }),
    }),
    before: [warm, { serve: { '/jwks': withoutE1 } }, { advance: 121 }],
    given: served,
    expect: invalidToken('unknown_key'),
    outboundAtMost: 2,
  },
  {
    name: 'RFC 9111 §5.2.2.1: a longer max-age of the issuer does not lengthen the life of a withdrawn key',
    rules: ['X09', 'R-JWKS-d', 'R-JWKS-e', 'A-75'],
    setup: keysAre({
      does: 'answer',
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=604800' },
      body: JSON.stringify({ keys: publicKeys }),
    }),
    before: [warm, { serve: { '/jwks': withoutE1 } }, { advance: 601 }],
    given: served,
    expect: invalidToken('unknown_key'),
    outboundAtMost: 2,
  },
  ...(
    [
      ['fails', status(500)],
      ['has no keys', jwks([])],
      ['has no key that can be used', jwks([rsa1024.jwk])],
      ['redirects', redirect(302, '/elsewhere')],
    ] as const
  ).flatMap(([what, fault]): ConformanceCase[] => [
    {
      name: `RFC 9111 §4.2.4: while the issuer ${what}, its last good keys serve for an hour more`,
      rules: ['R-JWKS-f', 'R-JWKS-i', 'A-73'],
      setup: keysAre(good),
      before: [warm, { serve: { '/jwks': fault } }, { advance: 600 + 3590 }],
      given: served,
      expect: granted,
      outboundAtMost: 2,
      within: 3,
    },
    {
      name: `RFC 9111 §4.2.4: while the issuer ${what}, its last good keys serve no longer than that`,
      rules: ['X25', 'R-JWKS-f', 'R-JWKS-i', 'A-76'],
      setup: keysAre(good),
      before: [warm, { serve: { '/jwks': fault } }, { advance: 600 + 3601 }],
      given: served,
      expect: unavailable('keys'),
      outboundAtMost: 2,
      within: 3,
    },
    {
      name: `RFC 9111 §4.2.4: with staleIfError 0 they serve no moment longer than maxAge while the issuer ${what}`,
      rules: ['X25', 'R-JWKS-f', 'A-76'],
      setup: keysAre(good, { keys: { staleIfError: 0 } }),
      before: [warm, { serve: { '/jwks': fault } }, { advance: 601 }],
      given: served,
      expect: unavailable('keys'),
      outboundAtMost: 2,
      within: 3,
    },
  ]),
  {
    name: 'RFC 9111 §4.2.4: stale keys do not make a verdict on a kid that they lack',
    rules: ['X25', 'R-JWKS-f'],
    setup: keysAre(good),
    before: [warm, { serve: { '/jwks': status(500) } }, { advance: 601 }],
    given: bearer(ofNewKey),
    expect: unavailable('keys'),
    outboundAtMost: 4,
    within: 3,
  },
  {
    name: 'RFC 9111 §4.2.3: keys from the future have expired',
    rules: ['X25', 'R-OPS-g', 'A-82'],
    setup: keysAre(good),
    before: [warm, { serve: { '/jwks': status(500) } }, { advance: -7200 }],
    given: bearer(token({ claims: { iat: undefined } })),
    expect: unavailable('keys'),
    outboundAtMost: 2,
    within: 3,
  },
  {
    name: 'RFC 9111 §4.2.4: keys that are nearly of age are fetched again while a token is accepted',
    rules: ['R-JWKS-g'],
    setup: keysAre(good),
    before: [warm, { serve: { '/jwks': hang } }, { advance: 590 }],
    given: served,
    expect: granted,
    outboundAtMost: 1,
  },
  {
    name: 'RFC 7519 §4.1.4: a token that was accepted is refused once it has expired',
    rules: ['X10', 'R-CACHE', 'A-82'],
    setup: keysAre(good),
    before: [{ send: bearer(), status: 200 }, { advance: 311 }],
    given: bearer(),
    expect: invalidToken('expired'),
    outbound: [],
  },
]

const outage: ConformanceCase[] = [
  {
    name: 'RFC 9110 §10.2.3: right after a failure the issuer is left alone',
    rules: ['X25', 'R-JWKS-c', 'A-73'],
    setup: keysAre(status(500)),
    before: [
      { send: served, status: 503 },
      { send: served, status: 503 },
    ],
    given: served,
    expect: unavailable('keys'),
    outbound: [],
    within: 3,
  },
  {
    name: 'RFC 9110 §10.2.3: half a minute after a failure the issuer is asked again',
    rules: ['R-JWKS-c'],
    setup: keysAre(status(500)),
    before: [{ send: served, status: 503 }, { serve: { '/jwks': good } }, { advance: 31 }],
    given: served,
    expect: granted,
    outbound: oneHit,
    within: 3,
  },
  {
    name: 'RFC 9110 §15.6.4: a bad token is told so, whether or not the keys can be had',
    rules: ['X08', 'A-73'],
    setup: keysAre(status(500)),
    before: [{ send: served, status: 503 }],
    given: bearer('abc'),
    expect: invalidToken('malformed'),
    outbound: [],
  },
]

export const keyLifetime: readonly ConformanceCase[] = [...rotation, ...hostileKids, ...lifetime, ...outage]
