import { A, I } from '../support/fixture.js'
import { d1, e1, ecKey, publicKeys, r1, republished } from '../support/keys.js'
import { type Members, type TokenSpec, token, tokenBy } from '../support/token.js'
import type { Setup } from '../support/world.js'
import type { ConformanceCase, Expectation } from './case.js'
import { bearer, granted, invalidToken, malformed } from './rows.js'

const I2 = 'https://as2.test'
const keyOf2 = republished(ecKey('2', 'P-256'), 'e1')

const ofIssuer2 = ({ claims, ...spec }: TokenSpec = {}): string =>
  token({ claims: { iss: I2, ...claims }, key: keyOf2, ...spec })

const issuer1 = { issuer: I, jwks: { keys: publicKeys } }
const issuer2 = { issuer: I2, jwks: { keys: [keyOf2.jwk] } }

const twoIssuers: Setup = { options: { issuer: [issuer1, issuer2] } }
const separateKeys: ConformanceCase[] = (
  [
    ['a token of the first issuer is accepted', token(), granted],
    ['a token of the second issuer is accepted', ofIssuer2(), granted],
    [
      'the first issuer’s name under the second issuer’s signature is refused',
      token({ key: keyOf2 }),
      invalidToken('signature'),
    ],
    [
      'the second issuer’s name under the first issuer’s signature is refused',
      ofIssuer2({ key: e1 }),
      invalidToken('signature'),
    ],
    [
      'a kid that only the first issuer has is unknown at the second',
      ofIssuer2({ header: { alg: 'RS256', kid: 'r1' }, key: r1 }),
      invalidToken('unknown_key'),
    ],
    [
      'without a kid only the keys of the named issuer are tried',
      token({ header: { kid: undefined }, key: keyOf2 }),
      invalidToken('signature'),
    ],
    [
      'a third issuer is unknown, with the key of either',
      token({ claims: { iss: 'https://as3.test' } }),
      invalidToken('unknown_issuer'),
    ],
    [
      'both names in one are the name of nobody',
      token({ claims: { iss: `${I} ${I2}` } }),
      invalidToken('unknown_issuer'),
    ],
    ['a list of both is not a name', token({ claims: { iss: [I, I2] } }), malformed],
  ] as const
).map(([what, credential, expect]) => ({
  name: `RFC 8725 §3.8: with two issuers, ${what}`,
  rules: ['X09', 'X10', 'R-8725b-3.8-a', 'R-JWKS-j', 'A-50', 'A-52'],
  setup: twoIssuers,
  given: bearer(credential),
  expect,
}))

const idp = 'https://as.test/t'
const sameKey: Setup = {
  options: {
    issuer: [
      { issuer: `${idp}1`, jwks: { keys: [e1.jwk] } },
      { issuer: `${idp}2`, jwks: { keys: [e1.jwk, d1.jwk] }, audience: 'https://api.test/t2', algorithms: ['EdDSA'] },
    ],
  },
}
/** Two tenants of one authorization server, which signs for both with one key. */
const sharedKey: ConformanceCase[] = (
  [
    ['the tenant that is named decides: its own audience', { iss: `${idp}1` }, granted],
    ['the audience of the other tenant does not hold', { iss: `${idp}1`, aud: 'https://api.test/t2' }, 'audience'],
    ['the algorithms of the other tenant do not hold', { iss: `${idp}2`, aud: 'https://api.test/t2' }, 'algorithm'],
    ['a tenant that nobody named is unknown', { iss: `${idp}3` }, 'unknown_issuer'],
    ['the name that both begin with is unknown', { iss: idp }, 'unknown_issuer'],
    ['a tenant below another is unknown', { iss: `${idp}1/t2` }, 'unknown_issuer'],
  ] as const
).map(([what, claims, outcome]) => ({
  name: `RFC 8725 §3.8: with two tenants of one key, ${what}`,
  rules: ['X09', 'X10', 'R-8725b-3.8-a', 'R-SET', 'A-52'],
  setup: sameKey,
  given: bearer(token({ claims })),
  expect: typeof outcome === 'string' ? invalidToken(outcome) : outcome,
}))

