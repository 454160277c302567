import { A, M, NOW } from '../support/fixture.js'
import { T, token } from '../support/token.js'
import type { Setup } from '../support/world.js'
import type { ConformanceCase, Refused } from './case.js'
import {
  authorization,
  bearer,
  forbidden,
  granted,
  insufficientAuthentication,
  insufficientScope,
  invalidToken,
  malformedCredentials,
  noCredentials,
  severalCredentials,
  unavailable,
  unsupportedScheme,
} from './rows.js'

// RFC 9728 §5: an API that publishes its metadata says so in its challenges, and which scopes to ask for.

const routes = { '/v1/any': { anyScope: ['a', 'b'] }, '/v1/s': { acrValues: ['gold'], scopes: ['read'] } }
const published: Setup = { options: { resource: A }, routes: { ...routes, '/v1/claim': { claims: { org: 1 } } } }
const named: Setup = { options: { resource: A, realm: 'orders' } }
const demanding: Setup = { options: { resource: A, requirements: { scopes: ['api'] } } }
const failing: Setup = { options: { resource: A, isRevoked: () => Promise.reject(new Error('down')) } }

/** The same refusal, with other parameters where a plain API has its realm, and further ones at the end. */
const challenged = (row: Refused, first: string, scope?: string): Refused => ({
  ...row,
  challenges: row.challenges.map(
    (text) => text.replace('realm="api"', first) + (scope === undefined ? '' : `, scope="${scope}"`),
  ),
})
const at = `resource_metadata="${M}"`

interface Row {
  readonly what: string
  readonly rules: readonly string[]
  readonly setup?: Setup
  readonly given: ConformanceCase['given']
  readonly expect: Refused
  /** Scopes that the 401 names where the route is known; where it is not, only those of the verifier. */
  readonly scope?: string
  readonly scopeOfVerifier?: string
  readonly first?: string
}

const expired = token({ claims: { exp: NOW - 60 } })
const rows: readonly Row[] = [
  { what: 'no credentials', rules: ['X01', 'R-MCP-3'], given: {}, expect: noCredentials, scope: 'read' },
  {
    what: 'another scheme',
    rules: ['X02'],
    given: authorization('Basic dTpw'),
    expect: unsupportedScheme,
    scope: 'read',
  },
  { what: 'a malformed header', rules: ['X03'], given: authorization('Bearer'), expect: malformedCredentials },
  {
    what: 'a bad token',
    rules: ['X10', 'R-MCP-3'],
    given: bearer(expired),
    expect: invalidToken('expired'),
    scope: 'read',
  },
  {
    what: 'no credentials where one of two scopes is enough',
    rules: ['X01'],
    given: { target: '/v1/any' },
    expect: noCredentials,
    scope: 'a b',
  },
  {
    what: 'no credentials where no scope is asked for',
    rules: ['X01', 'R-6750-3-a'],
    given: { target: '/v1/open' },
    expect: noCredentials,
  },
  {
    what: 'a scope too few',
    rules: ['X13', 'R-MCP-6'],
    given: bearer(T, { target: '/v1/w' }),
    expect: insufficientScope('write'),
  },
  {
    what: 'a weak login: the scopes are named though they are granted',
    rules: ['X15'],
    given: bearer(T, { target: '/v1/s' }),
    expect: insufficientAuthentication('acr', 'acr_values="gold", scope="read"'),
  },
  {
    what: 'a realm of its own: both are named',
    rules: ['X01', 'R-9110-11.5-a'],
    setup: named,
    given: {},
    expect: noCredentials,
    first: `realm="orders", ${at}`,
    scope: 'read',
  },
  {
    what: 'scopes of the verifier and of the route',
    rules: ['X01', 'R-MCP-3'],
    setup: demanding,
    given: {},
    expect: noCredentials,
    scope: 'api read',
    scopeOfVerifier: 'api',
  },
  {
    what: 'Host and X-Forwarded-Host of somebody else',
    rules: ['X01', 'A-66', 'A-112', 'A-170'],
    given: {
      headers: [
        ['Host', 'evil.test'],
        ['X-Forwarded-Host', 'evil.test'],
        ['X-Forwarded-Proto', 'http'],
        ['Forwarded', 'host=evil.test;proto=http'],
      ],
    },
    expect: noCredentials,
    scope: 'read',
  },
]

const challengesThatLead: readonly ConformanceCase[] = rows.map(
  ({ what, rules, setup = published, given, expect, scope, scopeOfVerifier, first = at }) => ({
    name: `RFC 9728 §5.1: the challenge leads to the metadata of this API: ${what}`,
    rules: ['R-9728-5.1-a', ...rules],
    setup,
    given,
    expect: challenged(expect, first, scope),
    ...(scope !== undefined && { expectWhenAuthorizedLater: challenged(expect, first, scopeOfVerifier) }),
  }),
)

export const resourceMetadata: readonly ConformanceCase[] = [
  ...challengesThatLead,
  {
    name: 'RFC 9728 §5.1: the challenge leads to the metadata of this API: two Authorization lines',
    rules: ['R-9728-5.1-a', 'X04'],
    setup: published,
    given: {
      headers: [
        ['Authorization', `Bearer ${T}`],
        ['Authorization', `Bearer ${T}`],
      ],
    },
    expect: challenged(severalCredentials, at),
    expectWhenJoined: challenged(malformedCredentials, at),
  },
  {
    name: 'RFC 9728 §5.1: a 403 without a challenge stays without one',
    rules: ['R-9728-5.1-a', 'X14'],
    setup: published,
    given: bearer(T, { target: '/v1/claim' }),
    expect: forbidden('claim'),
  },
  {
    name: 'RFC 9728 §5.1: a 503 stays without a challenge',
    rules: ['R-9728-5.1-a', 'X28'],
    setup: failing,
    given: bearer(T),
    expect: unavailable('revocation'),
  },
  {
    name: 'RFC 9728 §1.2: the resource is no audience: a good token is as good as ever',
    rules: ['R-9728-1.2'],
    setup: published,
    given: bearer(T),
    expect: granted,
  },
]
