import { rejectToken } from '../failure.js'
import type { JsonObject } from '../lib/json.js'
import type { Profile } from '../options.js'
import { saysAnotherKind } from '../token-kind.js'
import type { VerifiedJwt } from '../verified-token.js'

const accessTokenType = /^(?:application\/)?at\+jwt$/i // RFC 9068 §4; RFC 7515 §4.1.9: "application/" may be left out
const plainType = /^(?:application\/)?jwt$/i

/**
 * Tells an access token from the other JWTs that the same issuer signs with the same keys (RFC 9068 §4 and §5, RFC 8725
 * §3.11 and §3.12).
 *
 * An explicit type decides. Many issuers still say `JWT` or nothing; such a token passes, except under the profile
 * `rfc9068`, unless it bears the mark of another kind.
 */
export function requireAccessTokenType({ header, claims }: VerifiedJwt, profile: Profile): void {
  const problem = problemWithType(header, claims, profile)
  if (problem !== undefined)
    rejectToken('type', problem, {
      expected: profile === 'rfc9068' ? ['at+jwt'] : ['at+jwt', 'JWT', 'no typ'],
      received: header['typ'],
    })
}

export function problemWithType({ typ }: JsonObject, claims: JsonObject, profile: Profile): string | undefined {
  if (typ !== undefined && typeof typ !== 'string') return 'typ is not a string'
  if (typ === 'at+jwt' || (typ !== undefined && accessTokenType.test(typ))) return undefined
  if (profile === 'rfc9068') return 'typ is not at+jwt, which the profile rfc9068 requires'
  if (typ !== undefined && !plainType.test(typ)) return 'typ names another kind of JWT'
  if (looksLikeAnotherKind(claims)) return 'the claims are those of an ID token, a logout token or another kind of JWT'
  return undefined
}

function looksLikeAnotherKind(claims: JsonObject): boolean {
  return (
    saysAnotherKind(claims) ||
    'nonce' in claims || // ID token, OpenID Connect Core §2
    ('htm' in claims && 'htu' in claims) // DPoP proof, RFC 9449 §4.2
  )
}
