import { verifySignature } from '#signature'
import { rejectToken } from '../failure.js'
import type { PublicKey } from '../lib/signature.js'
import type { VerifiedJwt } from '../verified-token.js'
import type { UnverifiedJwt } from './parse.js'

const ascii = new TextEncoder()

/** RFC 8725 §3.1: the algorithm is chosen by the settings; the header may only name one of them. */
export function requireAllowedAlgorithm({ alg }: UnverifiedJwt, allowed: ReadonlySet<string>): void {
  if (!allowed.has(alg))
    rejectToken('algorithm', 'alg is not among the allowed algorithms of this issuer', {
      expected: [...allowed],
      received: alg,
    })
}

/**
 * Tries the candidate keys in turn (RFC 7515 §5.2). Which keys are candidates, and how many, has been decided before.
 */
export async function requireSignature(jwt: UnverifiedJwt, candidates: readonly PublicKey[]): Promise<VerifiedJwt> {
  const data = ascii.encode(jwt.signingInput)
  for (const key of candidates) {
    if (await verifySignature(jwt.alg, key, data, jwt.signature)) {
      return { header: jwt.header, claims: jwt.unverifiedClaims } as VerifiedJwt
    }
  }
  return rejectToken('signature', 'no key of the issuer verifies the signature', { received: jwt.kid })
}
