import { withDeadline } from '../lib/deadline.js'
import { type JsonObject, parseJsonObject } from '../lib/json.js'
import { createLru } from '../lib/lru.js'
import type { Store } from '../options/store.js'

/** Answers that are still good. It may always be empty, and never fails. */
export interface ResponseCache {
  read(token: string): Promise<JsonObject | undefined>
  /** @param askedAt when it was asked for, in milliseconds since the epoch: the token may have been revoked since */
  write(token: string, answer: JsonObject, askedAt: number): Promise<void>
}

export interface ResponseCacheContext {
  /** What an answer depends on beside the token: who was asked, where, by whom and how. */
  readonly scope: readonly string[]
  /** Seconds. */
  readonly maxAge: number
  readonly store: Store | undefined
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly onFailed: (operation: 'get' | 'set', cause: unknown) => void
}

interface Entry {
  readonly answer: JsonObject
  /** Milliseconds since the epoch. */
  readonly askedAt: number
  readonly goodUntil: number
}

const MAX_ACTIVE = 10_000
const MAX_INACTIVE = 1000 // a place of their own, so that made-up tokens push out no real ones
const MAX_AGE_INACTIVE = 10 // seconds: a token may be asked about before all of the server knows it
const MAX_LENGTH = 16 * 1024
const MAX_DEPTH = 16
const STORE_TIMEOUT = 500 // milliseconds
const STORE_PAUSE = 5000 // milliseconds for which a store that failed is left alone, lest every token wait for it

/**
 * Keeps answers under the SHA-256 of the token and all that the answer depends on, so that neither memory nor store
 * holds a token (RFC 7662 §4 and §5).
 */
export function createResponseCache({ scope, maxAge, store, clock, onFailed }: ResponseCacheContext): ResponseCache {
  const active = createLru<Entry>(MAX_ACTIVE)
  const inactive = createLru<Entry>(MAX_INACTIVE)
  let storeFailedAt: number | undefined

  return {
    async read(token) {
      const key = await keyOf(scope, token)
      // Both are looked at: what was active once may be known not to be any more.
      const entry = [active.get(key), inactive.get(key)].find((kept) => kept !== undefined && isGood(kept))
      if (entry !== undefined) return entry.answer
      const shared = await readShared(key)
      if (shared !== undefined) active.set(key, shared)
      return shared?.answer
    },

    async write(token, answer, askedAt) {
      if (answer['active'] !== true) {
        const goodUntil = askedAt + Math.min(maxAge, MAX_AGE_INACTIVE) * 1000
        inactive.set(await keyOf(scope, token), { answer: { active: false }, askedAt, goodUntil })
        return
      }
      const { exp } = answer
      const goodUntil = typeof exp === 'number' ? Math.min(askedAt + maxAge * 1000, exp * 1000) : askedAt
      const text = JSON.stringify({ askedAt, goodUntil, answer })
      const ttl = Math.ceil((goodUntil - clock()) / 1000)
      if (ttl <= 0 || text.length > MAX_LENGTH) return
      const key = await keyOf(scope, token)
      active.set(key, { answer, askedAt, goodUntil })
      await useStore('set', (shared) => shared.set(nameOf(key), text, ttl))
    },
  }

  /** A clock that was set back makes no answer good for longer: one from the future is none. */
  function isGood({ askedAt, goodUntil }: Entry): boolean {
    const now = clock()
    return askedAt <= now && now < goodUntil
  }

  /** No more is believed of the store than could have been written there, and no longer than our own `maxAge`. */
  async function readShared(key: string): Promise<Entry | undefined> {
    return useStore('get', async (shared) => {
      const text: unknown = await shared.get(nameOf(key))
      if (text === null || text === undefined) return undefined
      const entry = typeof text === 'string' && text.length <= MAX_LENGTH ? parseJsonObject(text, MAX_DEPTH) : undefined
      const { askedAt, goodUntil, answer } = (entry ?? {}) as {
        askedAt?: unknown
        goodUntil?: unknown
        answer?: JsonObject
      }
      if (typeof askedAt !== 'number' || typeof goodUntil !== 'number' || answer?.['active'] !== true)
        throw new TypeError('The entry of the store is not an answer that was written there')
      const found = { answer, askedAt, goodUntil: Math.min(goodUntil, askedAt + maxAge * 1000) }
      return isGood(found) ? found : undefined
    })
  }

  function isLeftAlone(): boolean {
    const since = storeFailedAt === undefined ? STORE_PAUSE : clock() - storeFailedAt
    return since >= 0 && since < STORE_PAUSE
  }

  /** A store that fails is one that is empty. */
  async function useStore<T>(
    operation: 'get' | 'set',
    use: (shared: Store) => T | PromiseLike<T>,
  ): Promise<T | undefined> {
    if (store === undefined || isLeftAlone()) return undefined
    const isProbe = storeFailedAt !== undefined
    if (isProbe) storeFailedAt = clock() // one is enough to see whether it is there again
    try {
      const found = await withDeadline(STORE_TIMEOUT, () => use(store))
      if (isProbe) storeFailedAt = undefined
      return found
    } catch (error) {
      if (isProbe || !isLeftAlone()) onFailed(operation, error) // and not once for each that was under way
      storeFailedAt = clock()
      return undefined
    }
  }
}

function nameOf(key: string): string {
  return `resource-server:introspection:${key}`
}

const utf8 = new TextEncoder()

async function keyOf(scope: readonly string[], token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', utf8.encode(JSON.stringify([...scope, token])))
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
}
