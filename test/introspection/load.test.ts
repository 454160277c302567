import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createVerifier } from '@resource-server/core'
import { expect, test, vi } from 'vitest'
import { createResponseCache } from '../../packages/core/src/introspection/response-cache.js'
import { A, NOW } from '../support/fixture.js'
import { ACTIVE, asking, reasonOf, startIntrospectionServer } from './server.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** What is really held, in bytes. */
function heap(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

test('RFC 7662 §4: about one token the server is asked once at a time, however many requests bring it', async () => {
  const server = await startIntrospectionServer(async () => {
    await delay(20)
    return ACTIVE
  })
  const { verifier } = asking(server)
  const all = await Promise.all(Array.from({ length: 200 }, () => verifier.verify('token')))
  expect(all).toHaveLength(200)
  expect(server.questions).toHaveLength(1)
  await verifier.verify('token')
  expect(server.questions).toHaveLength(2)
})

test('requests that share an answer are judged each by what it asks', async () => {
  const server = await startIntrospectionServer(async () => {
    await delay(20)
    return ACTIVE
  })
  const { verifier } = asking(server)
  expect(
    await Promise.all([
      reasonOf(verifier.verify('token', { scopes: ['read'] })),
      reasonOf(verifier.verify('token', { scopes: ['write'] })),
    ]),
  ).toEqual(['accepted', 'insufficient_scope/missing_scope'])
  expect(server.questions).toHaveLength(1)
})

test('a failure is shared as well, and the next request asks again', async () => {
  let isDown = true
  const server = await startIntrospectionServer((_, response) => {
    if (!isDown) return ACTIVE
    response.writeHead(404).end()
    return undefined
  })
  const { verifier } = asking(server)
  const reasons = await Promise.all(Array.from({ length: 20 }, () => reasonOf(verifier.verify('token'))))
  expect(new Set(reasons)).toEqual(new Set(['unavailable/introspection']))
  expect(server.questions).toHaveLength(1)
  isDown = false
  expect(await reasonOf(verifier.verify('token'))).toBe('accepted')
})

test('A-96: ten thousand made-up tokens are asked about fifty at a time; good ones that were seen never notice', async () => {
  const server = await startIntrospectionServer(async ({ form }) => {
    await delay(2)
    return form.get('token')!.startsWith('good') ? ACTIVE : { active: false }
  })
  const { verifier } = asking(server, { cache: { maxAge: 60 } }, { keys: { timeout: 30 } })
  const good = Array.from({ length: 50 }, (_, index) => `good-${index}`)
  for (const token of good) await verifier.verify(token)
  const asked = server.questions.length
  const before = heap()

  const flood = Array.from({ length: 10_000 }, (_, index) => reasonOf(verifier.verify(`made-up-${index}`)))
  const startedAt = performance.now()
  for (const token of good) expect(await reasonOf(verifier.verify(token))).toBe('accepted')
  const waited = performance.now() - startedAt
  const reasons = await Promise.all(flood)

  expect(new Set(reasons)).toEqual(new Set(['invalid_token/inactive']))
  expect(server.peak()).toBeLessThanOrEqual(50)
  expect(server.questions.length - asked).toBe(10_000)
  expect(waited).toBeLessThan(5000) // less than a stranger may wait, on a busy machine too
  for (const token of good) expect(await reasonOf(verifier.verify(token))).toBe('accepted')
  const about = server.questions.filter(({ form }) => form.get('token')!.startsWith('good'))
  expect(about, 'good ones are still kept').toHaveLength(good.length)
  expect(heap() - before).toBeLessThan(100 * 1024 * 1024)
}, 60_000)

test('X26: those who cannot have their turn in time are answered in time', async () => {
  const server = await startIntrospectionServer(() => new Promise<never>(() => {}))
  const { verifier } = asking(server, {}, { keys: { timeout: 2 } })
  const startedAt = performance.now()
  const answers = Promise.all(Array.from({ length: 500 }, (_, index) => reasonOf(verifier.verify(`t-${index}`))))
  await vi.waitFor(() => expect(server.questions).toHaveLength(50))
  await delay(500)
  expect(server.questions).toHaveLength(50) // nobody else's turn has come
  expect(new Set(await answers)).toEqual(new Set(['unavailable/introspection']))
  expect(performance.now() - startedAt).toBeLessThan(4500)
})

test('X26: who gets his turn late is not asked about for a moment, so that a server that hangs is not asked about all', async () => {
  vi.useFakeTimers()
  const introspect = vi.fn(() => new Promise<never>(() => {}))
  const verifier = createVerifier({
    issuer: { issuer: A, introspection: { introspect } },
    audience: A,
    keys: { timeout: 1 },
  })
  const answers: Promise<string>[] = []
  for (let n = 0; n < 1200; n++) {
    answers.push(reasonOf(verifier.verify(`t-${n}`)))
    await vi.advanceTimersByTimeAsync(3)
  }
  await vi.advanceTimersByTimeAsync(1000)
  vi.useRealTimers()
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['unavailable/introspection']))
  expect(introspect.mock.calls.length).toBeLessThanOrEqual(500) // fifty at a time, each for half a second at least
})

