import type { RequestSpec } from '../support/door.js'
import { A, NOW } from '../support/fixture.js'
import { T, token } from '../support/token.js'
import type { Setup } from '../support/world.js'
import type { ConformanceCase, Expectation } from './case.js'
import {
  anonymous,
  authorization,
  bearer,
  forbidden,
  granted,
  insufficientAuthentication,
  insufficientScope,
  invalidToken,
  malformed,
  malformedCredentials,
  noCredentials,
  severalCredentials,
  unavailable,
  unsupportedScheme,
} from './rows.js'

// A route that serves everybody, and knows who it is where a token says so.

const setup: Setup = {
  routes: {
    '/v1/o': { optional: true },
    '/v1/demanding': { optional: true, scopes: ['write'], claims: { org: 1 } },
    '/v1/strong': { optional: true, acrValues: ['gold'] },
  },
}
const obliging: Setup = { ...setup, options: { requirements: { scopes: ['write'] } } }
const failing: Setup = { ...setup, options: { isRevoked: () => Promise.reject(new Error('down')) } }
const revoking: Setup = { ...setup, options: { isRevoked: () => true } }

const target = '/v1/o'
const cookie: RequestSpec = { target, headers: [['Cookie', `access_token=${T}`]] }
const proxy: RequestSpec = { target, headers: [['Proxy-Authorization', `Bearer ${T}`]] }
const several: RequestSpec = {
  target,
  headers: [
    ['Authorization', `Bearer ${T}`],
    ['Authorization', 'Bearer x'],
  ],
}

type Row = readonly [what: string, given: RequestSpec, expect: Expectation, place?: Setup, joined?: Expectation]

const rows: readonly Row[] = [
  ['no credentials: anonymous', { target }, anonymous],
  ['no credentials where a token would need a scope: anonymous', { target: '/v1/demanding' }, anonymous],
  ['no credentials where a token would need a level: anonymous', { target: '/v1/strong' }, anonymous],
  ['no credentials where the verifier asks for a scope: anonymous', { target }, anonymous, obliging],
  ['no credentials while revocation is down: nobody is asked', { target }, anonymous, failing],
  ['a token in the query is not looked at', { target: `${target}?access_token=${T}` }, anonymous],
  ['a token in a cookie is not looked at', cookie, anonymous],
  ['a token for a proxy is not looked at', proxy, anonymous],
  ['a valid token: its subject', bearer(T, { target }), granted],
  [
    'an expired token is not anonymous',
    bearer(token({ claims: { exp: NOW - 60 } }), { target }),
    invalidToken('expired'),
  ],
  ['a forged token is not anonymous', bearer(T.replace(/.{4}$/, 'AAAA'), { target }), invalidToken('signature')],
  [
    'a token for another API is not anonymous',
    bearer(token({ claims: { aud: `${A}/x` } }), { target }),
    invalidToken('audience'),
  ],
  ['something that is no token is not anonymous', bearer('x', { target }), malformed],
  ['a revoked token is not anonymous', bearer(T, { target }), invalidToken('revoked'), revoking],
  ['a token that could not be checked is not anonymous', bearer(T, { target }), unavailable('revocation'), failing],
  ['an empty header is not anonymous', authorization('', { target }), malformedCredentials],
  ['a scheme alone is not anonymous', authorization('Bearer', { target }), malformedCredentials],
  ['another scheme is not anonymous', authorization('Basic dTpw', { target }), unsupportedScheme],
  ['two headers are not anonymous', several, severalCredentials, setup, malformedCredentials],
  ['a scope too few is not anonymous', bearer(T, { target: '/v1/demanding' }), insufficientScope('write')],
  [
    'a claim amiss is not anonymous',
    bearer(token({ claims: { scope: 'write' } }), { target: '/v1/demanding' }),
    forbidden('claim'),
  ],
  [
    'a weak login is not anonymous',
    bearer(T, { target: '/v1/strong' }),
    insufficientAuthentication('acr', 'acr_values="gold"'),
  ],
  ['a route beside it still needs a token', { target: '/v1/open' }, noCredentials],
]

export const optional: readonly ConformanceCase[] = rows.map(([what, given, expect, place = setup, joined]) => ({
  name: `RFC 9110 §11.6.2: where authentication is optional, ${what}`,
  rules: ['R-OPS-d', 'A-116'],
  setup: place,
  given,
  expect,
  ...(joined !== undefined && { expectWhenJoined: joined }),
}))
