import { descriptionFor, errorCodeFor, type Failure } from './failure.js'
import { quotedString } from './lib/quoted-string.js'

/**
 * The challenges for a failure, one for each `WWW-Authenticate` field line (RFC 9110 §11.6.1, RFC 6750 §3); none where
 * a challenge would tell the client to get another token although its token is not at fault.
 */
export function challengesFor(failure: Failure, realm: string): string[] {
  const { kind } = failure
  if (kind === 'forbidden' || kind === 'unavailable') return []
  const parameters: [string, string][] = [['realm', realm]]
  const error = errorCodeFor(kind)
  if (error !== undefined) parameters.push(['error', error], ['error_description', descriptionFor(kind)])
  if (kind === 'insufficient_scope') parameters.push(['scope', failure.scopes.join(' ')])
  return [`Bearer ${parameters.map(([name, value]) => `${name}=${quotedString(value)}`).join(', ')}`]
}
