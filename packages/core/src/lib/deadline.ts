/**
 * Settles as `work` does, or rejects with a `TimeoutError` after so many milliseconds; if there are none, no work begins.
 * The signal tells `work` to stop; the deadline holds even if it does not listen, as functions that users inject may not.
 * The timer ends with the work, so it never keeps a process alive.
 *
 * @param earlier ends it as well, with that signal's reason
 */
export async function withDeadline<T>(
  milliseconds: number,
  work: (signal: AbortSignal) => T | PromiseLike<T>,
  earlier?: AbortSignal,
): Promise<T> {
  earlier?.throwIfAborted()
  // Where many have waited for their turn until their time was over, all would still ask, and soon after give up.
  if (milliseconds <= 0) throw timedOut()
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let stop = (): void => {}
  const stopped = new Promise<never>((_, reject) => {
    const end = (reason: unknown): void => {
      reject(reason)
      controller.abort(reason)
    }
    timer = setTimeout(() => end(timedOut()), milliseconds)
    stop = () => end(earlier?.reason)
    earlier?.addEventListener('abort', stop)
  })
  try {
    return await Promise.race([work(controller.signal), stopped])
  } finally {
    clearTimeout(timer)
    earlier?.removeEventListener('abort', stop)
  }
}

function timedOut(): DOMException {
  return new DOMException('timed out', 'TimeoutError')
}

export function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}

/** Whether `work` has ended after so many milliseconds. If not it goes on, for others who wait for it. */
export async function endsWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  try {
    await withDeadline(Math.max(milliseconds, 1), () => work)
    return true
  } catch (error) {
    if (isTimeout(error)) return false
    throw error
  }
}

/** Settles as `work` does, or rejects with the signal's reason as soon as it is aborted. The work goes on. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted()
  let stop = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop)
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
}

/** Time that several pieces of work share. */
export interface Budget {
  /** Milliseconds left. */
  remaining(): number
  /** Ends it before its time. */
  readonly signal?: AbortSignal | undefined
}

export function startBudget(seconds: number, signal?: AbortSignal): Budget {
  const end = performance.now() + seconds * 1000
  return { remaining: () => end - performance.now(), signal }
}

/** A budget of its own, of half of what is left. */
export function halfOf(budget: Budget): Budget {
  return startBudget(budget.remaining() / 2000, budget.signal)
}
