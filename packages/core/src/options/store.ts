/**
 * Where several processes share what they have been told, as text under a name: Redis, Workers KV, DynamoDB. For Redis
 * there is `redisStore` in `@resource-server/core/redis`.
 *
 * An entry counts as old as the answer that it came from, so sharing it lengthens nobody's trust; and it is judged like
 * an answer of the issuer. Keys that are unknown are asked of the issuer itself. A store that fails, or takes longer than
 * a second, is one that is empty. **Whoever can write to it can have tokens of his own accepted**: guard it like these
 * options.
 *
 * @example
 * ```ts
 * import { createVerifier } from '@resource-server/core'
 *
 * declare const kv: {
 *   get(key: string): Promise<string | null>
 *   put(key: string, value: string, options: { expirationTtl: number }): Promise<void>
 * }
 *
 * export const verifier = createVerifier({
 *   issuer: 'https://as.example.com',
 *   audience: 'https://api.example.com',
 *   keys: {
 *     store: {
 *       get: (key) => kv.get(key),
 *       set: (key, value, ttl) => kv.put(key, value, { expirationTtl: Math.max(60, ttl) }),
 *     },
 *   },
 * })
 * ```
 */
export interface Store {
  /** What was set under this key, if there is anything. */
  get(key: string): Found | PromiseLike<Found>
  /** @param ttl whole seconds after which the entry is of no use. May return a promise, which is waited for. */
  set(key: string, value: string, ttl: number): unknown
  /**
   * Remembers the key for `ttl` seconds unless it is there already, and says whether it was not: in one step, so that of
   * several who ask at once one is the first. Not needed for keys and answers about tokens.
   */
  add?(key: string, ttl: number): boolean | PromiseLike<boolean>
}

type Found = string | null | undefined