test('X26: a server that is asked for more than it can answers as much as it can', async () => {
  vi.useFakeTimers()
  const introspect = async () => {
    await new Promise((resolve) => setTimeout(resolve, 800))
    return { ...ACTIVE, iss: A }
  }
  const verifier = createVerifier({
    issuer: { issuer: A, introspection: { introspect } },
    audience: A,
    clock: () => NOW * 1000,
  })
  const answers: Promise<string>[] = []
  for (let n = 0; n < 2000; n++) {
    answers.push(reasonOf(verifier.verify(`t-${n}`)))
    await vi.advanceTimersByTimeAsync(10)
  }
  await vi.advanceTimersByTimeAsync(5000)
  vi.useRealTimers()
  const last = (await Promise.all(answers)).slice(1000)
  // Of a hundred in a second it can answer sixty-two.
  expect(last.filter((reason) => reason === 'accepted').length).toBeGreaterThan(550)
})

test('X26: more than can wait are turned away at once', async () => {
  const server = await startIntrospectionServer(() => new Promise<never>(() => {}))
  const { verifier, events } = asking(server, {}, { keys: { timeout: 4 } })
  const all = Promise.all(Array.from({ length: 10_060 }, (_, index) => reasonOf(verifier.verify(`t-${index}`))))
  await expect.poll(() => events.length).toBe(10)
  expect(events[0]).toMatchObject({ type: 'authentication.failed', detail: expect.stringMatching(/too many/) })
  await all
}, 30_000)

test('RFC 7662 §5: the store of a cache sees no token, and only good answers', async () => {
  const entries = new Map<string, string>()
  const ttls: number[] = []
  const store = {
    get: (key: string) => entries.get(key),
    set: (key: string, value: string, ttl: number) => {
      entries.set(key, value)
      ttls.push(ttl)
    },
  }
  const server = await startIntrospectionServer(({ form }) =>
    form.get('token') === 'canary-good' ? ACTIVE : { active: false },
  )
  const first = asking(server, { cache: { maxAge: 60, store } })
  await first.verifier.verify('canary-good')
  await reasonOf(first.verifier.verify('canary-bad'))
  expect(entries.size).toBe(1)
  expect(ttls).toEqual([60])
  expect(JSON.stringify([...entries])).not.toMatch(/canary-/)
  expect([...entries.keys()][0]).toMatch(/^resource-server:introspection:[A-Za-z0-9+/]{43}=$/)

  const second = asking(server, { cache: { maxAge: 60, store } })
  await second.verifier.verify('canary-good')
  expect(server.questions).toHaveLength(2)
  second.advance(60)
  await second.verifier.verify('canary-good')
  expect(server.questions).toHaveLength(3)
})

