import type { EmitKeysEvent } from '../events.js'
import type { Budget } from '../lib/deadline.js'
import { LoadError } from '../lib/exchange.js'
import type { JsonValue } from '../lib/json.js'
import { type Attempts, createAttempts } from './attempts.js'
import { type CachedKeys, cachedKeys, type Freshness, freshnessOf, type KeyTimes } from './freshness.js'
import { changesBetween, type ReadKeySet } from './key-set.js'
import type { SharedKeyStore } from './key-store.js'
import type { LoadJwks } from './load-jwks.js'

/** The latest keys of one issuer, and how to get later ones. */
export interface KeyCache {
  /** The latest set, whether or not it may still be used. */
  readonly keys: CachedKeys | undefined
  /** When the set was asked for, in milliseconds since the epoch; of one that was given nobody knows. */
  readonly fetchedAt: number | undefined
  readonly attempts: Omit<Attempts, 'make'>
  /** How often the issuer itself was asked. */
  readonly asked: number
  freshness(): Freshness
  /** Imports the keys to begin with, if there are any. To be awaited before anything else. */
  open(): Promise<void>
  readonly isOpen: boolean
  /**
   * Asks for later keys, together with all who do so at the same time. That it failed shows in the state; only a bug
   * rejects.
   *
   * @param isForced not to be answered from the store, whose keys may be as old as ours
   */
  refresh(isForced: boolean): Promise<void>
}

export interface KeyCacheContext {
  readonly load: LoadJwks
  readonly readKeySet: ReadKeySet
  /** Keys to begin with, until the issuer has been asked. */
  readonly seed: readonly JsonValue[] | undefined
  readonly store: SharedKeyStore | undefined
  /** Told when other keys take the place of those that were there. */
  readonly onChanged: () => void
  readonly times: KeyTimes
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** From 0 to 1. */
  readonly random: () => number
  readonly emit: EmitKeysEvent
}

/**
 * Keeps the latest set and replaces it as a whole. Nothing is ever cleared first: what was good stays until there is
 * something better.
 */
export function createKeyCache(context: KeyCacheContext): KeyCache {
  const { load, readKeySet, seed, store, onChanged, times, clock, random, emit } = context
  const attempts = createAttempts({ timeout: times.timeout, clock, random })
  let keys: CachedKeys | undefined
  let fetchedAt: number | undefined
  let asked = 0
  let opening: Promise<void> | undefined
  let isOpen = false

  return {
    get keys() {
      return keys
    },
    get fetchedAt() {
      return fetchedAt
    },
    get asked() {
      return asked
    },
    attempts,
    freshness: () => freshnessOf(keys, clock()),
    open: () => (opening ??= plant()),
    get isOpen() {
      return isOpen
    },
    refresh: (isForced) =>
      attempts.make(isForced || store === undefined ? fetchKeys : (budget) => share(store, budget)),
  }

  /** Serves at once and asks the issuer at once: how old the keys in somebody's settings are, nobody knows. */
  async function plant(): Promise<void> {
    if (seed !== undefined) {
      const set = await readKeySet(seed).catch(nothingUsable)
      const now = clock()
      if (set !== undefined) replaceBy({ ...cachedKeys(set, now, undefined, times, random), refreshAt: now })
    }
    isOpen = true
  }

  async function fetchKeys(budget: Budget): Promise<void> {
    const startedAt = clock()
    const attempt = attempts.failures + 1
    asked++
    try {
      const { set, maxAge, bytes } = await load(budget)
      const fetched = cachedKeys(set, startedAt, maxAge, times, random)
      adopt(fetched)
      emit({ type: 'keys.fetch', ok: true, ms: clock() - startedAt, bytes, attempt })
      await store?.write({ set, loadedAt: startedAt, maxAge }, fetched.unusableAt, budget)
    } catch (error) {
      if (error instanceof LoadError)
        emit({ type: 'keys.fetch', ok: false, reason: error.message, ms: clock() - startedAt, attempt })
      throw error
    }
  }

  /** What another process has just fetched need not be fetched again; and if the issuer is down it is better than nothing. */
  async function share(from: SharedKeyStore, budget: Budget): Promise<void> {
    const shared = await from.read(ageless(fetchedAt), budget)
    const theirs = shared && cachedKeys(shared.set, shared.loadedAt, shared.maxAge, times, random)
    const freshness = freshnessOf(theirs, clock())
    if (theirs !== undefined && freshness === 'fresh') return adopt(theirs)
    try {
      await fetchKeys(budget)
    } catch (error) {
      if (theirs !== undefined && freshness !== 'expired' && error instanceof LoadError) adopt(theirs)
      throw error
    }
  }

  /** An answer that comes late, after that to a later question, is history. */
  function adopt(next: CachedKeys): void {
    if (next.loadedAt < ageless(fetchedAt)) return
    fetchedAt = next.loadedAt
    replaceBy(next)
  }

  /** An instant in the future, from before the clock was set back, is no reason to refuse a later one. */
  function ageless(instant: number | undefined): number {
    return instant === undefined || instant > clock() ? Number.NEGATIVE_INFINITY : instant
  }

  function replaceBy(next: CachedKeys): void {
    const before = keys?.set
    keys = next
    if (next.set === before) return
    onChanged()
    emit({ type: 'keys.changed', ...changesBetween(before, next.set) })
  }
}

function nothingUsable(error: unknown): undefined {
  if (!(error instanceof LoadError)) throw error
}
