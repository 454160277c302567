import { rejectToken } from './failure.js'
import { isObject } from './lib/json.js'
import type { VerifiedToken } from './verified-token.js'

/**
 * A token with `cnf` belongs to whoever holds the key named there (RFC 7800 §3.1, RFC 9449 §6, RFC 8705 §3.1). No proof
 * of such a key is read here, so the token is refused: taken as a bearer token it would serve a thief as well as its
 * owner.
 */
export function requireProvenConfirmation({ claims }: VerifiedToken): void {
  const { cnf } = claims
  if (cnf === undefined) return
  if (!isObject(cnf) || Object.keys(cnf).length === 0) rejectToken('malformed', 'cnf names no key')
  for (const [name, value] of Object.entries(cnf)) {
    const isThumbprint = name === 'jkt' || name === 'x5t#S256'
    if (value === '' || (isThumbprint && typeof value !== 'string')) rejectToken('malformed', 'cnf names no key')
  }
  rejectToken('unproven_confirmation', 'the token is bound to a key (cnf) that this verifier cannot see proven')
}
