import type {
  AccessToken,
  AuthenticationResult,
  OptionalAnonymousRequirements,
  Requirements,
  VerifierOptions,
} from '@resource-server/core'
import {
  authenticateEagerly,
  createVerifier,
  defineRequirements,
  verifierFrom,
  viewNodeRequest,
} from '@resource-server/core'
import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { invalid } from './invalid.js'
import { asksForMetadata, serveMetadata } from './metadata.js'
import type { Guard, GuardedRequest, ResourceServerOptions } from './types.js'

export type { Guard, GuardedRequest, ResourceServerOptions }

/** What the guard has found out. Not `request.auth`, which any other plugin may write. */
const verified = Symbol('verified')
type Marked = GuardedRequest & { [verified]?: AccessToken | undefined }

const ofFastify = ['prefix', 'logLevel', 'logSerializers'] // what any plugin may be registered with

const plugin: FastifyPluginAsync<ResourceServerOptions> = async (app, given) => {
  const { global = false, metadata = true, verifier, ...others } = given
  if (typeof global !== 'boolean') throw invalid('global: expected true or false')
  if (typeof metadata !== 'boolean') throw invalid('metadata: expected true or false')
  for (const name of ofFastify) delete (others as Record<string, unknown>)[name]
  const [other] = Object.keys(others)
  if (verifier !== undefined && other !== undefined) throw invalid(`${other}: expected no options beside verifier`)
  const chosen = verifier === undefined ? createVerifier(others as VerifierOptions) : verifierFrom(verifier)
  const defined = new WeakMap<object, Judge>()
  const judges = new WeakMap<object, Judge>()

  function judgeBy(...requirements: OptionalAnonymousRequirements): Judge {
    const required = requirements.map((given) => defineRequirements(given)) as OptionalAnonymousRequirements
    return (request, reply) => {
      request.auth = undefined // whatever was there, this guard has not seen it
      ;(request as Marked)[verified] = undefined
      const judged = authenticateEagerly(chosen, viewNodeRequest(request.raw), ...required)
      return 'then' in judged
        ? judged.then((result) => conclude(result, request, reply))
        : conclude(judged, request, reply)
    }
  }
  const judge = judgeBy()

  function authenticate(...requirements: OptionalAnonymousRequirements): Guard {
    const judgeThis = judgeBy(...requirements)
    return async (request, reply) => {
      if (!asksForMetadata(request)) await judgeThis(request, reply)
    }
  }

  /** What a route's `config.auth` asks for, if anything. Throws for anything that is not its type. */
  function judgeFor(config: { readonly auth?: unknown }): Judge {
    const { auth } = config
    if (!('auth' in config)) return global ? judge : letThrough
    if (!Object.keys(config).includes('auth')) throw invalid('config.auth: expected a member of config itself') // Fastify copies these
    if (typeof auth === 'boolean') return auth ? judge : letThrough
    const known = defined.get(auth as object) ?? judgeBy(defineRequirements(auth as Requirements, 'config.auth'))
    defined.set(auth as object, known)
    return known
  }

  function judgeOnce(config: { readonly auth?: unknown } = {}): Judge {
    const known = judges.get(config)
    if (known !== undefined) return known
    const found = judgeFor(config)
    judges.set(config, found)
    return found
  }

  app.decorateRequest('auth', undefined)
  app.decorateRequest(verified, undefined)
  app.decorate('authenticate', authenticate)
  app.addHook('onRoute', ({ config = {} }) => void judgeFor(config)) // a misspelling shows when the route is added
  // A hook of the scope and not of each route: it guards routes that were added before this plugin too.
  app.addHook('onRequest', (request, reply, done) => {
    const refuse = (thrown: unknown): void =>
      done(thrown instanceof Error ? thrown : new Error('The guard threw no Error', { cause: thrown }))
    let judged: void | Promise<void>
    try {
      judged = judgeOnce(request.routeOptions.config)(request, reply)
    } catch (thrown) {
      return refuse(thrown)
    }
    if (judged === undefined) done()
    else judged.then(() => done(), refuse)
  })
  if (metadata && chosen.metadata !== undefined) serveMetadata(app, chosen)
}

/** Judges a request and keeps what was found out, or throws what answers it; at once where nobody is waited for. */
type Judge = (request: GuardedRequest, reply: Parameters<Guard>[1]) => void | Promise<void>

const letThrough: Judge = () => {}

function conclude(
  { ok, accessToken, error }: AuthenticationResult<AccessToken | undefined>,
  request: GuardedRequest,
  reply: Parameters<Guard>[1],
): void {
  if (!ok) {
    reply.headers(error.headers) // for an error handler that sends the status and forgets the headers
    throw error
  }
  request.auth = accessToken
  ;(request as Marked)[verified] = accessToken
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
export function getAccessToken(request: GuardedRequest): AccessToken {
  const accessToken = (request as Marked)[verified]
  if (accessToken !== undefined) return accessToken
  const message =
    'getAccessToken() found no access token: give this route config: { auth: true } or onRequest: app.authenticate(), and where the guard is optional read request.auth'
  throw Object.assign(new TypeError(message), { code: 'ERR_NO_ACCESS_TOKEN' })
}
