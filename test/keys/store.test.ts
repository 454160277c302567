import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createSharedKeyStore } from '../../packages/core/src/keys/key-store.js'
import type { Store } from '../../packages/core/src/options/store.js'
import { I, NOW } from '../support/fixture.js'
import { e1, ecKey, privateJwkOf } from '../support/keys.js'
import { down, type Issuer, issuerWith, REFRESH_AT, settled, UNAVAILABLE, UNKNOWN } from './source.js'

const next = ecKey('next', 'P-256')
const NAME = `resource-server:keys:${encodeURIComponent(I)}:${encodeURIComponent(`${I}/jwks`)}`

/** A store that is a map, and what was done with it. */
function createStore() {
  const entries = new Map<string, string>()
  const calls: unknown[][] = []
  const store: Store = {
    get: async (key) => {
      calls.push(['get', key])
      return entries.get(key) ?? null
    },
    set: async (key, value, ttl) => {
      calls.push(['set', key, ttl])
      entries.set(key, value)
    },
  }
  return { store, entries, calls, entry: () => JSON.parse(entries.get(NAME) ?? 'null') }
}

const entryOf = (keys: readonly unknown[], changes: object = {}): string =>
  JSON.stringify({ loadedAt: NOW * 1000, keys, ...changes })

/** A process that finds this text in the store, and an issuer that has `next`. */
function finding(text: unknown, settings: object = {}): Issuer {
  const store = { get: () => text, set: () => {} } as unknown as Store
  return issuerWith([next], { store, ...settings })
}

describe('what one process has fetched', () => {
  test('another need not fetch', async () => {
    const { store, calls, entry } = createStore()
    const first = issuerWith([e1], { store })
    expect(await first.ask('e1')).toBe('keys: 1')
    expect(entry()).toEqual({ loadedAt: NOW * 1000, keys: [e1.jwk] })
    const second = issuerWith([e1], { store })
    expect(await second.ask('e1')).toBe('keys: 1')
    expect(second.loads).toBe(0)
    expect(calls).toEqual([
      ['get', NAME],
      ['set', NAME, 4200],
      ['get', NAME],
    ])
  })

  test('is asked for where a fetch would be made, and not for every token', async () => {
    const { store, calls } = createStore()
    const issuer = issuerWith([e1], { store })
    for (let i = 0; i < 10; i++) await issuer.ask('e1')
    expect(calls.filter(([operation]) => operation === 'get')).toHaveLength(1)
    issuer.advance(REFRESH_AT)
    await issuer.ask('e1')
    await settled()
    expect(calls.filter(([operation]) => operation === 'get')).toHaveLength(2)
    expect(issuer.loads).toBe(2)
  })

  test('is as old as its fetch: sharing it does not lengthen its life', async () => {
    const later = (seconds: number): Issuer => {
      const issuer = finding(entryOf([e1.jwk]))
      issuer.answer = down()
      issuer.advance(seconds)
      return issuer
    }
    expect(await later(599).ask('e1')).toBe('keys: 1')
    expect(await later(4199).ask('e1')).toBe('keys: 1')
    expect(await later(4200).ask('e1')).toBe(UNAVAILABLE)
    expect(await later(100_000).ask('e1')).toBe(UNAVAILABLE)
  })

  test('is not used where it is due, if the issuer answers', async () => {
    const issuer = finding(entryOf([e1.jwk]))
    issuer.advance(REFRESH_AT)
    expect(await issuer.ask('e1')).toBe(UNKNOWN)
    expect(issuer.loads).toBe(1)
  })

  test('keeps what the issuer has said about its age', async () => {
    const { store, entry } = createStore()
    await issuerWith({ jwks: [e1.jwk], maxAge: 60 }, { store }).ask('e1')
    expect(entry().maxAge).toBe(60)
    const second = issuerWith([next], { store })
    second.advance(60)
    expect(await second.ask('e1')).toBe(UNKNOWN)
  })

  test('does not take the place of later keys', async () => {
    const { store, entries } = createStore()
    const issuer = issuerWith([e1], { store })
    await issuer.ask('e1')
    issuer.advance(REFRESH_AT)
    issuer.answer = down()
    entries.set(NAME, entryOf([next.jwk], { loadedAt: NOW * 1000 - 1 }))
    await issuer.ask('e1')
    await settled()
    expect(await issuer.ask('e1')).toBe('keys: 1')
  })

  test('takes the place of earlier ones, so that a rotation that one process has seen the others see as well', async () => {
    const { store, entries } = createStore()
    const issuer = issuerWith([e1], { store })
    await issuer.ask('e1')
    issuer.advance(REFRESH_AT)
    entries.set(NAME, entryOf([next.jwk], { loadedAt: (NOW + REFRESH_AT - 1) * 1000 }))
    await issuer.ask('e1')
    await settled()
    expect(await issuer.ask('next')).toBe('keys: 1')
    expect(issuer.loads).toBe(1)
  })
})

