import type { AccessToken } from './access-token.js'
import type { Soon } from './lib/soon.js'
import type { RequestLike } from './request.js'
import type { OptionalAnonymousRequirements, OptionalRequirements } from './requirements/requirements.js'
import type { AuthenticationResult, Verifier } from './verifier-contract.js'

type Result = AuthenticationResult<AccessToken | undefined>

export type AuthenticateEagerly = (request: RequestLike, ...requirements: OptionalAnonymousRequirements) => Soon<Result>

/** By the function and not by the verifier: one that somebody has put in its place is not passed over. */
const eagerForms = new WeakMap<object, AuthenticateEagerly>()

/** Says how the question that `authenticate` answers with a promise is answered at once. */
export function setEagerForm(authenticate: object, eagerly: AuthenticateEagerly): void {
  eagerForms.set(authenticate, eagerly)
}

/**
 * `verifier.authenticate(request, requirements)`, but answered at once, without a promise, where nobody has to be waited
 * for: mostly when the token was verified before. For adapters whose framework can go on at once as well. A verifier
 * that somebody has wrapped or written is asked as ever.
 *
 * @throws where the promise of `authenticate` would reject
 * @example
 * ```ts
 * import { type AuthenticationResult, authenticateEagerly, type RequestLike, type Verifier } from '@resource-server/core'
 *
 * export function whenJudged(verifier: Verifier, request: RequestLike, next: (result: AuthenticationResult) => void) {
 *   const judged = authenticateEagerly(verifier, request)
 *   if ('then' in judged) judged.then(next)
 *   else next(judged)
 * }
 * ```
 */
export function authenticateEagerly(
  verifier: Verifier,
  request: RequestLike,
  ...requirements: OptionalRequirements
): AuthenticationResult | Promise<AuthenticationResult>
export function authenticateEagerly(
  verifier: Verifier,
  request: RequestLike,
  ...requirements: OptionalAnonymousRequirements
): AuthenticationResult<AccessToken | undefined> | Promise<AuthenticationResult<AccessToken | undefined>>
export function authenticateEagerly(
  verifier: Verifier,
  request: RequestLike,
  ...requirements: OptionalAnonymousRequirements
): Soon<Result> {
  // oxlint-disable-next-line typescript/unbound-method -- looked up, and not called
  const eagerly = eagerForms.get(verifier.authenticate)
  return eagerly === undefined ? ask(verifier, request, requirements) : eagerly(request, ...requirements)
}

/** In an async function: what somebody's own verifier answers with may have a `then` that is not that of a promise. */
async function ask(
  verifier: Verifier,
  request: RequestLike,
  requirements: OptionalAnonymousRequirements,
): Promise<Result> {
  return verifier.authenticate(request, ...requirements)
}
