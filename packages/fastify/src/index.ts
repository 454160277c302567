import type { AccessToken, Requirements, VerifierOptions } from '@resource-server/core'
import { createVerifier, defineRequirements, viewNodeRequest } from '@resource-server/core'
import type { FastifyPluginAsync, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import type { ResourceServerOptions } from './types.js'

export type { ResourceServerOptions }

/** What the guard has found out. Not `request.auth`, which any other plugin may write. */
const verified = new WeakMap<FastifyRequest, AccessToken>()

const plugin: FastifyPluginAsync<ResourceServerOptions> = async (app, { global = false, verifier, ...options }) => {
  if (typeof global !== 'boolean')
    throw Object.assign(new TypeError('Invalid option global: expected true or false'), { code: 'ERR_INVALID_OPTION' })
  // A verifier beside other options: createVerifier knows no option `verifier` and says so.
  const standsAlone = verifier !== undefined && Object.keys(options).length === 0
  const guard = standsAlone
    ? verifier
    : createVerifier({ ...options, ...(verifier && { verifier }) } as VerifierOptions)
  const defined = new WeakMap<object, Requirements>()

  const authenticate = (requirements: Requirements = {}): onRequestAsyncHookHandler => {
    const required = defineRequirements(requirements)
    return async (request) => attach(request, required)
  }

  async function attach(request: FastifyRequest, required: Requirements): Promise<void> {
    const { accessToken, error } = await guard.authenticate(viewNodeRequest(request.raw), required)
    if (error !== undefined) throw error
    request.auth = accessToken
    verified.set(request, accessToken)
  }

  /**
   * What a route's `config.auth` asks for; `undefined` where anyone may pass. Throws for anything that is not its type.
   */
  function requirementsOf(config: { readonly auth?: unknown } = {}): Requirements | undefined {
    const { auth } = config
    if (!('auth' in config)) return global ? {} : undefined
    if (typeof auth === 'boolean') return auth ? {} : undefined
    const checked = defined.get(auth as object) ?? defineRequirements(auth as Requirements)
    defined.set(auth as object, checked)
    return checked
  }

  app.decorateRequest('auth', undefined)
  app.decorate('authenticate', authenticate)
  app.addHook('onRoute', ({ config }) => void requirementsOf(config)) // a misspelling shows when the route is added
  // A hook of the scope and not of each route: it guards routes that were added before this plugin too.
  app.addHook('onRequest', async (request) => {
    const required = requirementsOf(request.routeOptions.config)
    if (required !== undefined) await attach(request, required)
  })
}

/**
 * Lets only requests with a valid access token reach the routes that ask for one, before anything of them is parsed
 * (`onRequest`), and attaches it as `request.auth`. A refusal is thrown as an `AuthenticationError`, which Fastify and
 * your error handler answer as any other error.
 *
 * Three levels: `config.auth` on a route, `app.authenticate(requirements)` as an `onRequest` hook, and `global: true`
 * for everything.
 *
 * **Does not** answer CORS preflights or exempt any method: register your CORS plugin before it.
 *
 * @throws `TypeError` with `code: 'ERR_INVALID_OPTION'` for a wrong option when registering, for misspelt requirements
 * when the route is added
 * @example
 * ```ts
 * import Fastify from 'fastify'
 * import resourceServer, { getAccessToken } from '@resource-server/fastify'
 *
 * const app = Fastify()
 * await app.register(resourceServer, { issuer: 'https://as.example.com', audience: 'https://api.example.com' })
 * app.get('/orders', { config: { auth: { scopes: ['read:orders'] } } }, async (request) => {
 *   return { hello: getAccessToken(request).subject }
 * })
 * ```
 */
const resourceServer: FastifyPluginAsync<ResourceServerOptions> = fp(plugin, {
  name: '@resource-server/fastify',
  fastify: '5.x',
})
export default resourceServer

/**
 * The verified access token of a request.
 *
 * @throws `TypeError` with `code: 'ERR_NO_ACCESS_TOKEN'` when no guard ran before
 */
export function getAccessToken(request: FastifyRequest): AccessToken {
  const accessToken = verified.get(request)
  if (accessToken !== undefined) return accessToken
  const message =
    'getAccessToken() found no access token: give this route config: { auth: true } or onRequest: app.authenticate()'
  throw Object.assign(new TypeError(message), { code: 'ERR_NO_ACCESS_TOKEN' })
}
