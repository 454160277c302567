import { Writable } from 'node:stream'
import resourceServer, { getAccessToken } from '@resource-server/fastify'
import Fastify from 'fastify'
import type { OpenDoor } from './door.js'
import { httpDoor } from './http-door.js'
import { MAX_HEADER_SIZE } from './requests.js'

/** Fastify with its own error handler, and its own logger as talkative as it can be. */
export const fastifyDoor: OpenDoor = async (verifier, { onHandled, onLogged }) => {
  const stream = new Writable({
    write(line: Buffer, _encoding, done) {
      onLogged(lastingPartOf(line.toString()))
      done()
    },
  })
  const app = Fastify({ http: { maxHeaderSize: MAX_HEADER_SIZE }, logger: { level: 'trace', stream } })
  await app.register(resourceServer, { verifier })
  for (const [path, auth] of [
    ['/v1/open', true],
    ['/v1/w', { scopes: ['write'] }],
  ] as const) {
    app.all(path, { config: { auth } }, async (request) => {
      onHandled(getAccessToken(request))
      return {}
    })
  }
  await app.listen({ port: 0, host: '127.0.0.1' })
  return httpDoor(app.server, () => app.close())
}

/**
 * A line without what is new in each one, and without what is Fastify's own to log: the URL, query and all, and at
 * level trace the bytes of what was no HTTP request.
 */
function lastingPartOf(line: string): string {
  return JSON.stringify(JSON.parse(line), (name, value: unknown) => (passing.has(name) ? undefined : value))
}

const passing = new Set(['time', 'reqId', 'responseTime', 'url', 'method', 'remotePort', 'rawPacket', 'bytesParsed'])
