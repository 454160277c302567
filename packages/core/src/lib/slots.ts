/** Turns to do some work. */
export interface Slots {
  /**
   * Does the work when there is a turn, in the order of asking.
   *
   * @param signal gives up waiting, and nothing else: what was begun ends by itself
   * @throws {@link SlotsFull} at once where too many wait already
   */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>
}

export class SlotsFull extends Error {
  override readonly name = 'SlotsFull'
}

/** @param size how many work at once @param waiting how many may wait for that */
export function createSlots({ size, waiting }: { readonly size: number; readonly waiting: number }): Slots {
  const queue = new Set<() => void>()
  let working = 0

  return {
    async run(work, signal) {
      signal?.throwIfAborted()
      if (working >= size) await turn(signal)
      else working++
      try {
        return await work()
      } finally {
        const [next] = queue
        if (next === undefined) working--
        else next() // whose turn it is now: the place does not become free in between
      }
    },
  }

  function turn(signal: AbortSignal | undefined): Promise<void> {
    if (queue.size >= waiting) throw new SlotsFull('too many are waiting')
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        queue.delete(go)
        reject(signal?.reason)
      }
      const go = (): void => {
        queue.delete(go)
        signal?.removeEventListener('abort', stop)
        resolve()
      }
      queue.add(go)
      signal?.addEventListener('abort', stop, { once: true })
    })
  }
}
