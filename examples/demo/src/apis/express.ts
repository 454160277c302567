import type { Verifier } from '@resource-server/core'
import { authenticate, authorize, getAccessToken } from '@resource-server/express'
import express from 'express'
import { type RunningServer, serveOnLoopback } from '../loopback.js'

export function startExpressApi(verifier: Verifier): Promise<RunningServer> {
  const app = express()
  app.set('env', 'test') // Express prints every refusal to stderr otherwise
  app.use(authenticate(verifier))
  app.get('/orders', authorize({ scopes: ['read:orders'] }), (request, response) => {
    response.json({ client: getAccessToken(request).subject })
  })
  return serveOnLoopback(() => app)
}
