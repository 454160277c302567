import { rejectToken } from '../failure.js'
import type { ClaimRules } from '../jwt/claims.js'
import type { UnverifiedJwt } from '../jwt/parse.js'
import type { KeySource } from '../keys/key-source.js'

/** An issuer whose tokens are accepted: its own rules, its own keys, its own state. */
export interface TrustedIssuer extends ClaimRules {
  readonly issuer: string
  readonly algorithms: ReadonlySet<string>
  readonly scopeClaims: readonly string[]
  readonly keys: KeySource
}

export type TrustedIssuers = ReadonlyMap<string, TrustedIssuer>

/**
 * Finds whose rules and keys a token is to be judged by: the issuer that it names, equal to the letter (RFC 9068 §4,
 * RFC 8725 §3.8). A name that is not listed leads nowhere: it is never asked for keys, metadata or anything else.
 */
export function findTrustedIssuer(
  issuers: TrustedIssuers,
  { unverifiedClaims: { iss } }: UnverifiedJwt,
): TrustedIssuer {
  if (iss === undefined) rejectToken('missing_claim', 'iss is missing')
  if (typeof iss !== 'string') rejectToken('malformed', 'iss is not a string')
  return (
    issuers.get(iss) ??
    rejectToken('unknown_issuer', 'iss is not one of the trusted issuers; they must be equal to the letter', {
      expected: [...issuers.keys()],
      received: iss,
    })
  )
}
