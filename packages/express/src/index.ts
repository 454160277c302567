import type {
  AccessToken,
  AnonymousRequirements,
  AuthenticationResult,
  OptionalAnonymousRequirements,
  Requirements,
  Verifier,
  VerifierOptions,
} from '@resource-server/core'
import {
  AuthenticationError,
  authenticateEagerly,
  defineRequirements,
  verifierFrom,
  viewNodeRequest,
} from '@resource-server/core'
import type { Guard, GuardedRequest } from './types.js'

export { protectedResourceMetadata } from './metadata.js'
export type { Guard, GuardedRequest }

/**
 * Where `authenticate` keeps what it has found out: not in a `WeakMap`, through which each collection of garbage would
 * walk.
 */
const mark = Symbol('@resource-server/express')

/** What was found out about one request. Any middleware may copy it to another one, where it says nothing. */
class Guarded {
  readonly #request: Express.Request
  readonly #verifier: Verifier
  readonly #accessToken: AccessToken | undefined

  constructor(request: Express.Request, verifier: Verifier, accessToken: AccessToken | undefined) {
    this.#request = request
    this.#verifier = verifier
    this.#accessToken = accessToken
  }

  static of(request: Marked): Found | undefined {
    const found = request[mark]
    return typeof found === 'object' && found !== null && #request in found && found.#request === request
      ? { verifier: found.#verifier, accessToken: found.#accessToken }
      : undefined
  }
}

interface Found {
  readonly verifier: Verifier
  /** `undefined` for an anonymous request. */
  readonly accessToken: AccessToken | undefined
}

type Marked = Express.Request & { [mark]?: unknown }

/**
 * Lets only requests with a valid access token through, and attaches it as `req.auth`. Every other request goes to
 * `next(error)` with an `AuthenticationError`, which Express answers correctly by itself.
 *
 * **Does not** answer CORS preflights or exempt any method: mount your CORS middleware before it.
 *
 * @param verifier a verifier, or the options to make one
 * @throws `TypeError` with `code: 'ERR_INVALID_OPTION'` at once for a wrong option or a misspelt requirement
 * @example
 * ```ts
 * import express from 'express'
 * import { authenticate, authorize, getAccessToken } from '@resource-server/express'
 *
 * const app = express()
 * app.use('/api', authenticate({ issuer: 'https://as.example.com', audience: 'https://api.example.com' }))
 * app.get('/api/orders', authorize({ scopes: ['read:orders'] }), (req, res) => {
 *   res.json({ hello: getAccessToken(req).subject })
 * })
 * ```
 */
export function authenticate(
  verifier: Verifier | VerifierOptions,
  ...requirements: OptionalAnonymousRequirements
): Guard {
  const guard = verifierFrom(verifier)
  const required = requirements.map((given) => defineRequirements(given)) as OptionalAnonymousRequirements
  const admit = (
    req: GuardedRequest,
    { ok, accessToken, error }: AuthenticationResult<AccessToken | undefined>,
  ): void => {
    if (!ok) throw error
    req.auth = accessToken // an own member even for an anonymous request: one may be inherited
    ;(req as Marked)[mark] = new Guarded(req, guard, accessToken)
  }
  return middleware((req) => {
    // Whatever was there, this guard has not seen it.
    if ('auth' in req) delete req.auth
    ;(req as Marked)[mark] = undefined
    const judged = authenticateEagerly(guard, viewNodeRequest(req), ...required)
    return 'then' in judged ? judged.then((result) => admit(req, result)) : admit(req, judged)
  })
}

/**
 * Asks more of a request that `authenticate` has let through: scopes, claims, or a check of your own.
 *
 * @throws `TypeError` with `code: 'ERR_INVALID_OPTION'` at once for a misspelt requirement
 * @example
 * ```ts
 * import { authorize } from '@resource-server/express'
 *
 * export const mayWrite = authorize({ scopes: ['write:orders'], claims: { org_id: 'org_1' } })
 * ```
 */
export function authorize(requirements: Requirements | AnonymousRequirements): Guard {
  const required = defineRequirements(requirements)
  return middleware(async (req) => {
    const { verifier, accessToken } = guardOf(req, 'authorize()')
    const { ok, error } = await verifier.authorize(accessToken, required)
    if (!ok) throw error
  })
}

/**
 * The verified access token of a request.
 *
 * @throws `TypeError` with `code: 'ERR_NO_ACCESS_TOKEN'` when no `authenticate` ran before, or one that has let an
 * anonymous request through
 */
export function getAccessToken(req: Express.Request): AccessToken {
  const { accessToken } = guardOf(req, 'getAccessToken()')
  if (accessToken !== undefined) return accessToken
  throw noAccessToken('getAccessToken() found an anonymous request: read req.auth, or guard the route without optional')
}

/** Express 4 does not wait for promises; and to any Express `next(undefined)` and `next('route')` say that all is well. */
function middleware(guard: (req: GuardedRequest) => void | Promise<void>): Guard {
  return (req, res, next) => {
    const fail = (thrown: unknown): void => {
      // For an error handler that sends the status and forgets the headers.
      if (thrown instanceof AuthenticationError && !res.headersSent)
        res.setHeaders(new Map(Object.entries(thrown.headers)))
      next(thrown instanceof Error ? thrown : new Error('The guard threw no Error', { cause: thrown }))
    }
    let waiting: void | Promise<void>
    try {
      waiting = guard(req)
    } catch (thrown) {
      return fail(thrown)
    }
    if (waiting === undefined) next()
    else waiting.then(() => next(), fail)
  }
}

function guardOf(req: Express.Request, caller: string): Found {
  const found = Guarded.of(req)
  if (found !== undefined) return found
  throw noAccessToken(`${caller} found no access token: mount authenticate(verifier) before this route`)
}

function noAccessToken(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: 'ERR_NO_ACCESS_TOKEN' })
}
