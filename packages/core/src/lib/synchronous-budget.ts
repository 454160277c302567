import { availableParallelism } from 'node:os'

/** How much work may still be done without letting anybody else have a turn. */
export interface SynchronousBudget {
  isSpent(): boolean
  spend(milliseconds: number): void
}

const MOST = 1.5 // milliseconds
const WORTH_COUNTING = MOST / 4

/**
 * Counts the time that synchronous work has taken from this turn of the event loop. Where there is only one core it is
 * never spent: another thread would take its time from this one.
 */
export function createSynchronousBudget(hasSpareCore: boolean = availableParallelism() > 1): SynchronousBudget {
  let spent = 0
  let isCounting = false
  return {
    isSpent: () => spent > MOST,
    spend(milliseconds) {
      if (!hasSpareCore) return
      spent += milliseconds
      // The turn ends with the next immediate. A token or two are not worth one: they are counted with what comes later.
      if (isCounting || spent < WORTH_COUNTING) return
      isCounting = true
      setImmediate(() => {
        spent = 0
        isCounting = false
      })
    },
  }
}