describe('for an unknown kid', () => {
  test('the issuer itself is asked: what is shared may be as old as what is here', async () => {
    const { store, calls } = createStore()
    const issuer = issuerWith([e1], { store })
    await issuer.ask('e1')
    issuer.answer = [e1, next]
    expect(await issuer.ask('next')).toBe('keys: 1')
    expect(issuer.loads).toBe(2)
    expect(calls.map(([operation]) => operation)).toEqual(['get', 'set', 'set'])
  })

  test('also by a process that has just found its first keys in the store, and by all who wait in it', async () => {
    const { store } = createStore()
    await issuerWith([e1], { store }).ask('e1')
    const second = issuerWith([e1, next], { store })
    expect(await Promise.all([second.ask('next'), second.ask('next'), second.ask('e1')])).toEqual([
      'keys: 1',
      'keys: 1',
      'keys: 1',
    ])
    expect(second.loads).toBe(1)
  })
})

describe('what is found is judged like an answer of the issuer', () => {
  const tooMany = Array.from({ length: 101 }, () => e1.jwk)
  test.each<[string, unknown]>([
    ['nothing readable', '{'],
    ['another type', 7],
    ['an object', { keys: [e1.jwk] }],
    ['a list', JSON.stringify([e1.jwk])],
    ['no keys', JSON.stringify({ loadedAt: NOW * 1000 })],
    ['no date', JSON.stringify({ keys: [e1.jwk] })],
    ['a date in words', entryOf([e1.jwk], { loadedAt: 'now' })],
    ['an age below zero', entryOf([e1.jwk], { maxAge: -1 })],
    ['an age in words', entryOf([e1.jwk], { maxAge: 'long' })],
    ['more than a hundred keys', entryOf(tooMany)],
    ['more than an issuer may answer', entryOf([e1.jwk], { padding: 'x'.repeat(270_000) })],
    ['names twice', `{"loadedAt":${NOW * 1000},"keys":[],"keys":[${JSON.stringify(e1.jwk)}]}`],
    ['keys of no use', entryOf([{ kty: 'WAT' }])],
    ['weak and private keys', entryOf([privateJwkOf(e1), { kty: 'oct', k: 'AAAA', kid: 'e1' }])],
  ])('%s: the issuer is asked, and it is told', async (_, text) => {
    const issuer = finding(text)
    expect(await issuer.ask('e1')).toBe(UNKNOWN)
    expect(await issuer.ask('next')).toBe('keys: 1')
    expect(issuer.loads).toBe(1)
    expect(issuer.told('keys.store')).toEqual([{ type: 'keys.store', operation: 'get', cause: expect.any(Error) }])
  })

  test.each<[string, unknown]>([
    ['nothing', null],
    ['nothing at all', undefined],
    ['keys from the future, which would live too long', entryOf([e1.jwk], { loadedAt: NOW * 1000 + 1 })],
  ])('%s: the issuer is asked', async (_, text) => {
    const issuer = finding(text)
    expect(await issuer.ask('e1')).toBe(UNKNOWN)
    expect(issuer.loads).toBe(1)
    expect(issuer.told('keys.store')).toEqual([])
  })

  test('an entry of somebody else’s keys is no use to a verifier that has them from another place', async () => {
    const { entries, store } = createStore()
    entries.set(`resource-server:keys:${encodeURIComponent(I)}:`, entryOf([e1.jwk]))
    const issuer = issuerWith([next], { store })
    expect(await issuer.ask('e1')).toBe(UNKNOWN)
  })
})

describe('a store that is no help', () => {
  const failing: [string, Store][] = [
    [
      'throws',
      {
        get: () => {
          throw new Error('down')
        },
        set: () => {
          throw new Error('down')
        },
      },
    ],
    ['rejects', { get: () => Promise.reject(new Error('down')), set: () => Promise.reject(new Error('down')) }],
  ]
  test.each(failing)('and %s harms nobody, and is told', async (_, store) => {
    const issuer = issuerWith([e1], { store })
    expect(await issuer.ask('e1')).toBe('keys: 1')
    expect(issuer.told('keys.store')).toEqual([
      { type: 'keys.store', operation: 'get', cause: new Error('down') },
      { type: 'keys.store', operation: 'set', cause: new Error('down') },
    ])
    expect(issuer.status().lastError).toBeUndefined()
  })

  test('and never answers is not waited for longer than a second', async () => {
    const never = (): Promise<never> => new Promise(() => {})
    const issuer = issuerWith([e1], { store: { get: never, set: () => {} } })
    const startedAt = performance.now()
    expect(await issuer.ask('e1')).toBe('keys: 1')
    expect(performance.now() - startedAt).toBeLessThan(2500)
    expect(performance.now() - startedAt).toBeGreaterThan(950)
    expect(issuer.told('keys.store')).toEqual([
      { type: 'keys.store', operation: 'get', cause: expect.objectContaining({ name: 'TimeoutError' }) },
    ])
  })

  test('nor longer than a request waits at all', async () => {
    const slow = async (): Promise<null> => {
      await delay(900)
      return null
    }
    const issuer = issuerWith([e1], { store: { get: slow, set: () => {} }, timeout: 0.2 })
    const startedAt = performance.now()
    await issuer.ask('e1')
    expect(performance.now() - startedAt).toBeLessThan(850)
  })

  test('while the issuer is down, what is in it is better than nothing', async () => {
    const issuer = finding(entryOf([e1.jwk]))
    issuer.answer = down()
    issuer.advance(1000)
    expect(await issuer.ask('e1')).toBe('keys: 1')
    expect(await issuer.ask('next')).toBe(UNAVAILABLE)
    expect(issuer.status()).toMatchObject({ state: 'stale', age: 1000, lastError: down().message })
  })
})

