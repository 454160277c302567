import { createServer } from 'node:http'
import { format } from 'node:util'
import { authenticate, authorize, getAccessToken } from '@resource-server/express'
import type express from 'express'
import { vi } from 'vitest'
import type { OpenDoor } from './door.js'
import { httpDoor } from './http-door.js'
import { MAX_HEADER_SIZE } from './requests.js'

/** Express as it is without any settings: its own error page, with the stack in it, and its own log on the console. */
export const expressDoor =
  (createApplication: typeof express): OpenDoor =>
  async (verifier, { onHandled, onLogged }) => {
    const spy = vi.spyOn(console, 'error').mockImplementation((...logged: unknown[]) => onLogged(format(...logged)))
    const app = createApplication()
    app.set('env', 'development') // what it is where NODE_ENV is not set
    app.use('/v1', authenticate(verifier))
    const handler: express.RequestHandler = (request, response) => {
      onHandled(getAccessToken(request))
      response.json({})
    }
    app.all('/v1/open', handler)
    app.all('/v1/w', authorize({ scopes: ['write'] }), handler)
    const server = createServer({ maxHeaderSize: MAX_HEADER_SIZE }, app)
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    return httpDoor(server, async () => {
      spy.mockRestore()
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    })
  }
