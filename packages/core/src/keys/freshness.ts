import type { KeySet } from './key-set.js'

/** All in seconds. */
export interface KeyTimes {
  /** A set younger than this is used without waiting for anyone; an older one is fetched again first. */
  readonly maxAge: number
  /** How long past `maxAge` a set may still be used while it cannot be fetched. */
  readonly staleIfError: number
  /** The shortest time between two fetches for an unknown `kid`. */
  readonly cooldown: number
  /** How long a request waits for keys. */
  readonly timeout: number
}

/** A key set and how long it may be used. Instants are milliseconds since the epoch. */
export interface CachedKeys {
  readonly set: KeySet
  readonly loadedAt: number
  /** From here on it is fetched again, ahead of time: nobody waits. */
  readonly refreshAt: number
  /** From here on it is fetched again first, so that a withdrawn key dies on time; if that fails it may be used. */
  readonly staleAt: number
  /** From here on it may not. */
  readonly unusableAt: number
}

export type Freshness = 'unloaded' | 'fresh' | 'due' | 'stale' | 'expired'

const MIN_MAX_AGE = 60
const AHEAD = 0.8 // of the age
const JITTER = 0.1 // of that, either way, so that processes that started together do not ask together

/**
 * @param loadedAt when the request for it began: what the issuer has withdrawn since, the set cannot know
 * @param suggestedMaxAge what the issuer says, in seconds. It may ask for less than our `maxAge`, but not for more: a
 * week of `max-age` has locked users out for a week
 */
export function cachedKeys(
  set: KeySet,
  loadedAt: number,
  suggestedMaxAge: number | undefined,
  { maxAge, staleIfError }: KeyTimes,
  random: () => number,
): CachedKeys {
  const age = Math.min(maxAge, Math.max(suggestedMaxAge ?? maxAge, MIN_MAX_AGE)) * 1000
  const staleAt = loadedAt + age
  const refreshAt = loadedAt + age * AHEAD * (1 - JITTER + 2 * JITTER * random())
  return { set, loadedAt, refreshAt, staleAt, unusableAt: staleAt + staleIfError * 1000 }
}

/** A clock that was set back makes no set young: an age below zero counts as too old. */
export function freshnessOf(keys: CachedKeys | undefined, now: number): Freshness {
  if (keys === undefined) return 'unloaded'
  if (now < keys.loadedAt || now >= keys.unusableAt) return 'expired'
  if (now >= keys.staleAt) return 'stale'
  return now >= keys.refreshAt ? 'due' : 'fresh'
}
