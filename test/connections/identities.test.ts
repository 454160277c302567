import { createServer } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { createVerifier, viewNodeRequest } from '@resource-server/core'
import { authenticate, getAccessToken } from '@resource-server/express'
import resourceServer, { getAccessToken as accessTokenOf } from '@resource-server/fastify'
import express5 from 'express'
import express4 from 'express4'
import Fastify from 'fastify'
import { describe, expect, test } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { connect, type HeaderLine, requestBytes } from '../support/raw.js'
import { token } from '../support/token.js'

// Many principals on one connection: each answer belongs to the one who asked.

let turn = 0
/** Every verdict takes a moment, some longer than the next, so that requests overtake one another inside. */
const verifier = createVerifier({
  issuer: { issuer: I, jwks: { keys: publicKeys } },
  audience: A,
  clock: () => NOW * 1000,
  isRevoked: async () => {
    turn++
    await delay(turn % 3)
    return false
  },
})

const alice = token({ claims: { sub: 'alice' } })
const bob = token({ claims: { sub: 'bob' } })
const expired = token({ claims: { sub: 'mallory', exp: NOW - 60 } })
/** What is sent, and what must come back. */
const senders: readonly (readonly [authorization: string | undefined, answer: string])[] = [
  [`Bearer ${alice}`, '200 alice'],
  [`Bearer ${bob}`, '200 bob'],
  [undefined, '401'],
  [`Bearer ${expired}`, '401'],
  [`Bearer ${bob}`, '200 bob'],
  [`Bearer ${alice.slice(0, -8)}AAAAAAAA`, '401'],
  ['Bearer', '400'],
  [`Bearer ${alice}`, '200 alice'],
  ['Basic dTpw', '401'],
]
const rounds = Array.from({ length: 20 }, () => senders).flat()

const summary = (status: number, body: string): string =>
  status === 200 ? `200 ${(JSON.parse(body) as { subject: string }).subject}` : String(status)

interface Application {
  readonly port: number
  close(): Promise<unknown>
}

async function listening(server: Server): Promise<Application> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve)
      }),
  }
}

function expressApplication(createApplication: typeof express5) {
  const app = createApplication()
  app.set('env', 'test')
  app.use(authenticate(verifier))
  app.use(async (request, response) => {
    await delay(turn % 3) // meanwhile others come
    response.json({ subject: getAccessToken(request).subject })
  })
  return app
}

async function fastifyApplication(options: object): Promise<Application> {
  const app = Fastify(options)
  await app.register(resourceServer, { verifier, global: true })
  app.get('/v1/r', async (request) => {
    await delay(turn % 3)
    return { subject: accessTokenOf(request).subject }
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() }
}

describe.each<[name: string, start: () => Promise<Application>]>([
  ['Express 4', () => listening(createServer(expressApplication(express4)))],
  ['Express 5', () => listening(createServer(expressApplication(express5)))],
  ['Fastify 5', () => fastifyApplication({})],
])('%s', (_name, start) => {
  const bytesFor = (authorization: string | undefined): Buffer => {
    const lines: HeaderLine[] = [
      ['Host', 'api.test'],
      ['Connection', 'keep-alive'],
      ...(authorization === undefined ? [] : [['Authorization', authorization] as const]),
    ]
    return requestBytes('GET', '/v1/r', lines)
  }

  test('RFC 9112 §9.3: principals take turns on one connection, and nobody is taken for the one before', async () => {
    const application = await start()
    const connection = await connect(application.port)
    const answers: string[] = []
    for (const [authorization] of rounds) {
      const { status, body } = await connection.exchange(bytesFor(authorization))
      answers.push(summary(status, body))
    }
    connection.close()
    await application.close()
    expect(answers).toEqual(rounds.map(([, answer]) => answer))
  })

  test('RFC 9112 §9.3.2: requests that are sent without waiting are answered in order, each for its own sender', async () => {
    const application = await start()
    const connection = await connect(application.port)
    const answers: string[] = []
    let bytes = Buffer.concat(rounds.map(([authorization]) => bytesFor(authorization)))
    for (const _ of rounds) {
      const { status, body } = await connection.exchange(bytes)
      answers.push(summary(status, body))
      bytes = Buffer.alloc(0) // all of them have been sent
    }
    connection.close()
    await application.close()
    expect(answers).toEqual(rounds.map(([, answer]) => answer))
  })
})

describe.each<[name: string, start: () => Promise<Application>]>([
  ['Fastify 5', () => fastifyApplication({ http2: true })],
  [
    'node:http2',
    () =>
      listening(
        createHttp2Server(async (request, response) => {
          const { ok, accessToken, error } = await verifier.authenticate(viewNodeRequest(request))
          if (ok) response.end(JSON.stringify({ subject: accessToken.subject }))
          else response.writeHead(error.status, error.headers).end()
        }),
      ),
  ],
])('%s', (_name, start) => {
  test('RFC 9113 §5: streams of many principals side by side on one connection keep to their own', async () => {
    const application = await start()
    const session = connectHttp2(`http://127.0.0.1:${application.port}`)
    const ask = async (authorization: string | undefined): Promise<string> => {
      const stream = session.request({ ':path': '/v1/r', ...(authorization !== undefined && { authorization }) })
      let status = 0
      stream.on('response', (headers) => {
        status = Number(headers[':status'])
      })
      let body = ''
      for await (const chunk of stream.setEncoding('utf8')) body += String(chunk)
      return summary(status, body)
    }
    const answers = await Promise.all(rounds.map(([authorization]) => ask(authorization)))
    session.close()
    await application.close()
    expect(answers).toEqual(rounds.map(([, answer]) => answer))
  })
})
