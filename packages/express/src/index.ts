import {
  type AccessToken,
  createVerifier,
  defineRequirements,
  type Requirements,
  type Verifier,
  type VerifierOptions,
  viewNodeRequest,
} from '@resource-server/core'
import type { Request, RequestHandler } from 'express'

declare global {
  namespace Express {
    interface Request {
      /**
       * The verified access token, behind `authenticate`. Where the guard may be missing, {@link getAccessToken} tells.
       */
      auth?: AccessToken
    }
  }
}

/** What `authenticate` has found out. Not `req.auth`, which any other middleware may write. */
const guarded = new WeakMap<object, { verifier: Verifier; accessToken: AccessToken }>()

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
  return (req, _res, next) => {
    delete req.auth // whatever was there, this guard has not seen it
    guarded.delete(req)
    const attach = async (): Promise<void> => {
      const { accessToken, error } = await guard.authenticate(viewNodeRequest(req), required)
      if (error !== undefined) throw error
      req.auth = accessToken
      guarded.set(req, { verifier: guard, accessToken })
    }
    attach().then(() => next(), next)
  }
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
  return (req, _res, next) => {
    const requireMore = async (): Promise<void> => {
      const { verifier, accessToken } = guardOf(req, 'authorize()')
      const { error } = await verifier.authorize(accessToken, required)
      if (error !== undefined) throw error
    }
    requireMore().then(() => next(), next)
  }
}

/**
 * The verified access token of a request.
 *
 * @throws `TypeError` with `code: 'ERR_NO_ACCESS_TOKEN'` when no `authenticate` ran before
 */
export function getAccessToken(req: Request): AccessToken {
  return guardOf(req, 'getAccessToken()').accessToken
}

function guardOf(req: object, caller: string): { verifier: Verifier; accessToken: AccessToken } {
  const found = guarded.get(req)
  if (found !== undefined) return found
  throw Object.assign(
    new TypeError(`${caller} found no access token: mount authenticate(verifier) before this route`),
    { code: 'ERR_NO_ACCESS_TOKEN' },
  )
}

function isVerifier(value: Verifier | VerifierOptions): value is Verifier {
  return typeof (value as Partial<Verifier> | undefined)?.authenticate === 'function'
}
