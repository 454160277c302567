import { T, token } from '../support/token.js'
import type { Setup } from '../support/world.js'
import type { ConformanceCase } from './case.js'
import {
  authorization,
  bearer,
  forbidden,
  insufficientScope,
  invalidToken,
  malformed,
  malformedCredentials,
  noCredentials,
  unsupportedScheme,
} from './rows.js'

const named: Setup = { options: { realm: 'orders' } }
const oddlyNamed: Setup = { options: { realm: `a b, c=d; #1 'x' ~ <Bearer>` } }
const demanding: Setup = {
  routes: {
    '/v1/admin': { scopes: ['write', 'admin'] },
    '/v1/odd': { scopes: ['https://api.test/scope#x', "urn:a:b,c=d;'~"] },
  },
}

export const challenges: readonly ConformanceCase[] = [
  {
    name: 'RFC 6750 §3: a configured realm names the protection space of a missing token',
    rules: ['X01', 'R-9110-11.5-a', 'R-6750-3-a'],
    setup: named,
    given: {},
    expect: { ...noCredentials, challenges: ['Bearer realm="orders"'] },
  },
  {
    name: 'RFC 6750 §3: a configured realm names the protection space of an unsupported scheme',
    rules: ['X02', 'R-9110-11.5-a'],
    setup: named,
    given: authorization('Basic dTpw'),
    expect: { ...unsupportedScheme, challenges: ['Bearer realm="orders"'] },
  },
  {
    name: 'RFC 6750 §3: a configured realm names the protection space of a malformed request',
    rules: ['X03', 'R-9110-11.5-a', 'R-MCP-5', 'A-121'],
    setup: named,
    given: authorization('Bearer'),
    expect: {
      ...malformedCredentials,
      challenges: [
        'Bearer realm="orders", error="invalid_request", error_description="The request must carry exactly one well-formed Authorization header"',
      ],
    },
  },
  {
    name: 'RFC 6750 §3: a configured realm names the protection space of an invalid token',
    rules: ['X08', 'R-9110-11.5-a', 'R-6750-3.1-b', 'R-MCP-5', 'A-121'],
    setup: named,
    given: bearer('abc'),
    expect: {
      ...malformed,
      challenges: [
        'Bearer realm="orders", error="invalid_token", error_description="The access token is malformed, expired, revoked or otherwise invalid"',
      ],
    },
  },
  {
    name: 'RFC 6750 §3: a configured realm names the protection space of a token without the scope',
    rules: ['X13', 'R-9110-11.5-a', 'R-MCP-5', 'A-121'],
    setup: named,
    given: bearer(T, { target: '/v1/w' }),
    expect: {
      ...insufficientScope('write'),
      challenges: [
        'Bearer realm="orders", error="insufficient_scope", error_description="The access token does not have the scope that this request needs", scope="write"',
      ],
    },
  },
  {
    name: 'RFC 9110 §11.5: commas, equals signs and spaces of a realm stay inside its quotes',
    rules: ['R-9110-11.5-a', 'R-9110-11.6.1-a', 'A-107'],
    setup: oddlyNamed,
    given: {},
    expect: { ...noCredentials, challenges: [`Bearer realm="a b, c=d; #1 'x' ~ <Bearer>"`] },
  },
  {
    name: 'RFC 6750 §3.1: the challenge for a missing scope names the scope',
    rules: ['X13', 'R-6750-3.1-c'],
    given: bearer(T, { target: '/v1/w' }),
    expect: insufficientScope('write'),
  },
  {
    name: 'MCP: one challenge lists every scope that the request needs, not just the first one missing',
    rules: ['X13', 'R-MCP-SC', 'R-6750-3-b'],
    setup: demanding,
    given: bearer(T, { target: '/v1/admin' }),
    expect: insufficientScope('write admin'),
  },
  {
    name: 'MCP: scopes that the token has are listed beside those that it lacks',
    rules: ['X13', 'R-MCP-SC'],
    setup: demanding,
    given: bearer(token({ claims: { scope: 'admin' } }), { target: '/v1/admin' }),
    expect: insufficientScope('write admin'),
  },
  {
    name: 'RFC 6750 §3: every character that a scope may have can stand in the challenge',
    rules: ['X13', 'R-6750-3-c'],
    setup: demanding,
    given: bearer(T, { target: '/v1/odd' }),
    expect: insufficientScope("https://api.test/scope#x urn:a:b,c=d;'~"),
  },
  {
    name: 'RFC 9470 §9: what a route needs is not disclosed to an invalid token',
    rules: ['X08', 'R-OPS-h'],
    setup: demanding,
    given: bearer('abc', { target: '/v1/admin' }),
    expect: malformed,
  },
  {
    name: 'RFC 9470 §9: what a route needs is not disclosed to a malformed request',
    rules: ['X03', 'R-OPS-h'],
    setup: demanding,
    given: authorization('Bearer', { target: '/v1/admin' }),
    expect: malformedCredentials,
  },
  ...(
    [
      ['an expired token', { exp: 1 }, 'expired'],
      ['a token for another API', { aud: 'https://other.test' }, 'audience'],
      ['a token of another issuer', { iss: 'https://evil.test' }, 'unknown_issuer'],
      ['a token without an expiry', { exp: undefined }, 'missing_claim'],
      ['a bound token', { cnf: { jkt: 'x' } }, 'unproven_confirmation'],
    ] as const
  ).flatMap(([what, claims, reason]) =>
    [undefined, named].map((setup) => ({
      name: `RFC 6750 §3.1: ${what} is told no more than any invalid token${setup === named ? ', in a configured realm' : ''}`,
      rules: ['X10', 'R-6750-3.1-b', 'R-MCP-5', 'R-OPS-h', 'A-121', 'A-122'],
      ...(setup && { setup }),
      given: bearer(token({ claims })),
      expect: {
        ...invalidToken(reason),
        challenges: [
          `Bearer realm="${setup === named ? 'orders' : 'api'}", error="invalid_token", error_description="The access token is malformed, expired, revoked or otherwise invalid"`,
        ],
      },
    })),
  ),
  {
    name: 'RFC 6750 §3.1: what the application forbids is 403 without a challenge, in a configured realm too',
    rules: ['X14', 'R-MCP-5', 'A-121'],
    setup: { ...named, routes: { '/v1/denied': { check: () => false } } },
    given: bearer(T, { target: '/v1/denied' }),
    expect: forbidden('check'),
  },
  {
    name: 'RFC 9110 §11.6.1: a scheme that is not supported gets one challenge, without the scope of the route',
    rules: ['X02', 'R-6750-3-b', 'R-9110-11.6.1-a'],
    given: authorization('DPoP abc', { target: '/v1/admin' }),
    setup: demanding,
    expect: unsupportedScheme,
  },
  {
    name: 'RFC 6750 §3: nothing that a token says comes back in the challenge',
    rules: ['X13', 'A-107', 'R-OPS-h'],
    given: bearer(token({ claims: { scope: 'canary"\r\nSet-Cookie: canary=1', sub: 'canary' } })),
    expect: insufficientScope('read'),
  },
]
