import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fastifyCors from '@fastify/cors'
import { authenticate } from '@resource-server/express'
import resourceServer from '@resource-server/fastify'
import cors from 'cors'
import express from 'express'
import Fastify from 'fastify'
import { describe, expect, test } from 'vitest'
import { T } from '../support/token.js'
import { verifierWith } from './listening.js'

// X31: no guard exempts a method. Whatever answers preflights goes first, and then its headers are on refusals too.

const verifier = verifierWith()
const settings = { origin: 'https://app.example.com', exposedHeaders: ['WWW-Authenticate', 'Retry-After'] }

type Ask = (init: RequestInit) => Promise<Response>

async function atExpress(isFirst: boolean, use: (ask: Ask) => Promise<void>): Promise<void> {
  const app = express()
  app.set('env', 'test')
  if (isFirst) app.use(cors(settings))
  app.use('/api', authenticate(verifier))
  if (!isFirst) app.use(cors(settings))
  app.get('/api/orders', (_request, response) => {
    response.json([])
  })
  const server = createServer(app)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await use((init) => fetch(`http://127.0.0.1:${port}/api/orders`, init)).finally(() => server.close())
}

async function atFastify(isFirst: boolean, use: (ask: Ask) => Promise<void>): Promise<void> {
  const app = Fastify()
  if (isFirst) await app.register(fastifyCors, settings)
  await app.register(resourceServer, { verifier, global: true })
  if (!isFirst) await app.register(fastifyCors, settings)
  app.get('/api/orders', async () => [])
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  await use((init) => fetch(`${origin}/api/orders`, init)).finally(() => app.close())
}

const Origin = 'https://app.example.com'
const preflight: RequestInit = {
  method: 'OPTIONS',
  headers: { Origin, 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'authorization' },
}

describe.each([
  ['Express', atExpress],
  ['Fastify', atFastify],
])('Fetch §3.3: CORS at %s', (_name, open) => {
  test('mounted before the guard it answers preflights, which have no token', async () => {
    await open(true, async (ask) => {
      const answer = await ask(preflight)
      expect(answer.status).toBe(204)
      expect(answer.headers.get('access-control-allow-origin')).toBe(Origin)
      expect(answer.headers.get('access-control-allow-headers')).toBe('authorization')
    })
  })

  test('and a page may read why it was refused', async () => {
    await open(true, async (ask) => {
      const answer = await ask({ headers: { Origin } })
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="api"'])
      expect(answer.headers.get('access-control-allow-origin')).toBe(Origin)
      expect(answer.headers.get('access-control-expose-headers')).toMatch(/^WWW-Authenticate, ?Retry-After$/)
    })
  })

  test('a request with a token is served, to the page as well', async () => {
    await open(true, async (ask) => {
      const answer = await ask({ headers: { Origin, Authorization: `Bearer ${T}` } })
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, Origin])
    })
  })

  test('mounted after the guard it never gets to see them', async () => {
    await open(false, async (ask) => expect((await ask(preflight)).status).toBe(401))
  })
})
