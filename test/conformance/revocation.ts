import type { AccessToken } from '@resource-server/core'
import { I } from '../support/fixture.js'
import { malleated } from '../support/forgery.js'
import { T, token, tokenBy } from '../support/token.js'
import type { Setup } from '../support/world.js'
import type { ConformanceCase, Expectation } from './case.js'
import { bearer, granted, insufficientScope, invalidToken, unavailable } from './rows.js'

type Verdict = (accessToken: AccessToken, context: { signal: AbortSignal }) => unknown

/** `isRevoked` as a careless JavaScript user may write it. */
const revoking = (isRevoked: Verdict): Setup => ({ options: { isRevoked: isRevoked as () => boolean } })

const revoked = invalidToken('revoked')

const fails: Verdict = () => {
  throw new Error('the database is down')
}
const failing: Setup = revoking(fails)

const verdicts: ConformanceCase[] = (
  [
    ['true', () => true, revoked],
    ['a promise of true', async () => true, revoked],
    ['1', () => 1, revoked],
    ['a row of a table', async () => ({ jti: 'jti-1' }), revoked],
    ['a text', () => 'no', revoked],
    ['false', () => false, granted],
    ['a promise of false', async () => false, granted],
    ['nothing', () => undefined, granted],
    ['null', () => null, granted],
    ['0', async () => 0, granted],
    ['an error', fails, unavailable('revocation')],
    ['a rejection', () => Promise.reject(new Error('the database is down')), unavailable('revocation')],
    ['a rejection with nothing', () => Promise.reject(undefined as unknown as Error), unavailable('revocation')],
  ] as const
).map(([what, isRevoked, expect]: readonly [string, Verdict, Expectation]) => ({
  name: `RFC 7009 §2.2: where isRevoked answers with ${what}: ${'reason' in expect ? expect.reason : 'accepted'}`,
  rules: ['X12', 'X28', 'R-JTI', 'R-OPS-a', 'A-118'],
  setup: revoking(isRevoked),
  given: bearer(T),
  expect,
}))

const neverAnswers: ConformanceCase = {
  name: 'RFC 7009 §2.2: where isRevoked does not answer within 2 s the token could not be checked',
  rules: ['X28', 'R-OPS-a', 'A-118'],
  setup: revoking(() => new Promise(() => {})),
  before: [],
  given: bearer(T),
  expect: unavailable('revocation'),
  within: 3,
}

const watchesTheSignal: ConformanceCase = {
  name: 'RFC 7009 §2.2: isRevoked is told when nobody waits for it any more',
  rules: ['X28', 'R-OPS-a'],
  setup: revoking(
    (_accessToken, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')))
      }),
  ),
  before: [],
  given: bearer(T),
  expect: unavailable('revocation'),
  within: 3,
}

const byIdentity: Setup = revoking(({ issuer, claims }) => issuer === I && claims.jti === 'jti-1')
const identity: ConformanceCase[] = (
  [
    ['the token itself', T, revoked],
    ['the same token with its signature malleated', malleated(T), revoked],
    ['the same claims under another signature', tokenBy('RS256'), revoked],
    ['another token', token({ claims: { jti: 'jti-2' } }), granted],
  ] as const
).map(([what, credential, expect]) => ({
  name: `RFC 7519 §4.1.7: a token that is revoked by issuer and jti is recognised: ${what}`,
  rules: ['X12', 'R-MAL', 'R-JTI', 'A-10'],
  setup: byIdentity,
  given: bearer(credential),
  expect,
}))

const order: ConformanceCase[] = [
  {
    name: 'RFC 6750 §3.1: a revoked token is told so before its scope is looked at',
    rules: ['X12'],
    setup: revoking(() => true),
    given: bearer(T, { target: '/v1/w' }),
    expect: revoked,
  },
  {
    name: 'RFC 6750 §3.1: a token that is not revoked is asked for its scope',
    rules: ['X13'],
    setup: revoking(() => false),
    given: bearer(T, { target: '/v1/w' }),
    expect: insufficientScope('write'),
  },
  {
    name: 'RFC 7009 §2.2: nobody is asked about an expired token',
    rules: ['X10', 'A-118'],
    setup: failing,
    given: bearer(token({ claims: { exp: 1 } })),
    expect: invalidToken('expired'),
  },
  {
    name: 'RFC 7009 §2.2: nobody is asked about a forged token',
    rules: ['X09', 'A-118'],
    setup: failing,
    given: bearer(T.replace(/.{4}$/, 'AAAA')),
    expect: invalidToken('signature'),
  },
  {
    name: 'RFC 7009 §2.2: nobody is asked about a bound token without proof',
    rules: ['X21', 'X23'],
    setup: failing,
    given: bearer(token({ claims: { cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } } })),
    expect: invalidToken('unproven_confirmation'),
  },
]

export const revocation: readonly ConformanceCase[] = [
  ...verdicts,
  neverAnswers,
  watchesTheSignal,
  ...identity,
  ...order,
]
