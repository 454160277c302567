import { importPublicKey } from '#signature'
import type { SkipReason } from '../events.js'
import { isObject, type JsonObject, type JsonValue } from '../lib/json.js'
import type { PublicKey } from '../lib/signature.js'
import { judgeJwk } from './jwk.js'

/** One usable key, ready for each algorithm that it may verify. */
interface Key {
  readonly kid: string | undefined
  readonly ready: ReadonlyMap<string, PublicKey>
}

/**
 * The usable keys of one JWK set (RFC 7517 §5). It never changes: a refresh makes a new one, and what hangs on the old
 * one goes with it.
 */
export interface KeySet {
  readonly keys: readonly Key[]
  /**
   * Every `kid` in the set, those of skipped keys included: for these, asking the issuer again would bring nothing new.
   */
  readonly kids: ReadonlySet<string>
  /** Tells whether two sets were made of the same keys. */
  readonly fingerprint: string
}

export type OnSkipped = (skipped: SkippedKey) => void

export interface SkippedKey {
  readonly kid: string | undefined
  readonly kty: string | undefined
  readonly why: SkipReason
}

const MAX_CANDIDATES = 4 // a bound on the signatures that one bad token can make us check
const MAX_KID_LENGTH = 256

/**
 * Imports what our policy and the runtime let pass, and reports the rest. The set may turn out empty; that is for the
 * caller to judge.
 */
export async function importKeySet(members: readonly JsonValue[], onSkipped: OnSkipped): Promise<KeySet> {
  const imported = await Promise.all(
    members.map(async (member): Promise<Key | undefined> => {
      const jwk = isObject(member) ? member : {}
      const verdict = judgeJwk(jwk)
      const key = 'algorithms' in verdict ? await importKey(jwk, verdict.algorithms) : undefined
      // A key that passed our judgement and not the import is one that this runtime does not know.
      const why = 'skipped' in verdict ? verdict.skipped : 'unsupported'
      if (key === undefined) onSkipped({ kid: printable(jwk['kid']), kty: printable(jwk['kty']), why })
      return key
    }),
  )
  const kids = members.map((member) => (isObject(member) ? stringOf(member['kid']) : undefined))
  return {
    keys: imported.filter((key) => key !== undefined),
    kids: new Set(kids.filter((kid) => kid !== undefined)),
    fingerprint: fingerprintOf(members),
  }
}

export function fingerprintOf(members: readonly JsonValue[]): string {
  return JSON.stringify(members)
}

/**
 * The keys that may have made a signature with this `alg` and `kid`: equal to the letter, at most four. A token without
 * `kid` may be of any key that fits its algorithm.
 */
export function candidatesIn({ keys }: KeySet, alg: string, kid: string | undefined): readonly PublicKey[] {
  const candidates: PublicKey[] = []
  for (const key of keys) {
    const ready = kid === undefined || key.kid === kid ? key.ready.get(alg) : undefined
    if (ready !== undefined && candidates.push(ready) === MAX_CANDIDATES) break
  }
  return candidates
}

/** The key is imported once for each algorithm: in WebCrypto a key is bound to one. */
async function importKey(jwk: JsonObject, algorithms: readonly string[]): Promise<Key | undefined> {
  // Only what makes the key: members like `ext` or a contradictory `key_ops` make some imports fail.
  const { kty, crv, n, e, x, y } = jwk
  try {
    const ready = await Promise.all(
      algorithms.map(
        async (alg) =>
          [alg, await importPublicKey({ kty, crv, n, e, x, y } as Parameters<typeof importPublicKey>[0], alg)] as const,
      ),
    )
    return { kid: stringOf(jwk['kid']), ready: new Map(ready) }
  } catch {
    return undefined // this runtime cannot use the key
  }
}

function stringOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value.length <= MAX_KID_LENGTH ? value : undefined
}

/** For logs, where a line feed would begin a line that nobody wrote. */
function printable(value: JsonValue | undefined): string | undefined {
  return stringOf(value)?.replaceAll(/[^\x20-\x7e]/g, '?')
}
