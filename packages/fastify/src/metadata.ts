import { protectedResourceMetadata, type Verifier, viewNodeRequest } from '@resource-server/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { invalid } from './invalid.js'

/** What is served by which application at which path. */
const served = new WeakMap<FastifyInstance['server'], Map<string, string>>()

/** Marks the route's config, which Fastify copies: a guard may be a hook of its whole scope. */
const isPublic = Symbol('public')

/** Whether a request is for the metadata, which is for those that have no token yet. */
export function asksForMetadata(request: object): boolean {
  const { routeOptions } = request as Partial<FastifyRequest>
  return isPublic in (routeOptions?.config ?? {})
}

/** RFC 9728 §3. The document is public: its route is the way out of every guard. */
export function serveMetadata(app: FastifyInstance, verifier: Verifier): void {
  const answerTo = protectedResourceMetadata(verifier)
  const { path, document } = verifier.metadata!
  if (app.prefix !== '')
    throw invalid(`metadata: expected false below the prefix ${app.prefix}, since ${path} begins at the root`)
  // The router compares what it has decoded, so these would be found elsewhere than in their place.
  if (/[%*]/.test(path)) throw invalid(`metadata: expected false, since Fastify does not route ${path} to the letter`)
  const url = path.replaceAll(':', '::') // a colon would begin a parameter
  const text = JSON.stringify(document)
  const here = served.get(app.server) ?? new Map<string, string>()
  if (app.hasRoute({ method: 'GET', url })) {
    if (here.get(path) === text) return // by a scope beside this one
    throw invalid(`metadata: expected false, since something else is served at ${path} already`)
  }
  served.set(app.server, here.set(path, text))
  const answer = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    // The path of the route, not of the request: the router decides which spellings of it are the same.
    const search = request.raw.url!.replace(/^[^?]*/, '')
    const found = answerTo({ ...viewNodeRequest(request.raw), url: path + search })
    if (found !== undefined) return reply.code(found.status).headers(found.headers).send(found.body)
    reply.callNotFound() // another query, of a resource that has one
    return reply
  }
  app.route({
    method: ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url,
    config: { auth: false, [isPublic]: true } as { auth: false },
    onRequest: async (request, reply) => answer(request, reply), // before a body is looked at: none is wanted
    handler: answer,
  })
}
