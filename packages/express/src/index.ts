import type { AccessToken, Requirements, Verifier, VerifierOptions } from '@resource-server/core'
import { createVerifier, defineRequirements, viewNodeRequest } from '@resource-server/core'
import type { Request, RequestHandler } from 'express'

declare global {
  namespace Express {
    interface Request {
      /** The verified access token, behind `authenticate`. {@link getAccessToken} tells where the guard is missing. */
      auth?: AccessToken
    }
  }
}

/** What `authenticate` has found out. Not `req.auth`, which any other middleware may write. */
const guarded = new WeakMap<Request, Guarded>()
type Guarded = { readonly verifier: Verifier; readonly accessToken: AccessToken }

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
export function authenticate(verifier: Verifier | VerifierOptions, requirements: Requirements = {}): RequestHandler {
  const guard = isVerifier(verifier) ? verifier : createVerifier(verifier)
  const required = defineRequirements(requirements)
  return middleware(async (req) => {
    delete req.auth // whatever was there, this guard has not seen it
    guarded.delete(req)
    const { accessToken, error } = await guard.authenticate(viewNodeRequest(req), required)
    if (error !== undefined) throw error
    req.auth = accessToken
    guarded.set(req, { verifier: guard, accessToken })
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
export function authorize(requirements: Requirements): RequestHandler {
  const required = defineRequirements(requirements)
  return middleware(async (req) => {
    const { verifier, accessToken } = guardOf(req, 'authorize()')
    const { error } = await verifier.authorize(accessToken, required)
    if (error !== undefined) throw error
  })
}

/**
 * The verified access token of a request.
 *
 * @throws `TypeError` with `code: 'ERR_NO_ACCESS_TOKEN'` when no `authenticate` ran before
 */
export function getAccessToken(req: Request): AccessToken {
  return guardOf(req, 'getAccessToken()').accessToken
}

/** Express 4 does not wait for promises: what one rejects with must be handed to `next`. */
function middleware(guard: (req: Request) => Promise<void>): RequestHandler {
  return (req, _res, next) => {
    guard(req).then(() => next(), next)
  }
}

function guardOf(req: Request, caller: string): Guarded {
  const found = guarded.get(req)
  if (found !== undefined) return found
  const message = `${caller} found no access token: mount authenticate(verifier) before this route`
  throw Object.assign(new TypeError(message), { code: 'ERR_NO_ACCESS_TOKEN' })
}

function isVerifier(value: Verifier | VerifierOptions): value is Verifier {
  return typeof (value as Partial<Verifier> | undefined)?.authenticate === 'function'
}
