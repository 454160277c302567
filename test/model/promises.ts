import type { VerifierEvent } from '@resource-server/core'
import type { Exchange, ModelIssuer } from './model-issuer.js'

/** All durations in milliseconds, as all instants. */
export interface Terms {
  /** The shorter of `maxAge` and what the issuer suggests. */
  readonly maxAge: number
  readonly staleIfError: number
  /** Between two requests for unknown `kid`s. */
  readonly cooldown: number
  /** After how much of its age a set is fetched again. */
  readonly ahead: number
  /** What chance makes of a back-off: 0 to 1. */
  readonly chance: number
  readonly retries: number
  /** Whether there is a store, from which keys may come without anyone being asked. */
  readonly isShared: boolean
  /** Keys that the verifier was given to begin with. */
  readonly seed: readonly string[]
}

export interface Request {
  readonly kid: string
  readonly startedAt: number
  readonly endedAt: number
  readonly outcome: string
  /** The process stood still while it waited. */
  readonly wasFrozen: boolean
  /** What was known when it began. */
  readonly before: Knowledge
  /** What was known when it ended. */
  readonly after: Knowledge
}

/** What the verifier can know by then. */
export interface Knowledge {
  readonly set: { readonly loadedAt: number; readonly kids: readonly string[] } | undefined
  readonly lastAttempt: Attempt | undefined
  /** When the issuer was last asked for an unknown `kid`. */
  readonly forcedAt: number
  readonly isBeingAsked: boolean
  /** There was a request before. */
  readonly isUsed: boolean
  readonly askedInVain: ReadonlyMap<string, number>
}

interface Attempt {
  readonly startedAt: number
  readonly endedAt: number
  readonly ok: boolean
  readonly isForced: boolean
  /** How many have failed in a row, this one included. */
  readonly failures: number
  /** How long the issuer is left alone after it. */
  readonly pause: number
}

const MEMORY = 60_000
const MAX_PAUSE = 30_000
const STILL_DOWN = 60_000
const TIMEOUT = 5000

/**
 * Follows one process from outside, by what it asks the issuer and what it tells, and holds it to what is promised.
 * Broken promises are thrown.
 */
export class Promises {
  readonly issuer: ModelIssuer
  readonly terms: Terms
  #set: Knowledge['set']
  #lastAttempt: Attempt | undefined
  #forcedAt = Number.NEGATIVE_INFINITY
  #isForcing = false
  /** What the issuer was asked in the attempt that is under way. */
  readonly exchanges: Exchange[] = []
  /** What was found where nobody could catch it. */
  #broken: unknown
  #failedAt: number[] = []
  #isUsed = false
  readonly #unanswered: { kid: string; startedAt: number }[] = []
  #askedInVain = new Map<string, number>()

  constructor(issuer: ModelIssuer, terms: Terms) {
    this.issuer = issuer
    this.terms = terms
  }

