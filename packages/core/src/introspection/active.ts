import { rejectToken } from '../failure.js'
import type { JsonObject } from '../lib/json.js'
import { saysAnotherKind } from '../token-kind.js'
import type { IntrospectedToken } from '../verified-token.js'

/**
 * Takes an answer for a yes only if it says so (RFC 7662 §2.2): `active` is `true`, and not something like it. Why a
 * token is not active the answer does not say, and so neither do we.
 */
export function requireActive({ active, ...claims }: JsonObject, issuer: string): IntrospectedToken {
  if (active !== true) rejectToken('inactive', 'the issuer says that the token is not active')
  const { iss = issuer, token_type: type } = claims
  if (iss !== issuer)
    rejectToken('unknown_issuer', 'the token is active, but another one’s than the issuer that was asked', {
      expected: issuer,
      received: iss,
    })
  if (type !== undefined) requireBearer(type)
  // Some servers answer for refresh tokens as well: those live long, and are for the server alone.
  if (saysAnotherKind(claims)) rejectToken('type', 'the token is active, but is an ID, refresh or logout token')
  const all: JsonObject = Object.assign(Object.create(null) as JsonObject, claims, { iss })
  return { claims: Object.freeze(all) } as IntrospectedToken
}

/** RFC 6749 §7.1: who does not know the type of a token must not use it. The name ignores case (RFC 6749 §5.1). */
function requireBearer(type: unknown): void {
  const name = typeof type === 'string' ? type.toLowerCase() : undefined
  if (name === 'bearer' || name === 'access_token') return // the latter by servers that say what the token is for
  if (name === 'dpop') rejectToken('unproven_confirmation', 'the token is bound to a key that is not proven here')
  rejectToken('type', 'the token is active, but is no bearer token', { expected: ['Bearer'], received: type })
}