const ownAudience: Setup = {
  options: { issuer: [issuer1, { ...issuer2, audience: 'https://api.test/legacy' }] },
}
const audiences: ConformanceCase[] = (
  [
    [I, A, granted],
    [I, 'https://api.test/legacy', invalidToken('audience')],
    [I2, 'https://api.test/legacy', granted],
    [I2, A, invalidToken('audience')],
  ] as const
).map(([iss, aud, expect]) => ({
  name: `RFC 9068 §4: an audience of one issuer’s own does not hold for the other: ${iss} and ${aud}`,
  rules: ['X10', 'R-9068-4-d', 'R-SET'],
  setup: ownAudience,
  given: bearer(iss === I ? token({ claims: { aud } }) : ofIssuer2({ claims: { aud } })),
  expect,
}))

const noAudience: Setup = { options: { issuer: [issuer1, { ...issuer2, audience: null }] } }
const withoutAudience: ConformanceCase[] = (
  [
    ['none', undefined, granted],
    ['another one', 'https://other.test', granted],
    ['several', ['https://other.test', A], granted],
    ['a number', 1, malformed],
    ['null', null, malformed],
    ['an object', { aud: A }, malformed],
    ['a list with a number', [A, 1], malformed],
  ] as const
).map(([what, aud, expect]: readonly [string, unknown, Expectation]) => ({
  name: `RFC 9068 §4: of an issuer whose tokens name no audience, aud is ${what}`,
  rules: ['X10', 'R-9068-4-d'],
  setup: noAudience,
  given: bearer(ofIssuer2({ claims: { aud } })),
  expect,
}))

const ownRules: Setup = {
  options: {
    issuer: [
      { ...issuer1, algorithms: ['ES256'], scopeClaims: ['roles'] },
      { ...issuer2, profile: 'rfc9068' },
    ],
  },
}
const perIssuer: ConformanceCase[] = (
  [
    [
      'an algorithm that the issuer’s own list lacks is refused',
      tokenBy('RS256', { claims: { roles: ['read'] } }),
      invalidToken('algorithm'),
    ],
    ['an algorithm on the issuer’s own list is accepted', token({ claims: { roles: ['read'] } }), granted],
    ['a profile of one issuer’s own holds for it', ofIssuer2({ header: { typ: 'JWT' } }), invalidToken('type')],
    [
      'a profile of one issuer’s own demands its claims',
      ofIssuer2({ claims: { jti: undefined } }),
      invalidToken('missing_claim'),
    ],
    [
      'a profile of one issuer’s own does not hold for the other',
      token({ header: { typ: 'JWT' }, claims: { roles: ['read'], jti: undefined } }),
      granted,
    ],
    ['scope claims of one issuer’s own do not hold for the other', ofIssuer2(), granted],
  ] as const
).map(([what, credential, expect]) => ({
  name: `RFC 8725 §3.1: ${what}`,
  rules: ['X09', 'X10', 'R-8725b-3.1-a', 'R-9068-4-a', 'R-SCOPE-b', 'R-SET'],
  setup: ownRules,
  given: bearer(credential),
  expect,
}))

const spelt = (issuer: string): Setup => ({ options: { issuer: { issuer, jwks: { keys: publicKeys } } } })
const spellings: ConformanceCase[] = (
  [
    ['https://as.test/', 'https://as.test/', granted],
    ['https://as.test/', 'https://as.test', invalidToken('unknown_issuer')],
    ['https://AS.test', 'https://AS.test', granted],
    ['https://AS.test', 'https://as.test', invalidToken('unknown_issuer')],
    ['https://as.test:443', 'https://as.test:443', granted],
    ['https://as.test:443', 'https://as.test', invalidToken('unknown_issuer')],
    ['https://as.test/t1', 'https://as.test/t1', granted],
    ['https://as.test/t1', 'https://as.test/t2', invalidToken('unknown_issuer')],
    ['https://as.test/t1', 'https://as.test/t1/', invalidToken('unknown_issuer')],
    ['https://as.test/t1', 'https://as.test', invalidToken('unknown_issuer')],
    ['http://127.0.0.1:8080/realms/x', 'http://127.0.0.1:8080/realms/x', granted],
  ] as const
).map(([configured, iss, expect]) => ({
  name: `RFC 9068 §4: the issuer configured as ${configured} is${expect === granted ? '' : ' not'} the one that calls itself ${iss}`,
  rules: ['X10', 'R-9068-4-c', 'A-50'],
  setup: spelt(configured),
  given: bearer(token({ claims: { iss } satisfies Members })),
  expect,
}))

export const issuers: readonly ConformanceCase[] = [
  ...separateKeys,
  ...sharedKey,
  ...audiences,
  ...withoutAudience,
  ...perIssuer,
  ...spellings,
]
