import { reject, rejectToken } from '../failure.js'
import { type Budget, isTimeout, startBudget, withDeadline } from '../lib/deadline.js'
import type { JsonValue } from '../lib/json.js'
import { LoadError } from '../lib/load-json.js'
import type { PublicKey } from '../lib/signature.js'
import { candidatesIn, fingerprintOf, importKeySet, type KeySet, type OnSkipped } from './key-set.js'
import type { LoadJwks } from './load-jwks.js'

/** Where the keys of one issuer come from. */
export interface KeySource {
  /**
   * The candidates for a signature. Rejects with `unknown_key` when the issuer has no such key, with `unavailable` when
   * it could not be asked.
   *
   * @param worthAsking whether an unknown `kid` in this token justifies a request to the issuer
   */
  find(alg: string, kid: string | undefined, worthAsking: () => boolean): Promise<readonly PublicKey[]>
}

/** All in seconds. */
export interface KeyTimes {
  /** A set younger than this is used without asking; an older one is fetched again first. */
  readonly maxAge: number
  /** How long past `maxAge` a set may still be used while it cannot be fetched. */
  readonly staleIfError: number
  /** The shortest time between two fetches for an unknown `kid`. */
  readonly cooldown: number
  /** How long a request waits for keys. */
  readonly timeout: number
}

export interface KeySourceContext {
  /** Asks the issuer for the members of its set, bounded in time; fails with a {@link LoadError}. */
  readonly load: LoadJwks
  readonly onSkipped: OnSkipped
  readonly onAttempt: (outcome: { ok: boolean; reason?: string; duration: number }) => void
  readonly times: KeyTimes
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** From 0 to 1, for the jitter of the back-off. */
  readonly random: () => number
}

const MIN_MAX_AGE = 60
const MAX_BACKOFF = 30

/** Keys that were given in the options: there is nobody to ask. */
export function createStaticKeySource(members: readonly JsonValue[], onSkipped: OnSkipped): KeySource {
  let set: Promise<KeySet> | undefined
  return {
    async find(alg, kid) {
      set ??= importKeySet(members, onSkipped)
      const candidates = candidatesIn(await set, alg, kid)
      return candidates.length > 0 ? candidates : unknownKey()
    },
  }
}

/**
 * Keys that are fetched from the issuer and kept. Everything happens on request, nothing by a timer, so a process that
 * was frozen or that waits to exit is never surprised.
 */
export function createRemoteKeySource({
  load,
  onSkipped,
  onAttempt,
  times,
  clock,
  random,
}: KeySourceContext): KeySource {
  let set: KeySet | undefined
  let loadedAt = 0
  let { maxAge } = times
  let lastForcedAt = Number.NEGATIVE_INFINITY
  let attempts = 0
  let failures = 0
  let lastError: LoadError | undefined
  let nextAttemptAt = 0
  let inFlight: Promise<void> | undefined

  return {
    async find(alg, kid, worthAsking) {
      const budget = startBudget(times.timeout)
      const attemptsBefore = attempts
      if (isStale()) await refresh() // an old set is used only if this fails, so a withdrawn key dies on time
      const hasJustAsked = attempts > attemptsBefore
      if (!hasJustAsked && isUnknown(kid) && worthAsking() && !(await endsWithin(budget, refreshForUnknownKid()))) {
        unavailable() // having waited for one fetch already, there is no time left for a second
      }
      if (set === undefined || ageOfSet() >= maxAge + times.staleIfError) unavailable()
      const candidates = candidatesIn(set, alg, kid)
      if (candidates.length > 0) return candidates
      // Whether there is such a key by now, only the issuer can say.
      if (isStale() || (isUnknown(kid) && failures > 0)) unavailable()
      return unknownKey()
    },
  }

  /**
   * Seconds. A clock that was set back makes no set young: an age below zero counts as too old for anything but a new
   * fetch.
   */
  function ageOfSet(): number {
    const age = (clock() - loadedAt) / 1000
    return set === undefined || age < 0 ? Number.POSITIVE_INFINITY : age
  }

  /** Whether the token names a key that the set does not have, so that there may be a newer set. */
  function isUnknown(kid: string | undefined): boolean {
    return kid !== undefined && !set?.kids.has(kid)
  }

  function isStale(): boolean {
    return ageOfSet() >= maxAge
  }

  /**
   * An unknown `kid` is cheap to invent: at most one fetch per cooldown, counted from its start, whoever asks and
   * however it ends.
   */
  async function refreshForUnknownKid(): Promise<void> {
    if (inFlight === undefined) {
      if (backingOff() || isWithin(times.cooldown, lastForcedAt)) return
      lastForcedAt = clock()
    }
    await refresh()
  }

  /** Fetches once for all who wait. Never fails: what came of it shows in the state. */
  function refresh(): Promise<void> {
    if (inFlight === undefined && backingOff()) return Promise.resolve()
    inFlight ??= attempt().finally(() => {
      inFlight = undefined
    })
    return inFlight
  }

  async function attempt(): Promise<void> {
    attempts++
    const startedAt = clock()
    try {
      const { members, maxAge: suggested = times.maxAge } = await load()
      // The same keys keep the same set, and with it everything that was worked out for it.
      if (fingerprintOf(members) !== set?.fingerprint) set = await importUsable(members)
      loadedAt = startedAt
      // The issuer may ask for less, but not for more: a week of max-age has locked users out for a week.
      maxAge = Math.min(times.maxAge, Math.max(suggested, MIN_MAX_AGE))
      failures = 0
      lastError = undefined
      onAttempt({ ok: true, duration: clock() - startedAt })
    } catch (error) {
      if (!(error instanceof LoadError)) throw error
      failures++
      lastError = error
      nextAttemptAt = clock() + backoff() * 1000
      onAttempt({ ok: false, reason: error.message, duration: clock() - startedAt })
    }
  }

  /** A set that is empty, or has nothing that we can use, does not replace a good one. */
  async function importUsable(members: readonly JsonValue[]): Promise<KeySet> {
    const imported = await importKeySet(members, onSkipped)
    if (imported.keys.length === 0) throw new LoadError('keys', 'The JWK set of the issuer has no usable key')
    return imported
  }

  /** 1, 2, 4 … 30 seconds, less by chance, so that many processes that failed together do not come back together. */
  function backoff(): number {
    return Math.max(1, random() * Math.min(2 ** (failures - 1), MAX_BACKOFF))
  }

  function backingOff(): boolean {
    return failures > 0 && secondsToNextAttempt() > 0
  }

  function secondsToNextAttempt(): number {
    const seconds = (nextAttemptAt - clock()) / 1000
    return seconds > MAX_BACKOFF ? 0 : seconds // only a clock that was set back makes it longer
  }

  function isWithin(seconds: number, since: number): boolean {
    const passed = (clock() - since) / 1000
    return passed >= 0 && passed < seconds
  }

  function unavailable(): never {
    const retryAfter = Math.max(1, Math.ceil(secondsToNextAttempt()))
    reject(
      { kind: 'unavailable', reason: lastError?.subject ?? 'keys', retryAfter },
      'the keys of the issuer could not be loaded',
      lastError,
    )
  }
}

async function endsWithin(budget: Budget, work: Promise<void>): Promise<boolean> {
  try {
    await withDeadline(budget.remaining(), () => work)
    return true
  } catch (error) {
    if (isTimeout(error)) return false
    throw error
  }
}

function unknownKey(): never {
  rejectToken('unknown_key', 'the issuer has no usable key with this kid for this alg')
}
