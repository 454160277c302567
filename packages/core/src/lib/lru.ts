/** A map that forgets. */
export interface Lru<V> {
  /** The value of this key, which is the most recently used one from now on. */
  get(key: string): V | undefined
  set(key: string, value: V): void
  /** Whether there was such a key. */
  delete(key: string): boolean
  readonly size: number
}

/** Makes a map of at most so many entries: one too many, and the least recently used one goes. */
export function createLru<V>(maxEntries: number): Lru<V> {
  const entries = new Map<string, V>() // in the order of use, the latest at the end

  function set(key: string, value: V): void {
    entries.delete(key)
    entries.set(key, value)
    if (entries.size > maxEntries) entries.delete(entries.keys().next().value!)
  }

  return {
    get(key) {
      if (!entries.has(key)) return undefined
      const value = entries.get(key)!
      set(key, value)
      return value
    },
    set,
    delete: (key) => entries.delete(key),
    get size() {
      return entries.size
    },
  }
}
