/** Does the work of a name once at a time: whoever asks while it is under way shares it, failure included. */
export type SingleFlight<T> = (name: string, work: () => Promise<T>) => Promise<T>

export function createSingleFlight<T>(): SingleFlight<T> {
  const underWay = new Map<string, Promise<T>>()

  return (name, work) => {
    const shared = underWay.get(name)
    if (shared !== undefined) return shared
    const mine = start(name, work)
    underWay.set(name, mine)
    return mine
  }

  async function start(name: string, work: () => Promise<T>): Promise<T> {
    try {
      await undefined // so that it is in the list before it can end
      return await work()
    } finally {
      underWay.delete(name)
    }
  }
}
