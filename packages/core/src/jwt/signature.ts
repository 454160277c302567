import { verifySignature } from '#signature'
import { rejectToken } from '../failure.js'
import type { PublicKey } from '../lib/signature.js'
import { andThen, type Soon } from '../lib/soon.js'
import type { VerifiedJwt } from '../verified-token.js'
import type { UnverifiedJwt } from './parse.js'

/** RFC 8725 §3.1: the algorithm is chosen by the settings; the header may only name one of them. */
export function requireAllowedAlgorithm({ alg }: UnverifiedJwt | VerifiedJwt, allowed: ReadonlySet<string>): void {
  if (!allowed.has(alg))
    rejectToken('algorithm', 'alg is not among the allowed algorithms of this issuer', {
      expected: [...allowed],
      received: alg,
    })
}

/**
 * Tries the candidate keys in turn (RFC 7515 §5.2). Which keys are candidates, and how many, has been decided before.
 */
export function requireSignature(candidates: readonly PublicKey[], jwt: UnverifiedJwt, tried = 0): Soon<VerifiedJwt> {
  const key = candidates[tried]
  if (key === undefined) rejectToken('signature', 'no key of the issuer verifies the signature', { received: jwt.kid })
  return andThen(verifySignature(key, jwt.signingInput, jwt.signature), judge, candidates, jwt, tried)
}

function judge(
  isValid: boolean,
  candidates: readonly PublicKey[],
  jwt: UnverifiedJwt,
  tried: number,
): Soon<VerifiedJwt> {
  // Nothing but true: not an error, not a promise, nothing else that is merely truthy.
  if (isValid !== true) return requireSignature(candidates, jwt, tried + 1)
  const { header, alg, kid, unverifiedClaims: claims } = jwt
  return { header, alg, kid, claims, key: candidates[tried] } as VerifiedJwt
}
