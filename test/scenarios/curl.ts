import { execFile, spawnSync } from 'node:child_process'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { authenticate, authorize } from '@resource-server/express'
import resourceServer from '@resource-server/fastify'
import express5 from 'express'
import express4 from 'express4'
import fastify from 'fastify'
import { onTestFinished } from 'vitest'
import type { Routes, World } from '../support/world.js'
import type { Network } from './network.js'
import type { TokenRequest } from './token-request.js'

const run = promisify(execFile)

export const hasCurl = spawnSync('curl', ['--version']).status === 0

export interface CurlAnswer {
  readonly status: number
  readonly challenge: string | undefined
  readonly body: string
}

/** What a developer does who follows the documentation of a service: types a command. */
export async function curl(...args: readonly string[]): Promise<CurlAnswer> {
  const { stdout } = await run('curl', ['--silent', '--show-error', '--include', '--noproxy', '*', ...args])
  const [head = '', ...rest] = stdout.split('\r\n\r\n')
  const [, status = ''] = /^HTTP\/[\d.]+ (\d+)/.exec(head) ?? []
  const [, challenge] = /^www-authenticate: (.*)$/im.exec(head) ?? []
  return { status: Number(status), challenge, body: rest.join('\r\n\r\n') }
}

/** Gets a token by the request that the documentation shows. Only the address is another one. */
export async function tokenByCurl(
  network: Network,
  { url, method = 'POST', headers, body }: TokenRequest,
): Promise<string> {
  const fields = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`])
  const answer = await curl('--request', method, ...fields, '--data', body, network.addressOf(url))
  if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.body}`)
  return (JSON.parse(answer.body) as { access_token: string }).access_token
}

/** Every way in that listens by itself, and a Fetch handler behind a few lines of `node:http`. Each answers its origin. */
export const listeningDoors: readonly (readonly [name: string, open: (world: World) => Promise<string>])[] = [
  ['Fetch', ({ verifier, routes }) => listen(createServer(fetchListener(verifier, routes)))],
  ['Express 4', (world) => listen(createServer(expressApp(world, express4)))],
  ['Express 5', (world) => listen(createServer(expressApp(world, express5)))],
  ['Fastify 5', openFastify],
]

function expressApp({ verifier, routes }: World, create: typeof express5): RequestListener {
  const app = create()
  app.set('env', 'test') // keeps errors from the console
  app.use('/v1', authenticate(verifier))
  for (const [path, requirements] of Object.entries(routes)) {
    app.get(path, authorize(requirements), (_request, response) => void response.json({ path }))
  }
  return app
}

function fetchListener(verifier: World['verifier'], routes: Routes): RequestListener {
  return async (incoming, outgoing) => {
    const { url = '', headers } = incoming
    const requirements = routes[url] ?? {}
    const handler = verifier.protect(requirements, () => Response.json({ path: url }))
    const response = await handler(new Request(`http://api.test${url}`, { headers: headers as Record<string, string> }))
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text())
  }
}

async function openFastify({ verifier, routes }: World): Promise<string> {
  const app = fastify()
  onTestFinished(() => app.close())
  await app.register(resourceServer, { verifier })
  for (const [path, auth] of Object.entries(routes)) app.get(path, { config: { auth } }, async () => ({ path }))
  return app.listen({ port: 0, host: '127.0.0.1' })
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
