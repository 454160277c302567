import { A, NOW } from '../support/fixture.js'
import { token } from '../support/token.js'
import type { Setup } from '../support/world.js'
import type { ConformanceCase, Expectation } from './case.js'
import { bearer, forbidden, granted, insufficientAuthentication, insufficientScope, invalidToken } from './rows.js'

// RFC 9470: what a route may ask of the way in which the user has authenticated.

const setup: Setup = {
  routes: {
    '/v1/s': { acrValues: ['gold'], maxAge: 300 },
    '/v1/gold': { acrValues: ['gold', 'silver'] },
    '/v1/recent': { maxAge: 300 },
    '/v1/now': { maxAge: 0 },
    '/v1/ever': { maxAge: Number.MAX_SAFE_INTEGER },
    '/v1/all': { acrValues: ['gold'], scopes: ['write'], claims: { org: 'o1' } },
  },
}
const strict: Setup = {
  options: { requirements: { acrValues: ['gold', 'silver'], maxAge: 600, scopes: ['read'] } },
  routes: {
    '/v1/gold': { acrValues: ['gold'] },
    '/v1/bronze': { acrValues: ['bronze'] },
    '/v1/r': { maxAge: 60 },
  },
}
const mixed: Setup = {
  options: { requirements: { scopes: ['read'] } },
  routes: { '/v1/gold': { acrValues: ['gold'] } },
}

type Row = readonly [what: string, claims: object, expect: Expectation]

const cases = (target: string, rules: readonly string[], place: Setup, rows: readonly Row[]): ConformanceCase[] =>
  rows.map(([what, claims, expect]) => ({
    name: `RFC 9470 §4: ${target}, ${what}`,
    rules: ['X15', ...rules],
    setup: place,
    given: bearer(token({ claims: claims as Record<string, unknown> }), { target }),
    expect,
  }))

const needsBoth = (reason: 'acr' | 'too_old') => insufficientAuthentication(reason, 'acr_values="gold", max_age="300"')
const needsGold = insufficientAuthentication('acr', 'acr_values="gold"')
const needsAcr = insufficientAuthentication('acr', 'acr_values="gold silver"')
const tooOld = (maxAge: number) => insufficientAuthentication('too_old', `max_age="${maxAge}"`)
const needsAge = tooOld(300)

export const stepUp: readonly ConformanceCase[] = [
  ...cases('/v1/s', ['R-9470-6', 'R-9470-3-a'], setup, [
    ['level and age as asked: accepted', { acr: 'gold', auth_time: NOW - 299 }, granted],
    ['an old login: both are named', { acr: 'gold', auth_time: NOW - 301 }, needsBoth('too_old')],
    ['a low level: both are named', { acr: 'bronze', auth_time: NOW }, needsBoth('acr')],
    ['neither claim', {}, needsBoth('acr')],
    ['an expired token is told so and nothing else', { acr: 'x', exp: NOW - 60 }, invalidToken('expired')],
    ['a token for another API is told so and nothing else', { acr: 'x', aud: `${A}/x` }, invalidToken('audience')],
  ]),
  ...cases('/v1/gold', ['R-9470-6', 'A-58'], setup, [
    ['the preferred level', { acr: 'gold' }, granted],
    ['the other level', { acr: 'silver' }, granted],
    ['no acr', {}, needsAcr],
    ['another level', { acr: 'bronze' }, needsAcr],
    ['upper case', { acr: 'GOLD' }, needsAcr],
    ['an array of one', { acr: ['gold'] }, needsAcr],
    ['an object', { acr: { gold: true } }, needsAcr],
    ['a list in a string', { acr: 'gold silver' }, needsAcr],
    ['a space after it', { acr: 'gold ' }, needsAcr],
    ['an empty string', { acr: '' }, needsAcr],
    ['null', { acr: null }, needsAcr],
  ]),
  ...cases('/v1/recent', ['R-9470-6', 'R-NUM', 'A-58'], setup, [
    ['a login of this second', { auth_time: NOW }, granted],
    ['a login that is just recent enough', { auth_time: NOW - 300 }, granted],
    ['a login one second too old, and no tolerance for that', { auth_time: NOW - 301 }, needsAge],
    ['no auth_time', {}, needsAge],
    ['a login in the near future, as far as clocks may be apart', { auth_time: NOW + 10 }, granted],
    ['a login in the future', { auth_time: NOW + 11 }, needsAge],
    ['a string', { auth_time: String(NOW) }, needsAge],
    ['null', { auth_time: null }, needsAge],
    ['an array of one', { auth_time: [NOW] }, needsAge],
    ['a negative number', { auth_time: -1 }, needsAge],
    ['a number without bounds', { auth_time: Number.MAX_VALUE }, needsAge],
  ]),
  ...cases('/v1/now', ['R-9470-6'], setup, [
    ['a login of this second', { auth_time: NOW }, granted],
    ['a login of a second ago', { auth_time: NOW - 1 }, tooOld(0)],
  ]),
  ...cases('/v1/ever', ['R-9470-6', 'R-NUM'], setup, [
    ['the first second that there is', { auth_time: 0 }, granted],
    ['a negative number, however old a login may be', { auth_time: -1 }, tooOld(Number.MAX_SAFE_INTEGER)],
  ]),
  ...cases('/v1/all', ['R-9470-b'], setup, [
    [
      'level and scope short: one answer names both',
      { acr: 'bronze' },
      insufficientAuthentication('acr', 'acr_values="gold", scope="write"'),
    ],
    ['level short and scope granted: the scope is not named', { acr: 'bronze', scope: 'write' }, needsGold],
    ['only the scope short', { acr: 'gold' }, insufficientScope('write')],
    ['only a claim amiss', { acr: 'gold', scope: 'write' }, forbidden('claim')],
    ['everything as asked', { acr: 'gold', scope: 'write', org: 'o1' }, granted],
  ]),
  ...cases('/v1/gold', ['R-9470-6'], strict, [
    ['verifier and route agree', { acr: 'gold', auth_time: NOW, scope: 'read' }, granted],
    [
      'enough for the verifier and not for the route: the answer names what satisfies both',
      { acr: 'silver', auth_time: NOW, scope: 'read' },
      insufficientAuthentication('acr', 'acr_values="gold", max_age="600"'),
    ],
  ]),
  ...cases('/v1/r', ['R-9470-6'], strict, [
    ['as old as the route allows', { acr: 'gold', auth_time: NOW - 60, scope: 'read' }, granted],
    [
      'older than the route allows and not than the verifier does: the shorter age counts and is named',
      { acr: 'gold', auth_time: NOW - 61, scope: 'read' },
      insufficientAuthentication('too_old', 'acr_values="gold silver", max_age="60"'),
    ],
  ]),
  ...cases('/v1/bronze', ['R-9470-6'], strict, [
    [
      'nothing satisfies both verifier and route: what the route asks for is named',
      { acr: 'gold', auth_time: NOW, scope: 'read' },
      insufficientAuthentication('acr', 'acr_values="bronze", max_age="600"'),
    ],
  ]),
  ...cases('/v1/gold', ['R-9470-6'], mixed, [
    ['asked for by the route alone, and there', { acr: 'gold', scope: 'read' }, granted],
    ['asked for by the route alone, and not there', { scope: 'read' }, needsGold],
  ]),
]
