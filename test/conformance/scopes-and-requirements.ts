import { createVerifier } from '@resource-server/core'
import { I } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { type Members, token } from '../support/token.js'
import type { Setup } from '../support/world.js'
import type { ConformanceCase, Expectation, Failed } from './case.js'
import { bearer, forbidden, granted, insufficientScope, invalidToken } from './rows.js'

const needsRead = insufficientScope('read')
const bug: Failed = { status: 500 }

function outcome(expect: Expectation): string {
  return 'reason' in expect ? expect.reason : expect.status === 200 ? 'accepted' : 'an error of the application'
}

const scopes: ConformanceCase[] = (
  [
    [{ scope: 'read' }, granted],
    [{ scope: 'write read' }, granted],
    [{ scope: 'read write' }, granted],
    [{ scope: 'a read b' }, granted],
    [{ scope: 'read read' }, granted],
    [{ scope: ' read ' }, granted],
    [{ scope: 'write  read' }, granted],
    [{ scope: 'readonly' }, needsRead],
    [{ scope: 'xread' }, needsRead],
    [{ scope: 'read:all' }, needsRead],
    [{ scope: 'Read' }, needsRead],
    [{ scope: 'READ' }, needsRead],
    [{ scope: 'read,write' }, needsRead],
    [{ scope: 'write,read' }, needsRead],
    [{ scope: 'read\twrite' }, needsRead],
    [{ scope: 'write\nread' }, needsRead],
    [{ scope: 'read\u00a0x' }, needsRead],
    [{ scope: 'write\u2003read' }, needsRead],
    [{ scope: 'read\0' }, needsRead],
    [{ scope: '"read"' }, needsRead],
    [{ scope: 'r\u0435ad' }, needsRead],
    [{ scope: '*' }, needsRead],
    [{ scope: 're*' }, needsRead],
    [{ scope: 'read*' }, needsRead],
    [{ scope: '.*' }, needsRead],
    [{ scope: 'read;write' }, needsRead],
    [{ scope: 'read+write' }, needsRead],
    [{ scope: 'read%20write' }, needsRead],
    [{ scope: 'read|write' }, needsRead],
    [{ scope: 'read\rwrite' }, needsRead],
    [{ scope: 'read\u2028write' }, needsRead],
    [{ scope: 'read\u3000write' }, needsRead],
    [{ scope: '\ufeffread' }, needsRead],
    [{ scope: 'read\u200b' }, needsRead],
    [{ scope: '\uff52\uff45\uff41\uff44' }, needsRead],
    [{ scope: "'read'" }, needsRead],
    [{ scope: '["read"]' }, needsRead],
    [{ scope: '-read' }, needsRead],
    [{ scope: '!write read' }, granted],
    [{ scope: null, scp: 'read' }, needsRead],
    [{ scope: {}, scp: 'read' }, needsRead],
    [{ scope: { toString: 'read', length: 4 } }, needsRead],
    [{ SCOPE: 'read', scope: undefined }, needsRead],
    [{ scopes: ['read'], scope: undefined }, needsRead],
    [{ authorities: ['read'], entitlements: ['read'], scope: undefined }, needsRead],
    [{ authorization_details: [{ type: 'read', actions: ['read'] }], scope: undefined }, needsRead],
    [{ scope: '' }, needsRead],
    [{ scope: ' ' }, needsRead],
    [{ scope: undefined }, needsRead],
    [{ scope: ['read'] }, needsRead],
    [{ scope: [['read']] }, needsRead],
    [{ scope: { read: true } }, needsRead],
    [{ scope: 1 }, needsRead],
    [{ scope: true }, needsRead],
    [{ scope: undefined, scp: 'read' }, granted],
    [{ scope: undefined, scp: 'write read' }, granted],
    [{ scope: undefined, scp: ['read'] }, granted],
    [{ scope: undefined, scp: ['write', 'read'] }, granted],
    [{ scope: undefined, scp: ['read write'] }, needsRead],
    [{ scope: undefined, scp: ['Read'] }, needsRead],
    [{ scope: undefined, scp: [['read']] }, needsRead],
    [{ scope: undefined, scp: [] }, needsRead],
    [{ scope: undefined, scp: { 0: 'read' } }, needsRead],
    [{ scope: undefined, scp: 1 }, needsRead],
    [{ scope: '', scp: ['read'] }, needsRead],
    [{ scope: 'write', scp: 'read' }, needsRead],
    [{ scope: ['read'], scp: 'read' }, needsRead],
    [{ scope: undefined, permissions: ['read'] }, needsRead],
    [{ scope: undefined, roles: ['read'], groups: ['read'] }, needsRead],
  ] as const
).map(([claims, expect]: readonly [Members, Expectation]) => ({
  name: `RFC 6749 §3.3: for a route that needs read, ${JSON.stringify(shown(claims))}: ${outcome(expect)}`,
  rules: ['X13', 'R-SCOPE-a', 'R-SCOPE-b', 'R-SCOPE-c', 'R-MCP-HI', 'A-54'],
  given: bearer(token({ claims })),
  expect,
}))

