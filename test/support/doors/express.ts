import { createServer } from 'node:http'
import { authenticate, authorize, getAccessToken } from '@resource-server/express'
import type express from 'express'
import type { Door } from '../door.js'
import { httpDoor, MAX_HEADER_SIZE } from './http.js'

/** Express 4 and 5 have one surface for all that is used here. */
export function expressDoor(name: string, createApplication: typeof express, guard: 'authorize' | 'per route'): Door {
  return httpDoor(name, guard === 'authorize', async ({ verifier, routes }, onHandled) => {
    const app = createApplication()
    app.set('env', 'test') // keeps errors from the console; their stack goes to the client all the same, as in development
    const isOptional = Object.values(routes).some(({ optional }) => optional)
    if (guard === 'authorize') app.use('/v1', authenticate(verifier, isOptional ? { optional: true } : {}))
    for (const [path, requirements] of Object.entries(routes)) {
      app.all(
        path,
        guard === 'authorize' ? authorize(requirements) : authenticate(verifier, requirements),
        (request, response) => {
          const accessToken = requirements.optional ? request.auth : getAccessToken(request)
          onHandled(accessToken)
          response.json({ subject: accessToken?.subject })
        },
      )
    }
    const server = createServer({ maxHeaderSize: MAX_HEADER_SIZE }, app)
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    return {
      server,
      logged: [],
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        }),
    }
  })
}
