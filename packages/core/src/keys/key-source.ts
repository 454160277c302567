import { reject, rejectToken } from '../failure.js'
import { type Budget, endsWithin, startBudget } from '../lib/deadline.js'
import type { PublicKey } from '../lib/signature.js'
import { createKeyCache, type KeyCacheContext } from './key-cache.js'
import { candidatesIn } from './key-set.js'
import { createStalenessWatch } from './staleness.js'
import { createUnknownKids } from './unknown-kids.js'

/** Where the keys of one issuer come from. */
export interface KeySource {
  /** The candidates for a signature, if nobody has to be asked and waited for first. */
  atHand(alg: string, kid: string | undefined): readonly PublicKey[] | undefined
  /**
   * The candidates for a signature. Rejects with `unknown_key` when the issuer has no such key, with `unavailable` when
   * it could not be asked.
   *
   * @param worthAsking whether an unknown `kid` in this token justifies a request to the issuer
   */
  find(alg: string, kid: string | undefined, worthAsking: () => boolean): Promise<readonly PublicKey[]>
  /** Gets the latest keys before they are needed. That there are none shows in the status. */
  load(): Promise<void>
  /** What is known, without asking anyone. */
  status(): KeyStatus
}

export interface KeyStatus {
  /**
   * `fresh`: in use. `stale`: past their age and still in use, because the issuer cannot be asked. `expired`: too old to
   * be used. `unloaded`: never had any.
   */
  readonly state: 'unloaded' | 'fresh' | 'stale' | 'expired'
  /** How many usable keys the latest set has. */
  readonly keys: number
  /** Seconds since the latest set was fetched, by whichever process it was. */
  readonly age: number | undefined
  /** What went wrong with the latest attempt, if it failed. */
  readonly lastError: string | undefined
  /** Before this, in milliseconds since the epoch, nothing is fetched but for an unknown `kid`. */
  readonly nextAttemptAt: number | undefined
}

/** How recent the last failure must be for nobody to wait for the next attempt, in seconds: twice the longest pause. */
const STILL_DOWN = 60

/**
 * Decides, for each token, whether the keys at hand will do. Everything happens on request, nothing by a timer, so a
 * process that was frozen or that waits to exit is never surprised.
 */
