/** Settles as the work that is under way for a key does, and starts it if there is none. */
export type SingleFlight<T> = (key: string, work: () => Promise<T>) => Promise<T>

/** Lets all who need the same thing at the same time share one piece of work, and its failure too. Nothing is kept. */
export function createSingleFlight<T>(): SingleFlight<T> {
  const underWay = new Map<string, Promise<T>>()
  return (key, work) => {
    const shared = underWay.get(key)
    if (shared !== undefined) return shared
    // The work begins after it is entered, or work that throws at once would be forgotten before, and then stay. The
    // promise that forgets is the one that is shared: one on the side would reject with nobody listening.
    const flight = Promise.resolve()
      .then(work)
      .finally(() => underWay.delete(key))
    underWay.set(key, flight)
    return flight
  }
}
