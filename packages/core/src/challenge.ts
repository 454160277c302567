import { descriptionFor, errorCodeFor, type Failure } from './failure.js'
import { quotedString } from './lib/quoted-string.js'

type Parameter = readonly [name: string, value: string]

/** What challenges say of this API, whatever went wrong. At least one of the two is there (RFC 6750 §3). */
export interface ProtectionSpace {
  readonly realm: string | undefined
  /** RFC 9728 §5.1. It comes from the options and never from the request, whose `Host` anybody can write. */
  readonly resourceMetadata: string | undefined
}

/**
 * The challenges for a failure, one for each `WWW-Authenticate` field line (RFC 9110 §11.6.1, RFC 6750 §3); none where
 * a challenge would tell the client to get another token although its token is not at fault.
 *
 * @param needed every scope that the request needs. Once an API publishes its metadata, a client without a good token is
 * told them; otherwise they are nobody's business.
 */
export function challengesFor(
  failure: Failure,
  { realm, resourceMetadata }: ProtectionSpace,
  needed: readonly string[],
): string[] {
  const { kind } = failure
  if (kind === 'forbidden' || kind === 'unavailable') return []
  const parameters: Parameter[] = []
  if (realm !== undefined) parameters.push(['realm', realm])
  if (resourceMetadata !== undefined) parameters.push(['resource_metadata', resourceMetadata])
  const error = errorCodeFor(kind)
  if (error !== undefined) parameters.push(['error', error], ['error_description', descriptionFor(kind)])
  if (kind === 'insufficient_user_authentication') parameters.push(...stepUp(failure))
  const scopes = scopesToName(failure, resourceMetadata === undefined ? [] : needed)
  if (scopes.length > 0) parameters.push(['scope', scopes.join(' ')])
  return [`Bearer ${parameters.map(([name, value]) => `${name}=${quotedString(value)}`).join(', ')}`]
}

function scopesToName(failure: Failure, published: readonly string[]): readonly string[] {
  if (failure.kind === 'insufficient_scope') return failure.scopes
  if (failure.kind === 'invalid_request') return []
  if (failure.kind === 'insufficient_user_authentication' && published.length === 0) return failure.scopes
  return published
}

/** RFC 9470 §3: how the user has to authenticate, for the client to hand on to the authorization server. */
function stepUp({ acrValues, maxAge }: Extract<Failure, { kind: 'insufficient_user_authentication' }>): Parameter[] {
  const parameters: Parameter[] = []
  if (acrValues.length > 0) parameters.push(['acr_values', acrValues.join(' ')])
  if (maxAge !== undefined) parameters.push(['max_age', String(maxAge)])
  return parameters
}
