import { type Budget, pause } from './deadline.js'
import { LoadError } from './exchange.js'

const PAUSE = { least: 100, most: 300 } // milliseconds

/**
 * Repeats a request that failed for a reason which may be gone in a moment: a reset connection, a restart behind a load
 * balancer. Whoever waits for the document sees a pause in place of a failure.
 *
 * @param retries how often, after the first time
 * @param random from 0 to 1, so that many who failed together do not come back together
 */
export function withRetries<Request, Answer>(
  ask: Ask<Request, Answer>,
  retries: number,
  random: () => number,
): Ask<Request, Answer> {
  return async (request, budget) => {
    for (let left = retries; ; left--) {
      try {
        return await ask(request, budget)
      } catch (error) {
        const milliseconds = PAUSE.least + random() * (PAUSE.most - PAUSE.least)
        if (left === 0 || !isWorthRepeating(error, milliseconds) || isOver(budget, milliseconds)) throw error
        await pause(milliseconds)
      }
    }
  }
}

type Ask<Request, Answer> = (request: Request, budget: Budget) => Promise<Answer>

/** Nobody waits for what would come after the pause. */
function isOver(budget: Budget, milliseconds: number): boolean {
  return budget.signal?.aborted === true || budget.remaining() <= milliseconds
}

/** A server that asks to be left alone for longer is left alone (RFC 9110 §10.2.3). */
function isWorthRepeating(error: unknown, milliseconds: number): boolean {
  return error instanceof LoadError && error.isTransient && (error.retryAfter ?? 0) * 1000 <= milliseconds
}