  knowledge(): Knowledge {
    return {
      set: this.#set,
      lastAttempt: this.#lastAttempt,
      forcedAt: this.#forcedAt,
      isBeingAsked: this.exchanges.length > 0,
      isUsed: this.#isUsed,
      askedInVain: new Map(this.#askedInVain),
    }
  }

  /** What it tells. */
  observe(event: VerifierEvent): void {
    try {
      this.#observe(event)
    } catch (error) {
      this.#broken ??= error // whoever emits events does not listen
    }
  }

  throwIfBroken(): void {
    if (this.#broken !== undefined) throw this.#broken
  }

  /** 3: the load on the issuer. */
  #observe(event: VerifierEvent): void {
    if (event.type === 'keys.forced' && event.outcome === 'allowed') {
      must(Date.now() - this.#forcedAt >= this.terms.cooldown, '3: two requests for unknown kids within one cooldown')
      this.#forcedAt = Date.now()
      this.#isForcing = true
    }
    if (event.type !== 'keys.fetch') return
    const previous = this.#lastAttempt
    const startedAt = Date.now() - event.ms
    const exchanges = this.exchanges.splice(0)
    must(exchanges.length >= 1, 'an attempt without a request')
    must(exchanges.length <= 1 + this.terms.retries, '3: more requests in one attempt than retries allow')
    const isForced = this.#isForcing && this.#forcedAt <= startedAt
    if (isForced) this.#isForcing = false
    const failures = event.ok ? 0 : (previous?.failures ?? 0) + 1
    const asksForMore = exchanges.at(-1)?.outage === 'answers 429'
    const pause = event.ok ? 0 : asksForMore ? MAX_PAUSE : this.#pauseAfter(failures)
    this.#lastAttempt = { startedAt, endedAt: Date.now(), ok: event.ok, isForced, failures, pause }
    if (previous !== undefined) this.#checkLoad(previous, this.#lastAttempt)
    if (isForced && event.ok) this.#recallUnanswered(startedAt)
    if (!event.ok) this.#failedAt.push(Date.now())
    else if (this.#set === undefined || startedAt >= this.#set.loadedAt) {
      const { kids } = exchanges.at(-1)!
      if (kids.join() !== this.#set?.kids.join()) this.#askedInVain.clear()
      this.#set = { loadedAt: startedAt, kids }
    }
  }

  /** A request that did not wait to the end may have led to a question all the same, and to its answer. */
  #recallUnanswered(askedAt: number): void {
    for (const { kid, startedAt } of this.#unanswered.splice(0))
      if (startedAt <= askedAt) this.#askedInVain.set(kid, askedAt)
  }

  #pauseAfter(failures: number): number {
    return Math.max(1000, this.terms.chance * Math.min(1000 * 2 ** (failures - 1), MAX_PAUSE))
  }

  #checkLoad(previous: Attempt, { startedAt, isForced }: Attempt): void {
    if (previous.ok && isForced) return
    const earliest = previous.ok ? previous.startedAt + this.terms.ahead : previous.endedAt + previous.pause
    must(
      startedAt >= earliest - 1,
      `3: asked ${(earliest - startedAt) / 1000} s too early after ${previous.ok ? 'a success' : 'a failure'}`,
    )
  }

  /** 1, 2, 4, 5, and whether it is 401 or 503. */
  check(request: Request): void {
    const { kid, startedAt, endedAt, outcome, wasFrozen } = request
    this.#isUsed = true
    if (outcome === 'unknown_key') this.#askedInVain.set(kid, endedAt)
    if (outcome === 'unavailable') this.#unanswered.push({ kid, startedAt })
    must(['accepted', 'unknown_key', 'unavailable'].includes(outcome), `an outcome of its own: ${outcome}`)
    const publication = this.issuer.publication(kid)
    if (outcome === 'accepted') {
      must(publication !== undefined, 'a key was accepted that was never published')
      this.#checkWithdrawn(request, publication!.until)
    }
    if (wasFrozen) return
    must(endedAt - startedAt <= TIMEOUT, `4: waited ${endedAt - startedAt} ms`)
    const isPublished = publication !== undefined && publication.from <= startedAt && publication.until > endedAt
    if (isPublished) this.#checkPublished(request)
    else if (outcome !== 'accepted') this.#checkRefusal(request)
  }

  #checkWithdrawn({ kid, endedAt, wasFrozen, before }: Request, withdrawnAt: number): void {
    const { maxAge, staleIfError, seed } = this.terms
    const couldKnow = before.isUsed && before.lastAttempt === undefined && !before.isBeingAsked
    if (seed.includes(kid) && before.set === undefined && !couldKnow) return // withdrawn or not, it is in the options
    const late = endedAt - withdrawnAt
    if (late < maxAge) return
    must(late < maxAge + staleIfError, `1: a key was accepted ${late / 1000} s after it was withdrawn`)
    const hasJustFailed = this.#failedAt.some((failedAt) => endedAt - failedAt <= STILL_DOWN)
    must(hasJustFailed || wasFrozen, `1: ${late / 1000} s after it was withdrawn, while the issuer can be reached`)
  }

  #checkPublished({ kid, startedAt, endedAt, outcome, before }: Request): void {
    const { maxAge, staleIfError, cooldown } = this.terms
    const { set, lastAttempt, forcedAt, isBeingAsked, askedInVain } = before
    if (set?.kids.includes(kid)) {
      if (endedAt < set.loadedAt + maxAge) {
        must(outcome === 'accepted', `2: a token of a cached key is ${outcome}`)
        must(endedAt === startedAt, `2: a token of a cached key has waited for ${endedAt - startedAt} ms`)
      }
      if (endedAt < set.loadedAt + maxAge + staleIfError)
        must(outcome === 'accepted', `5: a token of a known key is ${outcome}`)
    }
    const isFresh = set !== undefined && endedAt < set.loadedAt + maxAge
    const isLimited = startedAt - forcedAt < cooldown
    const isRemembered = startedAt - (askedInVain.get(kid) ?? Number.NEGATIVE_INFINITY) < MEMORY
    const isHeldBack =
      isLimited || isRemembered || (lastAttempt !== undefined && startedAt - lastAttempt.endedAt < lastAttempt.pause)
    const isPaused = lastAttempt?.ok === false && isHeldBack
    const hasTrouble = isPaused || isBeingAsked || this.issuer.wasDownWithin(startedAt, endedAt)
    if (outcome === 'unknown_key')
      must(isFresh && (isLimited || isRemembered), '2: a token of a published key is 401 without a reason')
    if (outcome === 'unavailable') must(hasTrouble, '2: a token of a published key is 503 without a reason')
  }

  /** 401 is said only by those who know, 503 only by those who do not. */
  #checkRefusal({ startedAt, endedAt, outcome, before, after }: Request): void {
    const hasFailed = after.lastAttempt?.ok === false
    const isFresh = after.set !== undefined && endedAt < after.set.loadedAt + this.terms.maxAge
    if (outcome === 'unknown_key')
      must((isFresh && !hasFailed) || this.terms.isShared, '401 from a verifier that cannot know')
    if (outcome === 'unavailable')
      must(
        hasFailed || before.isBeingAsked || this.issuer.wasDownWithin(startedAt, endedAt),
        '503 from a verifier that knows',
      )
  }
}

function must(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new Error(`Broken promise ${promise}`)
}
