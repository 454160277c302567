import { type Budget, isTimeout, startBudget, withDeadline } from '../lib/deadline.js'
import { LoadError } from '../lib/exchange.js'
import { createSlots, SlotsFull } from '../lib/slots.js'

/** Waits for a turn to ask an issuer that has never answered. Fails with a {@link LoadError}, as the asking does. */
export type FirstLoads = <T>(budget: Budget, load: (budget: Budget) => Promise<T>) => Promise<T>

const AT_ONCE = 10
const MAX_WAITING = 1000
const PATIENCE = 1000 // milliseconds; metadata and keys over new connections take less
const LOOK_EVERY = 100 // milliseconds

interface Turn {
  readonly since: number
  readonly controller: AbortController
}

/**
 * Of issuers that have never answered many may be down, and each of them would keep its turn until its time is over. So
 * one that has had a second gives up its turn as soon as another one waits: it has failed, for this time, and those
 * that answer are served.
 */
export function createFirstLoads(): FirstLoads {
  const slots = createSlots({ size: AT_ONCE, waiting: MAX_WAITING })
  const turns = new Set<Turn>()

  return async (budget, load) => {
    const looking = setInterval(endLongTurn, LOOK_EVERY)
    try {
      return await withDeadline(budget.remaining(), () =>
        slots.run(async () => {
          clearInterval(looking)
          const turn = { since: performance.now(), controller: new AbortController() }
          turns.add(turn)
          try {
            return await load(startBudget(budget.remaining() / 1000, turn.controller.signal))
          } finally {
            turns.delete(turn)
          }
        }, budget.remaining()),
      )
    } catch (error) {
      if (!(error instanceof SlotsFull) && !isTimeout(error)) throw error // a bug, or what the issuer has answered
      throw new LoadError('keys', 'Too many issuers are waiting to be asked for the first time', { isTransient: true })
    } finally {
      clearInterval(looking)
    }
  }

  /** The oldest one, for each who looks: those that would answer a moment later are not ended with it. */
  function endLongTurn(): void {
    const [oldest] = turns
    if (oldest === undefined || performance.now() - oldest.since < PATIENCE) return
    turns.delete(oldest)
    oldest.controller.abort(new DOMException('other issuers were waiting', 'TimeoutError'))
  }
}
