import { describe, expect, test } from 'vitest'
import type { KeySet } from '../../packages/core/src/keys/key-set.js'
import { createJwksLoader, type LoadedJwks } from '../../packages/core/src/keys/load-jwks.js'
import { type Budget, startBudget } from '../../packages/core/src/lib/deadline.js'
import { LoadError } from '../../packages/core/src/lib/exchange.js'
import { type JsonValue, parseJsonObject } from '../../packages/core/src/lib/json.js'

const URI = 'https://as.test/jwks'
const MOVED = 'https://as.test/moved'

const answered = (status: number): LoadError =>
  new LoadError('keys', `GET ${URI} failed: it answered ${status}, expected 200`, { status })

const setOf = (members: readonly JsonValue[]): KeySet => ({
  keys: [],
  candidates: new Map(),
  kids: new Set(),
  members,
})

/** A loader whose world is written down: where the keys are said to be, and what is there. */
function loaderIn(world: { uri: string; latest?: string; documents: Record<string, string | Error> }) {
  const calls: unknown[] = []
  const budgets: Budget[] = []
  const load = createJwksLoader(
    async (budget, isDoubted) => {
      calls.push(isDoubted ? 'locate again' : 'locate')
      budgets.push(budget)
      if (isDoubted) world.uri = world.latest ?? world.uri
      return world.uri
    },
    async (url, budget) => {
      calls.push(url)
      budgets.push(budget)
      const document = world.documents[url] ?? answered(404)
      if (document instanceof Error) throw document
      return { document: parseJsonObject(document, 16)!, bytes: document.length, mediaType: '', maxAge: 7 }
    },
    async (members) => setOf(members),
  )
  return { calls, budgets, world, load: (): Promise<LoadedJwks> => load(startBudget(5)) }
}

const load = (text: string): Promise<LoadedJwks> => loaderIn({ uri: URI, documents: { [URI]: text } }).load()

const hundred = (count: number): string =>
  JSON.stringify({ keys: Array.from({ length: count }, () => ({ kty: 'EC' })) })

describe('RFC 7517 §5: a JWK set', () => {
  test('its members are handed on as they are, whatever its media type', async () => {
    expect(await load('{"keys":[{"kty":"EC"},null,1],"more":true}')).toEqual({
      set: setOf([{ kty: 'EC' } as unknown as JsonValue, null, 1]),
      maxAge: 7,
      bytes: 42,
    })
    expect((await load('{"keys":[]}')).set.members).toEqual([])
    expect((await load(hundred(100))).set.members).toHaveLength(100)
  })

  test.each(['{}', '{"keys":null}', '{"keys":{}}', '{"keys":"[]"}', '{"Keys":[]}', '{"kty":"EC"}', hundred(101)])(
    '%.40s is none',
    async (text) => {
      await expect(load(text)).rejects.toThrow(
        new LoadError('keys', 'GET https://as.test/jwks did not answer a JWK set of at most 100 keys'),
      )
    },
  )
})

test('the address is found out first, the document is loaded from there, and both within one budget', async () => {
  const { load, calls, budgets } = loaderIn({ uri: URI, documents: { [URI]: '{"keys":[1]}' } })
  await load()
  expect(calls).toEqual(['locate', URI])
  expect(budgets[0]).toBe(budgets[1])
})

describe('a jwks_uri that has moved', () => {
  test.each([301, 302, 307, 308, 404, 410])('is looked up again at once after %d, and followed', async (status) => {
    const documents = { [URI]: answered(status), [MOVED]: '{"keys":[1]}' }
    const { load, calls, budgets } = loaderIn({ uri: URI, latest: MOVED, documents })
    expect((await load()).set.members).toEqual([1])
    expect(calls).toEqual(['locate', URI, 'locate again', MOVED])
    expect(new Set(budgets).size).toBe(1)
  })

  test('that is said to be where it was is not asked again', async () => {
    const { load, calls } = loaderIn({ uri: URI, documents: {} })
    await expect(load()).rejects.toThrow('it answered 404')
    expect(calls).toEqual(['locate', URI, 'locate again'])
  })

  test('that is not there either fails with that answer', async () => {
    const documents = { [URI]: answered(404), [MOVED]: new LoadError('keys', 'the new one') }
    const { load, calls } = loaderIn({ uri: URI, latest: MOVED, documents })
    await expect(load()).rejects.toThrow('the new one')
    expect(calls).toEqual(['locate', URI, 'locate again', MOVED])
  })

  test.each<[string, string | Error]>([
    ['400', answered(400)],
    ['401', answered(401)],
    ['403', answered(403)],
    ['429', answered(429)],
    ['500', answered(500)],
    ['503', answered(503)],
    ['no answer', new LoadError('keys', 'GET https://as.test/jwks failed: ECONNREFUSED', { isTransient: true })],
    ['what is no set', '{}'],
  ])('is looked up again after the third failure in a row: %s', async (_, answer) => {
    const documents: Record<string, string | Error> = { [URI]: answer, [MOVED]: '{"keys":[1]}' }
    const { load, calls } = loaderIn({ uri: URI, latest: MOVED, documents })
    for (let i = 0; i < 3; i++) await expect(load()).rejects.toThrow(LoadError)
    expect(calls).toEqual(['locate', URI, 'locate', URI, 'locate', URI])
    expect((await load()).set.members).toEqual([1])
    expect(calls.slice(6)).toEqual(['locate again', MOVED])
    await load()
    expect(calls.slice(8)).toEqual(['locate', MOVED]) // a success begins the count anew
  })

  test('a bug is no answer', async () => {
    const documents = { [URI]: Object.assign(new RangeError('a bug'), { status: 404 }) }
    const { load, calls } = loaderIn({ uri: URI, documents })
    await expect(load()).rejects.toThrow('a bug')
    expect(calls).toEqual(['locate', URI])
  })
})