test('an answer in the store is another one for another client, endpoint or kind of answer', async () => {
  const entries = new Map<string, string>()
  const store = { get: (key: string) => entries.get(key), set: (key: string, value: string) => entries.set(key, value) }
  const server = await startIntrospectionServer()
  const variants = [{}, { clientId: 'other' }, { endpoint: `${server.origin}/other` }]
  for (const variant of variants)
    await asking(server, { cache: { maxAge: 60, store }, ...variant }).verifier.verify('token')
  expect(server.questions).toHaveLength(3)
  expect(entries.size).toBe(3)
})

test('what is in the store is believed no longer than our own maxAge, and not at all if it is nonsense', async () => {
  const server = await startIntrospectionServer()
  let entry: unknown
  const store = { get: () => entry as string, set: () => {} }
  const { verifier, events, advance } = asking(server, { cache: { maxAge: 60, store } })
  const written = { askedAt: NOW * 1000, goodUntil: (NOW + 3000) * 1000, answer: ACTIVE }
  const nonsense = [
    'x',
    '{}',
    5,
    '[]',
    JSON.stringify({ ...written, answer: { ...ACTIVE, active: 'true' } }),
    JSON.stringify({ ...written, answer: { active: false } }),
    JSON.stringify({ ...written, askedAt: 'now' }),
    JSON.stringify({ ...written, goodUntil: null }),
    JSON.stringify({ ...written, padding: 'x'.repeat(20_000) }),
  ]
  for (const [index, value] of nonsense.entries()) {
    entry = value
    await verifier.verify(`token-${index}`)
    expect(server.questions).toHaveLength(index + 1)
    advance(5) // a store that failed is left alone for so long
  }
  expect(events.filter(({ type }) => type === 'introspection.store')).toHaveLength(nonsense.length)

  entry = JSON.stringify({ ...written, askedAt: (NOW + 3600) * 1000 })
  await verifier.verify('from-the-future')
  expect(server.questions).toHaveLength(nonsense.length + 1)
  entry = JSON.stringify({ ...written, askedAt: (NOW - 60) * 1000 })
  await verifier.verify('too-old')
  expect(server.questions).toHaveLength(nonsense.length + 2)
  entry = JSON.stringify(written)
  await verifier.verify('good')
  expect(server.questions).toHaveLength(nonsense.length + 2)
})

test('a store that fails or hangs is one that is empty, and is left alone for five seconds', async () => {
  const server = await startIntrospectionServer()
  let calls = 0
  const store = {
    get: () => {
      calls++
      return new Promise<never>(() => {})
    },
    set: () => {
      calls++
      throw new Error('down')
    },
  }
  const { verifier, events, advance } = asking(server, { cache: { maxAge: 60, store } })
  const startedAt = performance.now()
  await verifier.verify('one')
  expect(performance.now() - startedAt).toBeLessThan(900)
  expect(calls).toBe(1)
  await verifier.verify('two')
  expect(calls).toBe(1)
  advance(5)
  await verifier.verify('three')
  expect(calls).toBe(2)
  expect(events.filter(({ type }) => type === 'introspection.store')).toHaveLength(2)
})

test('whether a store that has failed is there again is tried by one, and told once', async () => {
  const server = await startIntrospectionServer()
  let calls = 0
  let isDown = true
  const store = {
    get: () => {
      calls++
      return isDown ? new Promise<never>(() => {}) : undefined
    },
    set: () => {},
  }
  const { verifier, events, advance } = asking(server, { cache: { maxAge: 60, store } })
  const ask = (name: string): Promise<unknown> =>
    Promise.all(Array.from({ length: 20 }, (_, n) => verifier.verify(`${name}-${n}`)))
  await ask('first')
  expect(calls).toBe(20)
  advance(5)
  await ask('second')
  expect(calls).toBe(21)
  expect(events.filter(({ type }) => type === 'introspection.store')).toHaveLength(2)
  isDown = false
  advance(5)
  await verifier.verify('third')
  await ask('fourth')
  expect(calls).toBe(21 + 1 + 20)
})

