import { Writable } from 'node:stream'
import resourceServer, { getAccessToken } from '@resource-server/fastify'
import Fastify from 'fastify'
import type { Door } from '../door.js'
import { httpDoor, MAX_HEADER_SIZE } from './http.js'

export const fastifyDoor: Door = httpDoor('Fastify 5', false, async ({ verifier, routes }, onHandled) => {
  const logged: string[] = []
  const stream = new Writable({
    write(line: Buffer, _encoding, done) {
      logged.push(line.toString())
      done()
    },
  })
  const app = Fastify({
    http: { maxHeaderSize: MAX_HEADER_SIZE },
    // Fastify itself logs the URL with its query; what is looked at here is what we add.
    logger: { level: 'trace', stream, serializers: { req: ({ method }) => ({ method }) } },
  })
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume()
    done(null)
  })
  await app.register(resourceServer, { verifier })
  for (const [path, requirements] of Object.entries(routes)) {
    app.all(path, { config: { auth: requirements } }, async (request) => {
      const accessToken = requirements.optional ? request.auth : getAccessToken(request)
      onHandled(accessToken)
      return { subject: accessToken?.subject }
    })
  }
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { server: app.server, logged, close: () => app.close() }
})
