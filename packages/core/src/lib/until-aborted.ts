/**
 * Settles as `work` does, or rejects with the signal's reason once it aborts: functions that users inject may ignore the signal they are given,
 * and a deadline holds all the same.
 */
export async function untilAborted<T>(work: T | PromiseLike<T>, signal: AbortSignal): Promise<T> {
  let onAbort = (): void => {}
  const aborted = new Promise<never>((_, rejectNow) => {
    onAbort = () => rejectNow(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