function shown(claims: Members): Members {
  return claims['scope'] === undefined && Object.keys(claims).length === 1 ? {} : claims
}

const readingScopesFrom = (...scopeClaims: string[]): Setup => ({
  options: { issuer: { issuer: I, jwks: { keys: publicKeys }, scopeClaims } },
})
const byPermissions = readingScopesFrom('permissions')
const byTwoClaims = readingScopesFrom('permissions', 'scope')
const otherClaims: ConformanceCase[] = (
  [
    ['permissions', byPermissions, { permissions: ['read'], scope: undefined }, granted],
    ['permissions', byPermissions, { permissions: 'write read', scope: undefined }, granted],
    ['permissions', byPermissions, { permissions: ['read write'], scope: undefined }, needsRead],
    ['permissions', byPermissions, { scope: 'read' }, needsRead],
    ['permissions, then scope', byTwoClaims, { scope: 'read' }, granted],
    ['permissions, then scope', byTwoClaims, { permissions: ['read'], scope: '' }, granted],
    ['permissions, then scope', byTwoClaims, { permissions: [], scope: 'read' }, needsRead],
    ['permissions, then scope', byTwoClaims, { permissions: ['write'], scope: ['read'] }, needsRead],
    ['permissions, then scope', byTwoClaims, { scope: ['read'] }, needsRead],
  ] as const
).map(([from, setup, claims, expect]: readonly [string, Setup, Members, Expectation]) => ({
  name: `RFC 9068 §2.2.3: with scopes from ${from}, ${JSON.stringify(claims)}: ${outcome(expect)}`,
  rules: ['X13', 'R-SCOPE-b', 'R-SCOPE-c', 'R-9068-2.2.3'],
  setup,
  given: bearer(token({ claims })),
  expect,
}))

const otherVerifier = createVerifier({
  issuer: { issuer: I, jwks: { keys: publicKeys } },
  audience: 'https://other.test',
})
const rejecting = (reason: unknown) => (): Promise<boolean> => Promise.reject(reason)

