import type { Verifier } from '@resource-server/core'
import resourceServer, { getAccessToken } from '@resource-server/fastify'
import { fastify } from 'fastify'
import type { RunningServer } from '../loopback.js'

export async function startFastifyApi(verifier: Verifier): Promise<RunningServer> {
  const app = fastify({ forceCloseConnections: true })
  await app.register(resourceServer, { verifier })
  app.get('/orders', { config: { auth: { scopes: ['read:orders'] } } }, async (request) => ({
    client: getAccessToken(request).subject,
  }))
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  return { origin, stop: () => app.close() }
}
