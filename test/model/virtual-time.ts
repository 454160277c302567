import { vi } from 'vitest'

/** Makes every clock and every timer of this process one that only the functions below move. */
export function beginVirtualTime(now: number): void {
  vi.useFakeTimers({ now, toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
}

export function endVirtualTime(): void {
  vi.useRealTimers()
}

/** Time goes by until the work is done, from timer to timer. What needs no time takes none. */
export async function settle<T>(work: Promise<T>): Promise<T> {
  const progress = { isDone: false }
  const watched = work.finally(() => (progress.isDone = true))
  await everythingAtRest()
  while (!progress.isDone) {
    if (vi.getTimerCount() === 0) throw new Error('it waits for something that will never come')
    vi.advanceTimersToNextTimer()
    await everythingAtRest()
  }
  return watched
}

/** Time goes by, and everything happens when it is due. */
export async function advance(seconds: number): Promise<void> {
  const progress = { isDone: false }
  setTimeout(() => (progress.isDone = true), seconds * 1000)
  while (!progress.isDone) {
    vi.advanceTimersToNextTimer()
    await everythingAtRest()
  }
}

/** The process stands still while the world goes on, as on a platform that freezes what is not needed. */
export async function freeze(seconds: number): Promise<void> {
  await everythingAtRest()
  vi.setSystemTime(Date.now() + seconds * 1000)
}

/** Until nothing can go on without time going by: all that is waited for in here are promises and timers. */
export function everythingAtRest(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
