import type { JsonValue } from '../lib/json.js'
import { candidatesIn, importKeySet, type KeySet, type OnSkipped } from './key-set.js'
import { type KeySource, unknownKey } from './key-source.js'

/** Keys that were given in the options: there is nobody to ask. */
export function createStaticKeySource(members: readonly JsonValue[], onSkipped: OnSkipped): KeySource {
  let importing: Promise<KeySet> | undefined
  let set: KeySet | undefined

  async function load(): Promise<KeySet> {
    importing ??= importKeySet(members, onSkipped)
    set = await importing
    return set
  }

  return {
    atHand(alg, kid) {
      const candidates = set && candidatesIn(set, alg, kid)
      return candidates?.length === 0 ? undefined : candidates
    },
    async find(alg, kid) {
      const keys = set ?? (await load())
      const candidates = candidatesIn(keys, alg, kid)
      return candidates.length > 0 ? candidates : unknownKey(keys.kids, kid)
    },
    load: async () => void (await load()),
    status: () => ({
      state: set === undefined ? 'unloaded' : 'fresh',
      keys: set?.keys.length ?? 0,
      age: undefined,
      lastError: set?.keys.length === 0 ? 'none of those given can be used here' : undefined,
      nextAttemptAt: undefined,
    }),
  }
}
