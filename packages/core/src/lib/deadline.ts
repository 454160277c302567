/**
 * Settles as `work` does, or rejects with a `TimeoutError` after so many milliseconds. The signal tells `work` to stop;
 * the deadline holds even if it does not listen, as functions that users inject may not. The timer ends with the work,
 * so it never keeps a process alive.
 */
export async function withDeadline<T>(
  milliseconds: number,
  work: (signal: AbortSignal) => T | PromiseLike<T>,
): Promise<T> {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const timedOut = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const reason = new DOMException('timed out', 'TimeoutError')
      reject(reason)
      controller.abort(reason)
    }, milliseconds)
  })
  try {
    return await Promise.race([work(controller.signal), timedOut])
  } finally {
    clearTimeout(timer)
  }
}

export function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}

/** Time that several pieces of work share. */
export interface Budget {
  /** Milliseconds left. */
  remaining(): number
}

export function startBudget(seconds: number): Budget {
  const end = performance.now() + seconds * 1000
  return { remaining: () => end - performance.now() }
}
