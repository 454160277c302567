import { holds, type RequiredClaim } from '../claim-requirement.js'
import { type InvalidTokenReason, rejectToken } from '../failure.js'
import type { JsonObject, JsonValue } from '../lib/json.js'
import type { Profile } from '../options.js'
import type { VerifiedToken } from '../verified-token.js'

/** What the claims of an access token are held against. */
export interface ClaimRules {
  /** One of them must be named in `aud`; `null` for an issuer whose tokens name none. */
  readonly audience: readonly string[] | null
  readonly profile: Profile
  /** What else the issuer's access tokens must say. */
  readonly claims: readonly RequiredClaim[]
  /** Seconds. */
  readonly clockTolerance: number
}

/** RFC 7519 §4.1, RFC 9068 §2.2 and §4. `iss` is not among them: it has chosen the keys. `now` is in milliseconds. */
export function requireValidClaims({ claims }: VerifiedToken, rules: ClaimRules, now: number): void {
  // What the issuer's entry asks besides may be a function: it is shown no claim that nobody vouches for.
  const problem = problemWithClaims(claims, rules, now) ?? problemWithRequiredClaims(claims, rules.claims)
  if (problem !== undefined) rejectToken(problem.reason, problem.detail, problem)
}

interface Problem {
  readonly reason: InvalidTokenReason
  readonly detail: string
  readonly expected?: unknown
  readonly received?: unknown
}

export function problemWithClaims(claims: JsonObject, rules: ClaimRules, now: number): Problem | undefined {
  return (
    problemWithTypes(claims) ??
    problemWithAudience(claims['aud'], rules.audience) ??
    problemWithTimes(claims, now / 1000, rules.clockTolerance) ??
    (rules.profile === 'rfc9068' ? problemWithProfile(claims) : undefined)
  )
}

function problemWithTypes({ exp, nbf, iat, sub, client_id, jti, aud }: JsonObject): Problem | undefined {
  if (exp === undefined) return { reason: 'missing_claim', detail: 'exp is missing', expected: 'exp' }
  if (!isNumericDate(exp)) return malformed('exp is not a NumericDate')
  if (nbf !== undefined && !isNumericDate(nbf)) return malformed('nbf is not a NumericDate')
  if (iat !== undefined && !isNumericDate(iat)) return malformed('iat is not a NumericDate')
  if (sub !== undefined && typeof sub !== 'string') return malformed('sub is not a string')
  if (client_id !== undefined && typeof client_id !== 'string') return malformed('client_id is not a string')
  if (jti !== undefined && typeof jti !== 'string') return malformed('jti is not a string')
  if (aud !== undefined && !isStringOrStrings(aud)) return malformed('aud is not a string or an array of strings')
  return undefined
}

function malformed(detail: string): Problem {
  return { reason: 'malformed', detail }
}

/** RFC 7519 §2. A number beyond 2^53 is not exact any more, and no date. */
function isNumericDate(value: JsonValue | undefined): boolean {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
}

function isStringOrStrings(value: JsonValue): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.every((member) => typeof member === 'string'))
}

/** RFC 7519 §4.1.3, RFC 9068 §4: equal to the letter; no pattern, no prefix, no slash forgiven. */
function problemWithAudience(aud: JsonValue | undefined, accepted: readonly string[] | null): Problem | undefined {
  if (accepted === null) return undefined
  if (aud === undefined) return { reason: 'missing_claim', detail: 'aud is missing', expected: accepted }
  if (Array.isArray(aud) ? haveOneInCommon(accepted, aud) : accepted.includes(aud as string)) return undefined
  return { reason: 'audience', detail: 'aud does not name this API', expected: accepted, received: [aud].flat() }
}

function haveOneInCommon(some: readonly JsonValue[], others: readonly JsonValue[]): boolean {
  for (const one of some) if (others.includes(one)) return true
  return false
}

function problemWithTimes({ exp, nbf, iat }: JsonObject, now: number, tolerance: number): Problem | undefined {
  const latest = Math.floor(now) + tolerance // whole seconds, as issuers count; a fraction more is not yet here
  if (!(now < Number(exp) + tolerance))
    return { reason: 'expired', detail: 'exp has passed', expected: now, received: exp } // RFC 7519 §4.1.4
  if (nbf !== undefined && Number(nbf) > latest)
    return { reason: 'not_yet_valid', detail: 'nbf has not come yet', expected: now, received: nbf } // §4.1.5
  if (iat !== undefined && Number(iat) > latest)
    return { reason: 'not_yet_valid', detail: 'iat lies in the future', expected: now, received: iat }
  return undefined
}

/** For issuers that sign more than access tokens for this API with the same keys, and tell them apart by a claim. */
function problemWithRequiredClaims(claims: JsonObject, required: readonly RequiredClaim[]): Problem | undefined {
  if (required.length === 0) return undefined
  const broken = required.find(([name, requirement]) => !holds(claims[name], requirement))
  if (broken === undefined) return undefined
  const [name] = broken
  return {
    reason: 'claim',
    detail: `the claim ${JSON.stringify(name)} is not as its issuer's entry asks`,
    expected: name,
  }
}

/** RFC 9068 §2.2: all of these are required. `iss`, `exp` and `aud` have been seen to already. */
function problemWithProfile(claims: JsonObject): Problem | undefined {
  for (const name of ['sub', 'client_id', 'jti']) {
    if (claims[name] === undefined)
      return { reason: 'missing_claim', detail: `${name} is missing, which the profile rfc9068 requires` }
    if (claims[name] === '') return { reason: 'malformed', detail: `${name} is empty` }
  }
  if (claims['iat'] === undefined)
    return { reason: 'missing_claim', detail: 'iat is missing, which the profile rfc9068 requires' }
  return undefined
}