const rules: Setup = {
  routes: {
    '/v1/all': { scopes: ['a', 'b'] },
    '/v1/any': { anyScope: ['a', 'b'] },
    '/v1/both': { scopes: ['a'], anyScope: ['b', 'c'] },
    '/v1/org': { claims: { org_id: 'org_1' } },
    '/v1/number': { claims: { level: 1 } },
    '/v1/flag': { claims: { email_verified: true } },
    '/v1/two': { claims: { org_id: 'org_1', level: 1 } },
    '/v1/predicate': { claims: { level: (level) => typeof level === 'number' && level > 2 } },
    '/v1/throwing-predicate': {
      claims: {
        level: () => {
          throw new Error('the database is down')
        },
      },
    },
    '/v1/proto': { claims: { toString: 'x' } },
    '/v1/no-actor': { claims: { act: (act) => act === undefined } },
    '/v1/actor': {
      claims: {
        act: (act) => typeof act === 'object' && act !== null && 'sub' in act && act.sub === 'service',
      },
    },
    '/v1/check': { check: ({ subject }) => subject === 'u1' },
    '/v1/async-check': { check: async ({ subject }) => subject === 'u1' },
    '/v1/check-undefined': { check: (() => undefined) as unknown as () => boolean },
    '/v1/check-1': { check: (() => 1) as unknown as () => boolean },
    '/v1/check-yes': { check: (async () => 'yes') as unknown as () => boolean },
    '/v1/check-object': { check: (() => ({})) as unknown as () => boolean },
    '/v1/check-throws': {
      check: () => {
        throw new Error('the database is down')
      },
    },
    '/v1/check-rejects': { check: () => Promise.reject(new Error('the database is down')) },
    // To Express, `next(undefined)` and `next('route')` mean that all is well.
    '/v1/check-rejects-undefined': { check: rejecting(undefined) },
    '/v1/check-rejects-null': { check: rejecting(null) },
    '/v1/check-rejects-route': { check: rejecting('route') },
    '/v1/check-rejects-router': { check: rejecting('router') },
    '/v1/predicate-throws-undefined': {
      claims: {
        level: () => {
          throw undefined
        },
      },
    },
    '/v1/check-rejects-response': {
      check: rejecting(
        Object.assign(new Error('upstream said no'), {
          status: 401,
          statusCode: 401,
          headers: { 'set-cookie': 'canary' },
        }),
      ),
    },
    '/v1/check-verifies': { check: async () => (await otherVerifier.verify('canary')).subject === 'u1' },
    '/v1/everything': { scopes: ['a'], claims: { org_id: 'org_1' }, check: () => false },
    '/v1/everything-throws': {
      scopes: ['a'],
      claims: { org_id: 'org_1' },
      check: () => {
        throw new Error('the database is down')
      },
    },
  },
}

