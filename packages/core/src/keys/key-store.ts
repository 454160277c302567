import { type Budget, withDeadline } from '../lib/deadline.js'
import { type JsonValue, parseJsonObject } from '../lib/json.js'
import type { Store } from '../options/store.js'
import type { KeySet, ReadKeySet } from './key-set.js'
import { membersOf } from './load-jwks.js'

/** A key set as another process has fetched it. Its age counts from then, so sharing it lengthens nobody's trust. */
export interface SharedKeys {
  readonly set: KeySet
  /** Milliseconds since the epoch. */
  readonly loadedAt: number
  readonly maxAge: number | undefined
}

/** The user's store, as a place that may be empty, slow, broken or full of nonsense. Neither way ever fails. */
export interface SharedKeyStore {
  /** What is there, if it was fetched later than `after` and not in the future. */
  read(after: number, budget: Budget): Promise<SharedKeys | undefined>
  /** @param unusableAt from when on, in milliseconds since the epoch, the entry is of no use to anyone */
  write(keys: SharedKeys, unusableAt: number, budget: Budget): Promise<void>
}

export interface SharedKeyStoreContext {
  readonly store: Store
  /** What the keys are of. */
  readonly source: {
    readonly issuer: string
    readonly jwksUri?: string | undefined
    readonly metadataUrl?: string | undefined
  }
  readonly readKeySet: ReadKeySet
  readonly clock: () => number
  readonly onFailed: (operation: 'get' | 'set', cause: unknown) => void
}

const TIMEOUT = 1000 // milliseconds: a store that takes longer than the issuer is no help
const LEAST = 100 // for keys that came in the last moment: the slower the issuer, the more others need them
const MAX_LENGTH = 257 * 1024 // what an issuer may answer, and a little more
const MAX_DEPTH = 16

export function createSharedKeyStore({
  store,
  source: { issuer, jwksUri, metadataUrl },
  readKeySet,
  clock,
  onFailed,
}: SharedKeyStoreContext): SharedKeyStore {
  // Verifiers that find an issuer's keys at different places do not share them. Escaped, so that no two can be confused.
  const key = ['resource-server', 'keys', issuer, jwksUri ?? metadataUrl ?? ''].map(encodeURIComponent).join(':')

  return {
    async read(after, budget) {
      try {
        const text = await withDeadline(timeWithin(budget), () => store.get(key))
        return text === null || text === undefined ? undefined : await readEntry(text, after)
      } catch (error) {
        onFailed('get', error)
        return undefined
      }
    },

    async write({ set, loadedAt, maxAge }, unusableAt, budget) {
      try {
        const text = JSON.stringify({ loadedAt, maxAge, keys: set.members })
        const ttl = Math.ceil((unusableAt - clock()) / 1000)
        await withDeadline(Math.max(timeWithin(budget), LEAST), () => store.set(key, text, ttl))
      } catch (error) {
        onFailed('set', error)
      }
    },
  }

  /** Judged like an answer of the issuer: whoever can write here must not be able to do more than he could there. */
  async function readEntry(text: unknown, after: number): Promise<SharedKeys | undefined> {
    const entry = typeof text === 'string' && text.length <= MAX_LENGTH ? parseJsonObject(text, MAX_DEPTH) : undefined
    const members = entry && membersOf(entry)
    const { loadedAt, maxAge } = entry ?? {}
    if (members === undefined || typeof loadedAt !== 'number' || !isSeconds(maxAge))
      throw new TypeError(`The entry ${key} of the store is not a key set that was written there`)
    return loadedAt > after && loadedAt <= clock() ? { set: await readKeySet(members), loadedAt, maxAge } : undefined
  }
}

function timeWithin(budget: Budget): number {
  return Math.min(TIMEOUT, budget.remaining())
}

function isSeconds(value: JsonValue | undefined): value is number | undefined {
  return value === undefined || (typeof value === 'number' && value >= 0)
}
