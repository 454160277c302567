import { createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createVerifier, type Verifier, type VerifierEvent, viewNodeRequest } from '@resource-server/core'
import resourceServer from '@resource-server/fastify'
import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import type { HeaderLine } from '../support/raw.js'
import { requestOverHttp2 } from '../support/raw-http2.js'
import { T } from '../support/token.js'

interface Application {
  readonly port: number
  close(): Promise<void>
}

type Start = (verifier: Verifier, onHandled: () => void) => Promise<Application>

const startPlain: Start = async (verifier, onHandled) => {
  const server = createServer(async (request, response) => {
    const result = await verifier.authenticate(viewNodeRequest(request))
    if (result.ok) onHandled()
    response.writeHead(result.ok ? 200 : result.error.status).end()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      }),
  }
}

const startFastify: Start = async (verifier, onHandled) => {
  const app = Fastify({ http2: true })
  await app.register(resourceServer, { verifier, global: true })
  app.get('/v1/r', async () => {
    onHandled()
    return {}
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() }
}

const request = (...lines: readonly HeaderLine[]): HeaderLine[] => [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/v1/r'],
  [':authority', 'evil.test'],
  ['host', 'api.test'],
  ...lines,
]

describe.each([
  ['node:http2', startPlain],
  ['Fastify 5', startFastify],
])('RFC 9113 §8.2: over HTTP/2 at %s', (_, start) => {
  let application: Application
  let handled = 0
  const events: VerifierEvent[] = []

  beforeAll(async () => {
    const verifier = createVerifier({
      issuer: { issuer: I, jwks: { keys: publicKeys } },
      audience: A,
      clock: () => NOW * 1000,
      onEvent: (event) => {
        events.push(event)
      },
    })
    application = await start(verifier, () => handled++)
  })
  afterAll(() => application.close())

  test('one authorization field is read, whatever the authority says', async () => {
    const before = handled
    expect(await requestOverHttp2(application.port, request(['authorization', `Bearer ${T}`]))).toBe(200)
    expect(handled).toBe(before + 1)
  })

  test.each<[string, HeaderLine[]]>([
    [
      'a good and a bad one',
      [
        ['authorization', `Bearer ${T}`],
        ['authorization', 'Bearer abc'],
      ],
    ],
    [
      'a bad and a good one',
      [
        ['authorization', 'Bearer abc'],
        ['authorization', `Bearer ${T}`],
      ],
    ],
    [
      'the same one twice',
      [
        ['authorization', `Bearer ${T}`],
        ['authorization', `Bearer ${T}`],
      ],
    ],
    [
      'one and an empty one',
      [
        ['authorization', `Bearer ${T}`],
        ['authorization', ''],
      ],
    ],
    [
      'an empty one and one',
      [
        ['authorization', ''],
        ['authorization', `Bearer ${T}`],
      ],
    ],
    [
      'Basic and Bearer',
      [
        ['authorization', 'Basic dTpw'],
        ['authorization', `Bearer ${T}`],
      ],
    ],
  ])('several authorization fields are refused: %s', async (_what, lines) => {
    const before = { handled, events: events.length }
    expect(await requestOverHttp2(application.port, request(...lines))).toBe(400)
    expect(handled).toBe(before.handled)
    expect(events.slice(before.events)).toMatchObject([
      { type: 'authentication.failed', kind: 'invalid_request', reason: 'several_credentials' },
    ])
  })
})
