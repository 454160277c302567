import { Agent, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Verifier } from '@resource-server/core'
import { authenticate } from '@resource-server/express'
import resourceServer from '@resource-server/fastify'
import express from 'express'
import fastify from 'fastify'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { I, NOW } from '../support/fixture.js'
import { hang, jwks, metadata, status } from '../support/jwks-server.js'
import { e1, ecKey } from '../support/keys.js'
import { b64u, HEADER, token } from '../support/token.js'
import { createWorld, type Setup, type World } from '../support/world.js'

// Many at once: strangers with keys of their own invention, a cold start, callers who hang up.

const next = ecKey('next', 'P-256')
const claims = { exp: NOW + 100_000 }
const ofKnownKey = Array.from({ length: 20 }, (_, i) => token({ claims: { ...claims, jti: `${i}` } }))
const ofNewKey = token({ header: { kid: 'next' }, key: next, claims })

/** Good in all but its key: the signature has the right length, and nobody has made it. */
function stranger(i: number): string {
  const [, payload, signature] = ofKnownKey[0]!.split('.')
  return `${b64u(JSON.stringify({ ...HEADER, kid: `stranger-${i}-${Math.random()}` }))}.${payload}.${signature}`
}

interface Application {
  /** The status for a request with this token. */
  ask(jwt: string): Promise<number>
  /** Sends a request with this token, and hangs up when told so. */
  askAndHangUp?(jwt: string): { hangUp(): void }
  close(): Promise<void>
}

type Start = (verifier: Verifier) => Promise<Application>

const fetchHandler: Start = async (verifier) => {
  const handle = verifier.protect({}, () => new Response('ok'))
  return {
    ask: async (jwt) =>
      (await handle(new Request('https://api.test', { headers: { authorization: `Bearer ${jwt}` } }))).status,
    close: async () => {},
  }
}

const expressServer: Start = async (verifier) => {
  const app = express()
  app.get('/', authenticate(verifier), (_request, response) => void response.send('ok'))
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return client((server.address() as AddressInfo).port, async () => {
    await new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  })
}

const fastifyServer: Start = async (verifier) => {
  const app = fastify({ forceCloseConnections: true })
  await app.register(resourceServer, { verifier })
  app.get('/', { config: { auth: {} } }, async () => 'ok')
  await app.listen({ port: 0, host: '127.0.0.1' })
  return client((app.server.address() as AddressInfo).port, () => app.close())
}

/** Many requests over few connections, as from a gateway. */
function client(port: number, close: () => Promise<unknown>): Application {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 })
  const send = (jwt: string, own?: Agent) =>
    httpRequest({ host: '127.0.0.1', port, agent: own ?? agent, headers: { authorization: `Bearer ${jwt}` } })
  return {
    ask: (jwt) =>
      new Promise((resolve, reject) => {
        send(jwt)
          .on('response', (response) => {
            response.resume().on('end', () => resolve(response.statusCode ?? 0))
          })
          .on('error', reject)
          .end()
      }),
    askAndHangUp: (jwt) => {
      const request = send(jwt, new Agent())
      request.on('error', () => {}).end()
      return { hangUp: () => request.destroy() }
    },
    close: async () => {
      agent.destroy()
      await close()
    },
  }
}

const applications: [string, Start][] = [
  ['a Fetch handler', fetchHandler],
  ['Express', expressServer],
  ['Fastify', fastifyServer],
]

const closing: { close(): Promise<unknown> }[] = []
const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)
process.on('unhandledRejection', note)
afterEach(async () => {
  await Promise.all(closing.splice(0).map((each) => each.close()))
  expect(unhandled).toEqual([])
})
afterAll(() => {
  process.off('unhandledRejection', note)
})

async function start(
  startApplication: Start,
  setup: Setup = { issuers: { [I]: { '/jwks': jwks([e1.jwk]) } } },
): Promise<{ world: World; application: Application }> {
  const world = await createWorld(setup)
  const application = await startApplication(world.verifier)
  closing.push(application, world)
  return { world, application }
}

/** All of these at once, and how often each status came. */
async function storm(application: Application, tokens: readonly string[]): Promise<Record<number, number>> {
  const counts: Record<number, number> = {}
  for (const status of await Promise.all(tokens.map((jwt) => application.ask(jwt))))
    counts[status] = (counts[status] ?? 0) + 1
  return counts
}

/** 10,000 strangers, and in between 1,000 tokens that are good. */
const mixed = (good: readonly string[] = ofKnownKey): string[] =>
  Array.from({ length: 11_000 }, (_, i) => (i % 11 === 5 ? good[i % good.length]! : stranger(i)))

