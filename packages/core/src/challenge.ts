import { descriptionFor, errorCodeFor, type Failure } from './failure.js'
import { quotedString } from './lib/quoted-string.js'

type Parameter = readonly [name: string, value: string]

/**
 * The challenges for a failure, one for each `WWW-Authenticate` field line (RFC 9110 §11.6.1, RFC 6750 §3); none where
 * a challenge would tell the client to get another token although its token is not at fault.
 */
export function challengesFor(failure: Failure, realm: string): string[] {
  const { kind } = failure
  if (kind === 'forbidden' || kind === 'unavailable') return []
  const parameters: Parameter[] = [['realm', realm]]
  const error = errorCodeFor(kind)
  if (error !== undefined) parameters.push(['error', error], ['error_description', descriptionFor(kind)])
  if (kind === 'insufficient_user_authentication') parameters.push(...stepUp(failure))
  const scopes = 'scopes' in failure ? failure.scopes : []
  if (scopes.length > 0) parameters.push(['scope', scopes.join(' ')])
  return [`Bearer ${parameters.map(([name, value]) => `${name}=${quotedString(value)}`).join(', ')}`]
}

/** RFC 9470 §3: how the user has to authenticate, for the client to hand on to the authorization server. */
function stepUp({ acrValues, maxAge }: Extract<Failure, { kind: 'insufficient_user_authentication' }>): Parameter[] {
  const parameters: Parameter[] = []
  if (acrValues.length > 0) parameters.push(['acr_values', acrValues.join(' ')])
  if (maxAge !== undefined) parameters.push(['max_age', String(maxAge)])
  return parameters
}
