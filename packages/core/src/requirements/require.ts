import type { AccessToken } from '../access-token.js'
import { failedToDecide, holds } from '../claim-requirement.js'
import { reject } from '../failure.js'
import type { JsonValue } from '../lib/json.js'
import type { Soon } from '../lib/soon.js'
import type { CheckedRequirements } from './requirements.js'

/** Whether a request without credentials may pass; RFC 6750 §3: if not, the challenge has no error code. */
export function requireOptional(asked: readonly CheckedRequirements[]): void {
  if (asked.some(({ optional }) => optional)) return
  reject({ kind: 'unauthenticated', reason: 'no_credentials' }, 'the request has no Authorization header')
}

/** What time it is, and how far clocks may be apart, in seconds. */
export interface Moment {
  readonly now: number
  readonly clockTolerance: number
}

/**
 * Holds a valid token against what the verifier and the route ask for: how the user has authenticated, scopes, claims,
 * and then the user's own check.
 */
export function requireFulfilled(
  accessToken: AccessToken,
  asked: readonly CheckedRequirements[],
  moment: () => Moment,
): Soon<void> {
  if (asked.some(asksForAuthentication)) requireAuthentication(accessToken, asked, moment())
  requireScopes(accessToken, asked)
  for (const { claims } of asked) requireClaims(accessToken, claims)
  if (asked.some(hasChecks)) return requireChecks(accessToken, asked)
}

const asksForAuthentication = ({ acrValues, maxAge }: CheckedRequirements): boolean =>
  acrValues !== undefined || maxAge !== undefined
const hasChecks = ({ checks }: CheckedRequirements): boolean => checks.length > 0

async function requireChecks(accessToken: AccessToken, asked: readonly CheckedRequirements[]): Promise<void> {
  for (const check of asked.flatMap(({ checks }) => checks)) {
    if (!(await passes(check, accessToken)))
      reject({ kind: 'forbidden', reason: 'check' }, 'the check of this route did not return true')
  }
}

/**
 * RFC 9470 §4 and §5. The answer names all that the request needs, short or not: a client that comes back with a higher
 * level and an old login would only be sent away again. It comes before the scopes, since a new token has new ones; but
 * where they are short too it says so, for one visit must be enough.
 */
function requireAuthentication(
  { claims, scopes: granted }: AccessToken,
  asked: readonly CheckedRequirements[],
  moment: Moment,
): void {
  const demanded = asked.map(({ acrValues }) => acrValues).filter((values) => values !== undefined)
  const ages = asked.map(({ maxAge }) => maxAge).filter((age) => age !== undefined)
  const maxAge = ages.length > 0 ? Math.min(...ages) : undefined
  const reason = !demanded.every((values) => includes(values, claims['acr']))
    ? 'acr'
    : maxAge !== undefined && !isRecent(claims['auth_time'], maxAge, moment)
      ? 'too_old'
      : undefined
  if (reason === undefined) return
  reject(
    {
      kind: 'insufficient_user_authentication',
      reason,
      acrValues: commonTo(demanded),
      maxAge,
      scopes: hasScopes(granted, asked) ? [] : scopesOf(asked),
    },
    reason === 'acr'
      ? 'acr is none of those that this route accepts'
      : 'auth_time does not show that the user has authenticated recently enough',
    reason === 'acr'
      ? { expected: commonTo(demanded), received: claims['acr'] }
      : { expected: maxAge, received: ageOf(claims['auth_time'], moment) },
  )
}

/** Equal to the letter; that one level is above another is not known here (RFC 9470 §4). */
function includes(values: readonly string[], acr: JsonValue | undefined): boolean {
  return typeof acr === 'string' && values.includes(acr)
}

/** What satisfies everybody who asks; where there is no such value, whatever was asked for last, by the route. */
function commonTo(demanded: readonly (readonly string[])[]): readonly string[] {
  const last = demanded.at(-1) ?? []
  const common = last.filter((value) => demanded.every((values) => values.includes(value)))
  return common.length > 0 ? common : last
}

function ageOf(authTime: JsonValue | undefined, { now }: Moment): number | undefined {
  return typeof authTime === 'number' ? now - authTime : undefined
}

/** An `auth_time` that has not come yet shows nothing. */
function isRecent(authTime: JsonValue | undefined, maxAge: number, { now, clockTolerance }: Moment): boolean {
  if (typeof authTime !== 'number' || authTime < 0) return false
  return now - authTime <= maxAge && authTime <= now + clockTolerance
}

/**
 * RFC 6750 §3.1. The answer names every scope that was asked for, so that one visit to the authorization server is
 * enough.
 */
function requireScopes({ scopes: granted }: AccessToken, asked: readonly CheckedRequirements[]): void {
  if (hasScopes(granted, asked)) return
  reject(
    { kind: 'insufficient_scope', reason: 'missing_scope', scopes: scopesOf(asked) },
    'the token lacks a scope that this route needs',
    { expected: scopesOf(asked), received: [...granted] },
  )
}

function hasScopes(granted: ReadonlySet<string>, asked: readonly CheckedRequirements[]): boolean {
  for (const { scopes, anyScope } of asked) {
    for (const scope of scopes) if (!granted.has(scope)) return false
    if (anyScope !== undefined && !hasOneOf(granted, anyScope)) return false
  }
  return true
}

function hasOneOf(granted: ReadonlySet<string>, scopes: readonly string[]): boolean {
  for (const scope of scopes) if (granted.has(scope)) return true
  return false
}

/** Every scope that is asked for. */
export function scopesOf(asked: readonly CheckedRequirements[]): readonly string[] {
  return [...new Set(asked.flatMap(({ scopes, anyScope = [] }) => [...scopes, ...anyScope]))]
}

function requireClaims({ claims }: AccessToken, required: CheckedRequirements['claims']): void {
  for (const [name, expected] of required) {
    if (!holds(claims[name], expected))
      reject(
        { kind: 'forbidden', reason: 'claim' },
        `the claim ${JSON.stringify(name)} is not as this route needs it`,
        {
          expected: name,
        },
      )
  }
}

async function passes(check: CheckedRequirements['checks'][number], accessToken: AccessToken): Promise<boolean> {
  try {
    return (await check(accessToken)) === true
  } catch (error) {
    throw failedToDecide(error)
  }
}
