export interface Slots {
  /**
   * Settles as `work` does, once a slot is free for it. Rejects with `SlotsFull` if too many wait already, or none has
   * come free in time.
   *
   * @param patience milliseconds to wait for a slot at most. Where slots are held for as long as anybody waits, it is to
   * be less than all the time there is: who gets one in his last moment asks for nothing, and leaves it to the next one
   * whose last moment it is
   */
  run<T>(work: () => Promise<T>, patience: number): Promise<T>
}

/** As much is under way as may be, and as much is waiting. */
export class SlotsFull extends Error {
  override readonly name = 'SlotsFull'

  constructor() {
    super('too much is under way and waiting already')
  }
}

/**
 * Bounds how much is done at once, and how much waits for it, first come, first served.
 *
 * @param limits `size`: how much is under way at most; `waiting`: how much waits at most
 */
export function createSlots({ size, waiting }: { readonly size: number; readonly waiting: number }): Slots {
  let free = size
  const queue = new Set<() => void>() // in the order of arrival, and whoever gives up is removed at once

  async function enter(patience: number): Promise<void> {
    if (free > 0) {
      free--
      return
    }
    if (queue.size >= waiting) throw new SlotsFull()
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        queue.delete(begin)
        reject(new SlotsFull())
      }, patience)
      const begin = (): void => {
        clearTimeout(timer)
        resolve()
      }
      queue.add(begin)
    })
  }

  /** Hands the slot to the next one: were it free for a moment, a newcomer could take it. */
  function leave(): void {
    const [next] = queue
    if (next === undefined) {
      free++
    } else {
      queue.delete(next)
      next()
    }
  }

  return {
    async run(work, patience) {
      await enter(patience)
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