describe.each(applications)('%s, 10,000 tokens of invented keys beside 1,000 good ones', (_, startApplication) => {
  test('at a cold start: every good one is 200, and the issuer is asked twice', { timeout: 60_000 }, async () => {
    const { world, application } = await start(startApplication)
    expect(await storm(application, mixed())).toEqual({ 200: 1000, 401: 10_000 })
    expect(world.outbound.length).toBeGreaterThanOrEqual(1)
    expect(world.outbound.length).toBeLessThanOrEqual(2)
  })

  test('while the issuer is down: every good one is 200, and it is asked once', { timeout: 60_000 }, async () => {
    const { world, application } = await start(startApplication)
    await application.ask(ofKnownKey[0]!)
    world.serve(I, { '/jwks': status(403) })
    expect(await storm(application, mixed())).toEqual({ 200: 1000, 503: 10_000 })
    expect(world.outbound).toHaveLength(2)
  })

  test('while it is down and the keys are past their age', { timeout: 60_000 }, async () => {
    const { world, application } = await start(startApplication)
    await application.ask(ofKnownKey[0]!)
    world.serve(I, { '/jwks': status(403) })
    world.advance(601)
    expect(await storm(application, mixed())).toEqual({ 200: 1000, 503: 10_000 })
    expect(world.outbound).toHaveLength(2)
  })

  test('in the middle of a rotation: the old key and the new one', { timeout: 60_000 }, async () => {
    const { world, application } = await start(startApplication)
    await application.ask(ofKnownKey[0]!)
    world.serve(I, { '/jwks': jwks([e1.jwk, next.jwk]) })
    const counts = await storm(application, mixed([...ofKnownKey, ofNewKey, ofNewKey]))
    expect(counts).toEqual({ 200: 1000, 401: 10_000 })
    expect(world.outbound).toHaveLength(2)
  })
})

test('hours of it: the issuer gets two requests a minute for strangers, and its schedule', {
  timeout: 60_000,
}, async () => {
  const { world, application } = await start(fetchHandler)
  const minutes = 60
  for (let second = 0; second < minutes * 60; second += 5) {
    const tokens = Array.from({ length: 22 }, (_, i) => (i % 11 === 5 ? ofKnownKey[i % 20]! : stranger(i)))
    expect(await storm(application, tokens)).toEqual({ 200: 2, 401: 20 })
    world.advance(5)
  }
  expect(world.outbound.length).toBeLessThanOrEqual(1 + 2 * minutes + Math.ceil((minutes * 60) / 432))
})

describe.each(applications)('%s, 1,000 requests that wait at a cold start', (_, startApplication) => {
  test('make one fetch, of metadata and of keys', { timeout: 60_000 }, async () => {
    const openid = '/.well-known/openid-configuration'
    const { world, application } = await start(startApplication, {
      issuers: { [I]: { [openid]: metadata(I), '/jwks': jwks([e1.jwk]) } },
      options: { issuer: I },
    })
    const tokens = Array.from({ length: 1000 }, (_, i) => ofKnownKey[i % 20]!)
    expect(await storm(application, tokens)).toEqual({ 200: 1000 })
    expect(world.outbound).toEqual([`${I}${openid}`, `${I}/jwks`])
  })
})

describe.each(applications.slice(1))('%s, callers who hang up while they wait', (_, startApplication) => {
  test('take nothing from the others: the first, one in the middle, the last', { timeout: 60_000 }, async () => {
    const { world, application } = await start(startApplication, { issuers: { [I]: { '/jwks': hang } } })
    const waiting: Promise<number>[] = []
    const leaving: { hangUp(): void }[] = []
    for (let i = 0; i < 30; i++) {
      if (i === 0 || i === 15 || i === 29) leaving.push(application.askAndHangUp!(ofKnownKey[0]!))
      else waiting.push(application.ask(ofKnownKey[1]!))
      if (i === 0) await delay(200) // so that it is the first that makes us ask
    }
    await delay(500)
    world.serve(I, { '/jwks': jwks([e1.jwk]) }) // for the second try: the first one hangs
    for (const each of leaving) each.hangUp()
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([200]))
    expect(world.outbound).toEqual([`${I}/jwks`, `${I}/jwks`])
    expect(world.events.filter(({ type }) => type === 'keys.fetch')).toMatchObject([{ ok: true, attempt: 1 }])
  })
})

test('ready() that is given up by one is not given up for the others', { timeout: 60_000 }, async () => {
  const { world, application } = await start(fetchHandler, { issuers: { [I]: { '/jwks': hang } } })
  const controllers = [new AbortController(), new AbortController(), new AbortController()]
  const calls = [0, 1, 2, 3, 4].map((i) => {
    const signal = { 0: controllers[0], 2: controllers[1], 4: controllers[2] }[i]?.signal
    return world.verifier.ready({ signal }).then(
      () => 'ready',
      (reason: unknown) => reason,
    )
  })
  const request = application.ask(ofKnownKey[0]!)
  await delay(100)
  world.serve(I, { '/jwks': jwks([e1.jwk]) })
  for (const [i, controller] of controllers.entries()) controller.abort(`given up ${i}`)
  expect(await Promise.all(calls)).toEqual(['given up 0', 'ready', 'given up 1', 'ready', 'given up 2'])
  expect(await request).toBe(200)
  expect(world.outbound).toEqual([`${I}/jwks`, `${I}/jwks`])
})
