import { type ClaimRules, problemWithClaims } from './claims.js'
import type { UnverifiedJwt } from './parse.js'
import { problemWithType } from './type.js'

const MAX_KID_LENGTH = 256

/**
 * Whether a token that nobody has verified would pass everything but the signature. That proves nothing; but a token
 * that would be refused whatever its key is not worth a request to the issuer for that key.
 */
export function isPlausible(
  { header, kid = '', unverifiedClaims }: UnverifiedJwt,
  rules: ClaimRules,
  now: number,
): boolean {
  return (
    kid.length <= MAX_KID_LENGTH &&
    problemWithType(header, unverifiedClaims, rules.profile) === undefined &&
    problemWithClaims(unverifiedClaims, rules, now) === undefined
  )
}
