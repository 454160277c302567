import { setTimeout as delay } from 'node:timers/promises'
import { createVerifier, type Verifier, type VerifierEvent } from '@resource-server/core'
import { redisStore } from '@resource-server/core/redis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { asking, reasonOf, startIntrospectionServer } from '../introspection/server.js'
import { refusalOf } from '../options/refusal.js'
import { A, NOW } from '../support/fixture.js'
import { jwks, startJwksServer } from '../support/jwks-server.js'
import { publicKeys } from '../support/keys.js'
import { token } from '../support/token.js'
import { clients, hasRedis, onRedis, startRedis } from './server.js'

const suite = hasRedis ? describe : describe.skip

suite.each(clients)(`${onRedis}, through %s`, (_, open) => {
  test('what was set is there until its time is over', async () => {
    const { port } = await startRedis()
    const store = redisStore(await open(port))
    expect(await store.get('a')).toBeUndefined()
    await store.set('a', 'ünïcode "text"\r\n', 1)
    await store.set('b', '', 0.2)
    expect(await store.get('a')).toBe('ünïcode "text"\r\n')
    expect(await store.get('b')).toBe('')
    await delay(1200)
    expect(await store.get('a')).toBeUndefined()
  })

  test('of a hundred who add one key at once one is the first, until its time is over', async () => {
    const { port } = await startRedis()
    const stores = [redisStore(await open(port)), redisStore(await open(port))]
    const added = await Promise.all(Array.from({ length: 100 }, (_item, index) => stores[index % 2]!.add('jti', 1)))
    expect(added.filter(Boolean)).toHaveLength(1)
    await delay(1200)
    expect(await stores[0]!.add('jti', 1)).toBe(true)
  })

  test('with a prefix applications share nothing', async () => {
    const { port } = await startRedis()
    const client = await open(port)
    const [one, other] = [redisStore(client, { prefix: 'one:' }), redisStore(client, { prefix: 'other:' })]
    await one.set('a', '1', 60)
    expect(await other.get('a')).toBeUndefined()
    expect(await redisStore(client).get('one:a')).toBe('1')
    expect([await one.add('x', 60), await other.add('x', 60)]).toEqual([true, true])
  })

  test('processes share the keys of an issuer: one fetch for two', async () => {
    const { port } = await startRedis()
    const issuer = await startJwksServer({ '/jwks': jwks(publicKeys) })
    onTestFinished(() => issuer.close())
    const processes = await Promise.all([open(port), open(port)])
    for (const client of processes) {
      const verifier = createVerifier({
        issuer: { issuer: issuer.origin, jwksUri: `${issuer.origin}/jwks` },
        audience: A,
        clock: () => NOW * 1000,
        keys: { store: redisStore(client) },
      })
      await verifier.verify(token({ claims: { iss: issuer.origin } }))
    }
    expect(issuer.hits).toEqual(['/jwks'])
  })

  test('processes share good answers about opaque tokens, and Redis sees no token', async () => {
    const { port } = await startRedis()
    const server = await startIntrospectionServer()
    const client = await open(port)
    const cache = { maxAge: 60, store: redisStore(client) }
    await asking(server, { cache }).verifier.verify('canary-token')
    await asking(server, { cache }).verifier.verify('canary-token')
    expect(server.questions).toHaveLength(1)
    const reply = await ('call' in client ? client.call('KEYS', '*') : client.sendCommand(['KEYS', '*']))
    expect(reply).toEqual([expect.stringMatching(/^resource-server:introspection:/)])
    expect(JSON.stringify(reply)).not.toContain('canary')
  })

  test('that Redis is killed, and begun again, under load: no request fails or waits for long', async () => {
    const redis = await startRedis()
    const server = await startIntrospectionServer()
    const store = redisStore(await open(redis.port))
    const events: VerifierEvent[] = []
    const fresh = (): Verifier =>
      asking(server, { cache: { maxAge: 60, store } }, { onEvent: (event: VerifierEvent) => void events.push(event) })
        .verifier
    const load = { isOver: false }
    let slowest = 0
    const outcomes = new Map<string, number>()
    const caller = async (id: number): Promise<void> => {
      for (let i = 0; !load.isOver; i++) {
        const startedAt = performance.now()
        // Each time a process that has kept nothing itself.
        const outcome = await reasonOf(fresh().verify(`token-${id}-${i % 5}`))
        slowest = Math.max(slowest, performance.now() - startedAt)
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
        await delay(1)
      }
    }
    const callers = Promise.all(Array.from({ length: 5 }, (_item, id) => caller(id)))
    await delay(500)
    const sharedBefore = server.questions.length
    await redis.kill()
    await delay(1000)
    const during = server.questions.length
    await redis.restart()
    await delay(1000)
    const afterwards = server.questions.length
    await delay(500)
    load.isOver = true
    await callers

    expect([...outcomes.keys()]).toEqual(['accepted'])
    expect(slowest).toBeLessThan(2000)
    expect(sharedBefore, 'each token once').toBeLessThanOrEqual(25)
    expect(during).toBeGreaterThan(sharedBefore + 25)
    expect(server.questions.length - afterwards, 'shared again').toBeLessThanOrEqual(25)
    expect(events.some((event) => event.type === 'introspection.store')).toBe(true)
    expect(events.filter(({ type }) => type === 'authentication.failed')).toEqual([])
  }, 20_000)
})

const nodeRedis = (reply: unknown): { commands: string[][]; sendCommand(args: string[]): Promise<unknown> } => {
  const commands: string[][] = []
  return {
    commands,
    sendCommand: async (args) => {
      commands.push(args)
      return reply
    },
  }
}

test('each operation is one command', async () => {
  const client = nodeRedis('OK')
  const store = redisStore(client, { prefix: 'p:' })
  await store.get('k')
  await store.set('k', 'v', 1.5)
  await store.add('k', 60)
  expect(client.commands).toEqual([
    ['GET', 'p:k'],
    ['SET', 'p:k', 'v', 'EX', '2'],
    ['SET', 'p:k', '1', 'EX', '60', 'NX'],
  ])
})

test('a client that answers bytes is told to answer text', async () => {
  await expect(redisStore(nodeRedis(Buffer.from('v'))).get('k')).rejects.toThrow('make the client answer strings')
})

test.each<[what: string, client: unknown, options: unknown, message: string]>([
  ['nothing', undefined, {}, 'Invalid option client: expected a client of redis or ioredis, got undefined'],
  ['a function', () => nodeRedis(null), {}, 'Invalid option client: '],
  ['a URL', 'redis://127.0.0.1', {}, 'Invalid option client: '],
  ['a client of a cluster by redis', { sendCommand: () => 1, masters: [] }, {}, 'Invalid option client: '],
  [
    'a prefix that is no text',
    nodeRedis(null),
    { prefix: 5 },
    'Invalid option options.prefix: expected a string, got 5',
  ],
  ['a misspelt option', nodeRedis(null), { Prefix: 'a' }, 'Invalid option options.Prefix: '],
])('X29: %s is refused at once', (_, client, options, message) => {
  expect(refusalOf(() => redisStore(client as never, options as never))).toContain(message)
})