export function createRemoteKeySource(context: Omit<KeyCacheContext, 'onChanged'>): KeySource {
  const { times, clock, emit } = context
  const unknownKids = createUnknownKids({
    cooldown: times.cooldown,
    clock,
    onForced: (outcome) => emit({ type: 'keys.forced', outcome }),
  })
  const cache = createKeyCache({ ...context, onChanged: () => unknownKids.forget() })
  const { attempts } = cache
  const staleness = createStalenessWatch(clock, emit)

  return {
    atHand(alg, kid) {
      if (!cache.isOpen || cache.keys === undefined) return undefined
      const candidates = candidatesIn(cache.keys.set, alg, kid)
      if (candidates.length === 0) return undefined
      if (cache.freshness() === 'fresh') {
        staleness.note(undefined)
        return candidates
      }
      const refresh = refreshFor(alg, kid)
      if (refresh === 'first') return undefined
      if (refresh === 'in the background') refreshInBackground()
      return select(alg, kid)
    },

    async find(alg, kid, worthAsking) {
      await cache.open()
      const budget = startBudget(times.timeout) // for all waiting together
      const { asked } = cache

      const refresh = refreshFor(alg, kid)
      if (refresh === 'in the background') refreshInBackground()
      if (refresh === 'first') await refreshWithin(budget)

      // There may be a newer set.
      if (isUnknown(kid) && worthAsking()) {
        if (!(await endsWithin(budget.remaining(), askFor(kid, asked)))) unavailable()
      }
      return select(alg, kid)
    },

    async load() {
      await cache.open()
      if (cache.freshness() !== 'fresh') await endsWithin(times.timeout * 1000, cache.refresh(false))
    },

    status() {
      const { keys, fetchedAt } = cache
      const freshness = cache.freshness()
      return {
        state: freshness === 'due' ? 'fresh' : freshness,
        keys: keys?.set.keys.length ?? 0,
        age: fetchedAt === undefined ? undefined : (clock() - fetchedAt) / 1000,
        lastError: attempts.lastError?.message,
        nextAttemptAt: attempts.failures > 0 ? clock() + attempts.pause * 1000 : keys?.refreshAt,
      }
    },
  }

  /** Whether to ask for later keys, and whether this token has to wait for the answer. */
  function refreshFor(alg: string, kid: string | undefined): 'not now' | 'in the background' | 'first' {
    switch (cache.freshness()) {
      case 'fresh':
        return 'not now'
      case 'due':
        return isAtHand(alg, kid) ? 'in the background' : 'first'
      case 'stale':
        // An old set is used only if this fails, so a withdrawn key dies on time. But where it has just failed, waiting
        // for the next failure, request after request, would be an outage of ours.
        return isAtHand(alg, kid) && attempts.hasFailedWithin(STILL_DOWN) ? 'in the background' : 'first'
      case 'unloaded':
      case 'expired':
        return 'first'
    }
  }

  async function refreshWithin(budget: Budget): Promise<void> {
    await endsWithin(budget.remaining(), cache.refresh(false))
    // The answer to a process that stood still while it was on its way is old when it comes.
    const isOld = cache.freshness() === 'stale' && attempts.failures === 0
    if (isOld) await endsWithin(budget.remaining(), cache.refresh(false))
  }

  function refreshInBackground(): void {
    cache.refresh(false).catch(() => {}) // only a bug, and whoever waits for keys next will meet it
  }

  /** @param asked how often the issuer had been asked when the token came */
  async function askFor(kid: string, asked: number): Promise<void> {
    // What is under way began earlier, and so perhaps before the key was published. Often it brings it all the same.
    while (isUnknown(kid) && attempts.current !== undefined) await attempts.current
    const wasAskedSince = cache.asked > asked
    if (!isUnknown(kid) || wasAskedSince || attempts.pause > 0 || !unknownKids.mayAsk(kid)) return
    await cache.refresh(true)
    if (isUnknown(kid) && attempts.failures === 0) unknownKids.remember(kid)
  }

  function select(alg: string, kid: string | undefined): readonly PublicKey[] {
    const { keys } = cache
    const freshness = cache.freshness()
    staleness.note(freshness === 'stale' ? keys?.unusableAt : undefined)
    if (keys === undefined || freshness === 'expired') unavailable()
    const candidates = candidatesIn(keys.set, alg, kid)
    if (candidates.length > 0) return candidates
    // Whether there is such a key by now, only the issuer can say.
    if (freshness === 'stale' || (isUnknown(kid) && attempts.failures > 0)) unavailable()
    return unknownKey(keys.set.kids, kid)
  }

  function isAtHand(alg: string, kid: string | undefined): boolean {
    return cache.keys !== undefined && candidatesIn(cache.keys.set, alg, kid).length > 0
  }

  /** Whether the token names a key that the set does not have. */
  function isUnknown(kid: string | undefined): kid is string {
    return kid !== undefined && !cache.keys?.set.kids.has(kid)
  }

  function unavailable(): never {
    const { lastError, pause } = attempts
    reject(
      { kind: 'unavailable', reason: lastError?.subject ?? 'keys', retryAfter: Math.max(1, Math.ceil(pause)) },
      'the keys of the issuer could not be loaded',
      { cause: lastError, since: attempts.failingSince },
    )
  }
}

export function unknownKey(kids: ReadonlySet<string>, kid: string | undefined): never {
  rejectToken('unknown_key', 'the issuer has no usable key with this kid for this alg', {
    expected: [...kids],
    received: kid,
  })
}