const requirementCases: ConformanceCase[] = (
  [
    ['/v1/open', {}, granted],
    ['/v1/open', { scope: undefined }, granted],
    ['/v1/all', { scope: 'a b' }, granted],
    ['/v1/all', { scope: 'b c a' }, granted],
    ['/v1/all', { scope: 'a' }, insufficientScope('a b')],
    ['/v1/all', { scope: 'c' }, insufficientScope('a b')],
    ['/v1/any', { scope: 'a' }, granted],
    ['/v1/any', { scope: 'c b' }, granted],
    ['/v1/any', { scope: 'c' }, insufficientScope('a b')],
    ['/v1/any', { scope: '' }, insufficientScope('a b')],
    ['/v1/both', { scope: 'a c' }, granted],
    ['/v1/both', { scope: 'b c' }, insufficientScope('a b c')],
    ['/v1/both', { scope: 'a' }, insufficientScope('a b c')],
    ['/v1/org', { org_id: 'org_1' }, granted],
    ['/v1/org', { org_id: ['org_0', 'org_1'] }, granted],
    ['/v1/org', {}, forbidden('claim')],
    ['/v1/org', { org_id: 'org_2' }, forbidden('claim')],
    ['/v1/org', { org_id: 'ORG_1' }, forbidden('claim')],
    ['/v1/org', { org_id: 'org_1 ' }, forbidden('claim')],
    ['/v1/org', { org_id: 'org_1,org_2' }, forbidden('claim')],
    ['/v1/org', { org_id: [] }, forbidden('claim')],
    ['/v1/org', { org_id: ['org_0'] }, forbidden('claim')],
    ['/v1/org', { org_id: [['org_1']] }, forbidden('claim')],
    ['/v1/org', { org_id: { org_1: true } }, forbidden('claim')],
    ['/v1/org', { org_id: null }, forbidden('claim')],
    ['/v1/number', { level: 1 }, granted],
    ['/v1/number', { level: '1' }, forbidden('claim')],
    ['/v1/number', { level: true }, forbidden('claim')],
    ['/v1/flag', { email_verified: true }, granted],
    ['/v1/flag', { email_verified: 'true' }, forbidden('claim')],
    ['/v1/flag', { email_verified: 1 }, forbidden('claim')],
    ['/v1/two', { org_id: 'org_1', level: 1 }, granted],
    ['/v1/two', { org_id: 'org_1' }, forbidden('claim')],
    ['/v1/two', { level: 1 }, forbidden('claim')],
    ['/v1/predicate', { level: 3 }, granted],
    ['/v1/predicate', { level: 2 }, forbidden('claim')],
    ['/v1/predicate', { level: '3' }, forbidden('claim')],
    ['/v1/predicate', {}, forbidden('claim')],
    ['/v1/throwing-predicate', { level: 3 }, bug],
    ['/v1/proto', {}, forbidden('claim')],
    ['/v1/no-actor', {}, granted],
    ['/v1/no-actor', { act: { sub: 'service' } }, forbidden('claim')],
    ['/v1/no-actor', { act: null }, forbidden('claim')],
    ['/v1/actor', { act: { sub: 'service' } }, granted],
    ['/v1/actor', { act: { sub: 'service', act: { sub: 'other' } } }, granted],
    ['/v1/actor', { act: { sub: 'other', act: { sub: 'service' } } }, forbidden('claim')],
    ['/v1/actor', { act: { act: { sub: 'service' } } }, forbidden('claim')],
    ['/v1/actor', { may_act: { sub: 'service' } }, forbidden('claim')],
    ['/v1/actor', {}, forbidden('claim')],
    ['/v1/check', {}, granted],
    ['/v1/check', { sub: 'u2' }, forbidden('check')],
    ['/v1/async-check', {}, granted],
    ['/v1/async-check', { sub: 'u2' }, forbidden('check')],
    ['/v1/check-undefined', {}, forbidden('check')],
    ['/v1/check-1', {}, forbidden('check')],
    ['/v1/check-yes', {}, forbidden('check')],
    ['/v1/check-object', {}, forbidden('check')],
    ['/v1/check-throws', {}, bug],
    ['/v1/check-rejects', {}, bug],
    ['/v1/check-rejects-undefined', {}, bug],
    ['/v1/check-rejects-null', {}, bug],
    ['/v1/check-rejects-route', {}, bug],
    ['/v1/check-rejects-router', {}, bug],
    ['/v1/check-rejects-response', {}, bug],
    ['/v1/check-verifies', {}, bug],
    ['/v1/predicate-throws-undefined', { level: 3 }, bug],
    ['/v1/everything', { scope: 'b' }, insufficientScope('a')],
    ['/v1/everything', { scope: 'a' }, forbidden('claim')],
    ['/v1/everything', { scope: 'a', org_id: 'org_1' }, forbidden('check')],
    ['/v1/everything-throws', { scope: 'b' }, insufficientScope('a')],
    ['/v1/everything-throws', { scope: 'a' }, forbidden('claim')],
    ['/v1/everything-throws', { exp: 1 }, invalidToken('expired')],
  ] as const
).map(([target, claims, expect]: readonly [string, Members, Expectation]) => ({
  name: `RFC 6750 §3.1: at ${target}, ${JSON.stringify(claims, (_, value) => value ?? null)}: ${outcome(expect)}`,
  rules: [
    'X13',
    'X14',
    'X30',
    'R-SCOPE-a',
    'R-MCP-SC',
    'R-OPS-a',
    'A-118',
    ...(target.endsWith('actor') ? ['R-8693-4.1-a', 'R-8693-b'] : []),
  ],
  setup: rules,
  given: bearer(token({ claims }), { target }),
  expect: expect.status === 200 && 'sub' in claims ? { ...expect, subject: claims['sub'] as string } : expect,
}))

const everywhere: Setup = { options: { requirements: { scopes: ['base'] } } }
const requirementsOfTheVerifier: ConformanceCase[] = [
  {
    name: 'RFC 6750 §3.1: a requirement of the verifier holds at a route that has none of its own',
    rules: ['X13'],
    setup: everywhere,
    given: bearer(token(), { target: '/v1/open' }),
    expect: insufficientScope('base'),
  },
  {
    name: 'RFC 6750 §3.1: a token that meets the requirement of the verifier is accepted there',
    rules: ['X13'],
    setup: everywhere,
    given: bearer(token({ claims: { scope: 'base' } }), { target: '/v1/open' }),
    expect: granted,
  },
  {
    name: 'RFC 6750 §3.1: a requirement of a route does not replace the one of the verifier',
    rules: ['X13'],
    setup: everywhere,
    given: bearer(token({ claims: { scope: 'base read' } })),
    expect: granted,
  },
]

export const scopesAndRequirements: readonly ConformanceCase[] = [
  ...scopes,
  ...otherClaims,
  ...requirementCases,
  ...requirementsOfTheVerifier,
]
