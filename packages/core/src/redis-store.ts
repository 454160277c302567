import { invalidOption, readMembers } from './invalid-option.js'
import type { Store } from './options/store.js'

/** The part of a client of the package `redis` that is used: `createClient()`, connected. */
export interface NodeRedisClient {
  sendCommand(args: string[]): Promise<unknown>
}

/** The part of a client of the package `ioredis` that is used. */
export interface IoRedisClient {
  call(command: string, ...args: string[]): Promise<unknown>
}

export interface RedisStoreOptions {
  /** Put before every key, where several applications share one Redis. Default: nothing. */
  readonly prefix?: string | undefined
}

/** A store on Redis. */
export interface RedisStore extends Store {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string, ttl: number): Promise<void>
  add(key: string, ttl: number): Promise<boolean>
}

/**
 * Makes a store, for `keys.store` and `introspection.cache.store`, of your own Redis client, which you connect and close.
 *
 * **Checks** that the client is one of `redis` or of `ioredis`. **Does not** connect, wait or repeat: a verifier waits for
 * a store a moment and then does without. So have the client fail at once while it is not connected, in place of queueing
 * commands: `disableOfflineQueue: true` for `redis`, `enableOfflineQueue: false` for `ioredis`. Clients of a cluster by
 * `redis` are called in another way, and are refused; those by `ioredis` fit.
 *
 * **Whoever can write to that Redis can have tokens of his own accepted**: guard it like the options.
 *
 * @throws `TypeError` with `code: 'ERR_INVALID_OPTION'` for any other client, and for a misspelt option
 * @example
 * ```ts
 * import { createVerifier } from '@resource-server/core'
 * import { redisStore } from '@resource-server/core/redis'
 * import { createClient } from 'redis'
 *
 * const client = createClient({ url: 'redis://127.0.0.1:6379', disableOfflineQueue: true })
 * client.on('error', (error) => console.error(error))
 * client.connect().catch(() => {}) // told by the event; a verifier does without until it is there
 *
 * export const verifier = createVerifier({
 *   issuer: 'https://as.example.com',
 *   audience: 'https://api.example.com',
 *   keys: { store: redisStore(client) },
 * })
 * ```
 */
export function redisStore(client: NodeRedisClient | IoRedisClient, options: RedisStoreOptions = {}): RedisStore {
  const send = commandsOf(client)
  const { prefix = '' } = readMembers(options, 'options', ['prefix'])
  if (typeof prefix !== 'string') throw invalidOption('options.prefix', 'a string', prefix)

  return {
    async get(key) {
      const reply = await send('GET', prefix + key)
      if (reply === null || typeof reply === 'string') return reply ?? undefined
      throw new TypeError('Redis did not answer a text; make the client answer strings')
    },

    async set(key, value, ttl) {
      await send('SET', prefix + key, value, 'EX', wholeSeconds(ttl))
    },

    async add(key, ttl) {
      // One command: of two processes that ask at once, one is told that it was first (SET … NX).
      return (await send('SET', prefix + key, '1', 'EX', wholeSeconds(ttl), 'NX')) === 'OK'
    },
  }
}

type Send = (command: string, ...args: string[]) => Promise<unknown>

function commandsOf(client: unknown): Send {
  const { call, sendCommand, masters } = (client ?? {}) as Partial<Record<'call' | 'sendCommand' | 'masters', unknown>>
  // Every function has a `call`. ioredis has a `sendCommand` too, which takes something else; so this comes first.
  if (typeof call === 'function' && typeof client !== 'function')
    return (...args) => (client as IoRedisClient).call(...args)
  if (typeof sendCommand === 'function' && masters === undefined)
    return (...args) => (client as NodeRedisClient).sendCommand(args)
  throw invalidOption('client', 'a client of redis or ioredis', client)
}

/** Redis refuses fractions, and a time that is no time at all. */
function wholeSeconds(ttl: number): string {
  return String(Math.max(1, Math.ceil(ttl)))
}