test('the cache keeps so many answers and no more, and big ones not at all', async () => {
  let asked = 0
  const introspect = (token: string): any => {
    asked++
    return { ...ACTIVE, ...(token.startsWith('big') && { padding: 'x'.repeat(20_000) }) }
  }
  const verifier = createVerifier({
    issuer: { issuer: 'https://as.test', introspection: { introspect, cache: { maxAge: 60 } } },
    audience: A,
    clock: () => NOW * 1000,
  })
  await verifier.verify('big')
  await verifier.verify('big')
  expect(asked).toBe(2)
  for (let i = 0; i < 10_001; i++) await verifier.verify(`t-${i}`)
  expect(asked).toBe(10_003)
  await verifier.verify('t-1')
  expect(asked).toBe(10_003)
  await verifier.verify('t-0') // the oldest one, which had to go
  expect(asked).toBe(10_004)
}, 30_000)

test('an answer without an expiry is kept by nobody', async () => {
  const cache = createResponseCache({
    scope: ['x'],
    maxAge: 60,
    store: undefined,
    clock: () => NOW * 1000,
    onFailed: () => {},
  })
  await cache.write('token', { active: true }, NOW * 1000)
  expect(await cache.read('token')).toBeUndefined()
})

test('ready() does not ask for the keys of an issuer that is asked about every token', async () => {
  const server = await startIntrospectionServer()
  await asking(server, { tokens: 'all' }).verifier.ready()
  expect(server.questions).toEqual([])
  await expect(asking(server, {}, { keys: { timeout: 1, retries: 0 } }).verifier.ready()).rejects.toMatchObject({
    code: 'ERR_NOT_READY',
  })
})

test('that a token is not active any more is kept for it as for one that never was', async () => {
  let isRevoked = false
  const server = await startIntrospectionServer(() => (isRevoked ? { active: false } : ACTIVE))
  const { verifier, advance } = asking(server, { cache: { maxAge: 60 } })
  await verifier.verify('token')
  isRevoked = true
  advance(60)
  for (let i = 0; i < 20; i++) expect(await reasonOf(verifier.verify('token'))).toBe('invalid_token/inactive')
  expect(server.questions).toHaveLength(2)
  advance(10)
  await reasonOf(verifier.verify('token'))
  expect(server.questions).toHaveLength(3)
})

test('the age of an answer counts from the question: the token may have been revoked while it was on its way', async () => {
  let pass = (): void => {}
  const server = await startIntrospectionServer(async () => {
    pass()
    return ACTIVE
  })
  const { verifier, advance } = asking(server, { cache: { maxAge: 60 } })
  pass = () => advance(4)
  await verifier.verify('token')
  pass = () => {}
  advance(55)
  await verifier.verify('token')
  expect(server.questions).toHaveLength(1)
  advance(1)
  await verifier.verify('token')
  expect(server.questions).toHaveLength(2)
})

test('nor does the store keep it for longer', async () => {
  const ttls: number[] = []
  const store = { get: () => undefined, set: (_key: string, _value: string, ttl: number) => void ttls.push(ttl) }
  let pass = (): void => {}
  const server = await startIntrospectionServer(async () => {
    pass()
    return ACTIVE
  })
  const { verifier, advance } = asking(server, { cache: { maxAge: 3, store } })
  pass = () => advance(2)
  await verifier.verify('one')
  pass = () => advance(3)
  await verifier.verify('two')
  expect(ttls).toEqual([1])
})

test('an answer in the store is another one where the endpoint comes from other metadata', async () => {
  const entries = new Map<string, string>()
  const store = { get: (key: string) => entries.get(key), set: (key: string, value: string) => entries.set(key, value) }
  const server = await startIntrospectionServer(({ url }) =>
    url.startsWith('/m') ? { issuer: server.origin, introspection_endpoint: `${server.origin}/i` } : ACTIVE,
  )
  const introspection = { clientId: 'api', clientSecret: 'secret', cache: { maxAge: 60, store } }
  for (const metadataUrl of [`${server.origin}/m1`, `${server.origin}/m2`])
    await asking(server, {}, { issuer: { issuer: server.origin, metadataUrl, introspection } }).verifier.verify('token')
  expect(entries.size).toBe(2)
})
