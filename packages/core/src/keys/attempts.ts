import { type Budget, startBudget } from '../lib/deadline.js'
import { LoadError } from '../lib/exchange.js'

/** The attempts to get something from the issuer: one at a time, and after a failure a pause before the next. */
export interface Attempts {
  /** How many have failed since the last one that did not. */
  readonly failures: number
  readonly lastError: LoadError | undefined
  /** When the first of these failures was, in milliseconds since the epoch. */
  readonly failingSince: number | undefined
  /** Seconds until the next one may begin; 0 where there is no pause. */
  readonly pause: number
  /** The one that is under way. */
  readonly current: Promise<void> | undefined
  /**
   * Joins the attempt that is under way, or begins one, or does nothing during a pause. That it failed shows in the
   * state; only a bug rejects.
   */
  make(attempt: (budget: Budget) => Promise<void>): Promise<void>
  hasFailedWithin(seconds: number): boolean
}

export interface AttemptsContext {
  /** Seconds for one attempt. */
  readonly timeout: number
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** From 0 to 1. */
  readonly random: () => number
}

const MAX_PAUSE = 30 // seconds
const GRACE = 1000 // milliseconds
/** Seconds by which an attempt ends before the token that began it stops waiting, so that it is told what went wrong. */
const MARGIN = 0.02

interface Running {
  readonly budget: Budget
  readonly done: Promise<void>
}

export function createAttempts({ timeout, clock, random }: AttemptsContext): Attempts {
  let running: Running | undefined
  let failures = 0
  let lastError: LoadError | undefined
  let failingSince: number | undefined
  let failedAt = 0
  let nextAt = 0

  return {
    get failures() {
      return failures
    },
    get lastError() {
      return lastError
    },
    get failingSince() {
      return failingSince
    },
    get pause() {
      return pause()
    },
    get current() {
      return current()
    },

    make(attempt) {
      const underWay = current()
      if (underWay !== undefined) return underWay
      if (pause() > 0) return Promise.resolve()
      const budget = startBudget(timeout - MARGIN)
      const mine: Running = { budget, done: attempt(budget).then(succeeded, failed) }
      running = mine
      return mine.done

      function succeeded(): void {
        if (running !== mine) return
        running = undefined
        failures = 0
        lastError = undefined
        failingSince = undefined
      }

      function failed(error: unknown): void {
        const isLatest = running === mine
        if (isLatest) running = undefined
        if (!(error instanceof LoadError)) throw error
        if (!isLatest) return
        failures++
        lastError = error
        failedAt = clock()
        failingSince ??= failedAt
        nextAt = failedAt + pauseAfter(error) * 1000
      }
    },

    hasFailedWithin(seconds) {
      const since = (clock() - failedAt) / 1000
      return failures > 0 && since >= 0 && since < seconds
    },
  }

  /**
   * An attempt that should have ended long ago never will: some platforms stop, without a word, the promises and timers
   * that belong to a request which has been answered. It is not waited for any more.
   */
  function current(): Promise<void> | undefined {
    return running !== undefined && running.budget.remaining() > -GRACE ? running.done : undefined
  }

  /**
   * 1, 2, 4 … 30 seconds, less by chance, so that many processes that failed together do not come back together. An
   * issuer that asks for more gets it, up to the same limit: it should not be able to lock itself out for a day.
   */
  function pauseAfter({ retryAfter = 0 }: LoadError): number {
    const backoff = random() * Math.min(2 ** (failures - 1), MAX_PAUSE)
    return Math.max(1, backoff, Math.min(retryAfter, MAX_PAUSE))
  }

  function pause(): number {
    const seconds = failures === 0 ? 0 : (nextAt - clock()) / 1000
    return seconds > MAX_PAUSE ? 0 : Math.max(0, seconds) // only a clock that was set back makes it longer
  }
}