test('an entry that is too old takes the place of nothing, not even of keys that were given to begin with', async () => {
  const issuer = finding(entryOf([next.jwk]), { seed: [e1] })
  issuer.answer = down()
  issuer.advance(4200)
  expect(await issuer.ask('next')).toBe(UNAVAILABLE)
  expect(await issuer.ask('e1')).toBe('keys: 1')
})

test('a private key that an issuer has published is not carried on', async () => {
  const { store, entries } = createStore()
  const jwks = [e1.jwk, privateJwkOf(next), { kty: 'oct', kid: 'secret', k: 'AAAA' }]
  await issuerWith({ jwks }, { store }).ask('e1')
  expect(JSON.parse(entries.get(NAME)!).keys).toEqual([e1.jwk])
})

test('the keys of different issuers, and of one issuer from different places, have different names', async () => {
  const names = new Set<string>()
  const store: Store = { get: (key) => void names.add(key), set: () => {} }
  const sources: { issuer: string; jwksUri?: string; metadataUrl?: string }[] = [
    { issuer: 'https://a.test' },
    { issuer: 'https://a.test/' },
    { issuer: 'https://a.test:' },
    { issuer: 'https://a.test', jwksUri: 'https://a.test/jwks' },
    { issuer: 'https://a.test', metadataUrl: 'https://a.test/metadata' },
    { issuer: 'https://b.test', jwksUri: 'https://a.test/jwks' },
  ]
  for (const source of sources) {
    const shared = createSharedKeyStore({
      store,
      source,
      readKeySet: () => Promise.reject(new Error('not reached')),
      clock: () => 0,
      onFailed: () => {},
    })
    await shared.read(0, { remaining: () => 1000 })
  }
  expect(names.size).toBe(sources.length)
})

test('keys that came when nobody could wait for them any more are shared all the same', async () => {
  const { store, calls } = createStore()
  const complaints: unknown[] = []
  const shared = createSharedKeyStore({
    store,
    source: { issuer: I, jwksUri: `${I}/jwks` },
    readKeySet: async (members) => ({ members }) as never,
    clock: () => NOW * 1000,
    onFailed: (_, cause) => complaints.push(cause),
  })
  const keys = { set: { members: [] } as never, loadedAt: NOW * 1000, maxAge: undefined }
  await shared.write(keys, (NOW + 60) * 1000, { remaining: () => -5000 })
  expect([calls, complaints]).toEqual([[['set', NAME, 60]], []])
})

describe('an entry is read', () => {
  const AFTER = NOW * 1000
  const EMPTY = entryOf([], { loadedAt: AFTER + 1, maxAge: 60, padding: '' })
  const padded = (length: number): string =>
    entryOf([], { loadedAt: AFTER + 1, maxAge: 60, padding: 'x'.repeat(length - EMPTY.length) })

  /** What is found by a process whose keys are of the time `AFTER`, ten milliseconds later; and what it complains of. */
  async function read(text: string): Promise<unknown[]> {
    const complaints: unknown[] = []
    const shared = createSharedKeyStore({
      store: { get: () => text, set: () => {} },
      source: { issuer: I },
      readKeySet: async (members) => ({ members }) as never,
      clock: () => AFTER + 10,
      onFailed: (_, cause) => complaints.push((cause as Error).message),
    })
    const found = await shared.read(AFTER, { remaining: () => 1000 })
    return [found === undefined ? undefined : [found.loadedAt - AFTER, found.maxAge], ...complaints]
  }

  test.each<[string, string, unknown[]]>([
    ['if it is later', entryOf([], { loadedAt: AFTER + 1 }), [[1, undefined]]],
    ['if it is of this very moment', entryOf([], { loadedAt: AFTER + 10, maxAge: 0 }), [[10, 0]]],
    ['and not if it is as old', entryOf([], { loadedAt: AFTER }), [undefined]],
    ['and not if it is older', entryOf([], { loadedAt: AFTER - 1 }), [undefined]],
    ['and not if it is of the future', entryOf([], { loadedAt: AFTER + 11 }), [undefined]],
    ['up to a length', padded(257 * 1024), [[1, 60]]],
    [
      'and not beyond',
      padded(257 * 1024 + 1),
      [
        undefined,
        `The entry resource-server:keys:${encodeURIComponent(I)}: of the store is not a key set that was written there`,
      ],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await read(text)).toEqual(expected)
  })
})
