import { protectedResourceMetadata, type Verifier, viewNodeRequest } from '@resource-server/core'
import type { FastifyInstance } from 'fastify'
import { invalid } from './invalid.js'

/** RFC 9728 §3. The document is public: its route is the way out of every guard. */
export function serveMetadata(app: FastifyInstance, verifier: Verifier): void {
  const answerTo = protectedResourceMetadata(verifier)
  const { path } = verifier.metadata!
  if (app.prefix !== '')
    throw invalid(`metadata: expected false below the prefix ${app.prefix}, since ${path} begins at the root`)
  // The router compares what it has decoded, so these would be found elsewhere than in their place.
  if (/[%*]/.test(path)) throw invalid(`metadata: expected false, since Fastify does not route ${path} to the letter`)
  const url = path.replaceAll(':', '::') // a colon would begin a parameter
  if (app.hasRoute({ method: 'GET', url })) return // served already, by a scope beside this one
  app.route({
    method: ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url,
    config: { auth: false },
    handler: (request, reply) => {
      // The path of the route, not of the request: the router decides which spellings of it are the same.
      const { status, headers, body } = answerTo({ ...viewNodeRequest(request.raw), url: path })!
      return reply.code(status).headers(headers).send(body)
    },
  })
}
