import { type Budget, startBudget } from '../lib/deadline.js'
import { createSlots } from '../lib/slots.js'

/** Lets so many issuers at once be asked for something for the first time. */
export type FirstLoads = <T>(budget: Budget, load: (budget: Budget) => Promise<T>) => Promise<T>

const AT_ONCE = 10
const MAX_WAITING = 1000
const PATIENCE = 500 // milliseconds

/**
 * Of issuers that nobody has asked yet many may be down, and each of them would keep a place until its time is over.
 * So whoever has had his place for half a second gives it up as soon as another one waits for it: he failed, for this
 * time, and those that answer get their turn.
 */
export function createFirstLoads(): FirstLoads {
  const slots = createSlots({ size: AT_ONCE, waiting: MAX_WAITING })
  const holders = new Set<Holder>()
  let waiting = 0

  return async (budget, load) => {
    const holder: Holder = { since: 0, controller: new AbortController() }
    waiting++
    let isWaiting = true
    const arrive = (): void => {
      if (isWaiting) waiting--
      isWaiting = false
    }
    const timer = setInterval(giveUpSlow, PATIENCE / 5)
    try {
      return await slots.run(
        () => {
          arrive()
          holder.since = performance.now()
          holders.add(holder)
          return load(startBudget(budget.remaining() / 1000, holder.controller.signal))
        },
        AbortSignal.timeout(Math.max(0, budget.remaining())),
      )
    } finally {
      arrive()
      clearInterval(timer)
      holders.delete(holder)
    }
  }

  function giveUpSlow(): void {
    if (waiting === 0) return
    for (const { since, controller } of holders) {
      if (performance.now() - since >= PATIENCE)
        controller.abort(new DOMException('other issuers were waiting', 'TimeoutError'))
    }
  }
}

interface Holder {
  since: number
  readonly controller: AbortController
}
