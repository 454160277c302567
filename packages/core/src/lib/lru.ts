/** So many entries: the one that was not used for longest makes room for a new one. */
export interface Lru<V> {
  readonly size: number
  get(key: string): V | undefined
  set(key: string, value: V): void
  delete(key: string): void
}

export function createLru<V>(maxEntries: number): Lru<V> {
  const entries = new Map<string, V>() // in the order of use

  return {
    get size() {
      return entries.size
    },
    get(key) {
      const value = entries.get(key)
      if (value !== undefined) this.set(key, value)
      return value
    },
    set(key, value) {
      entries.delete(key)
      entries.set(key, value)
      const [oldest] = entries.keys()
      if (entries.size > maxEntries) entries.delete(oldest!)
    },
    delete: (key) => void entries.delete(key),
  }
}
