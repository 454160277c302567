import { importPublicKey } from '#signature'
import type { SkipReason } from '../events.js'
import { LoadError } from '../lib/exchange.js'
import { isObject, type JsonObject, type JsonValue } from '../lib/json.js'
import type { PublicKey } from '../lib/signature.js'
import { isSecret, judgeJwk } from './jwk.js'

/** One usable key, ready for each algorithm that it may verify. */
interface Key {
  readonly kid: string | undefined
  readonly ready: ReadonlyMap<string, PublicKey>
  /** The JWK as JSON, to tell whether two keys are the same one. */
  readonly text: string
}

/**
 * The usable keys of one JWK set (RFC 7517 §5). It never changes: a refresh makes a new one, and what hangs on the old
 * one goes with it.
 */
export interface KeySet {
  readonly keys: readonly Key[]
  /** For each `alg`, the keys that may have signed a token with this `kid`, or with none. */
  readonly candidates: ReadonlyMap<string, ReadonlyMap<string | undefined, readonly PublicKey[]>>
  /**
   * Every `kid` in the set, those of skipped keys included: for these, asking the issuer again would bring nothing new.
   */
  readonly kids: ReadonlySet<string>
  /** The members that the set was made of, but for those that nobody should have published. */
  readonly members: readonly JsonValue[]
}

/** Makes a set of members. Fails with a {@link LoadError} where none of them can be used. */
export type ReadKeySet = (members: readonly JsonValue[]) => Promise<KeySet>

export type OnSkipped = (skipped: SkippedKey) => void

export interface SkippedKey {
  readonly kid: string | undefined
  readonly kty: string | undefined
  readonly why: SkipReason
}

const MAX_CANDIDATES = 4 // a bound on the signatures that one bad token can make us check
const MAX_KID_LENGTH = 256

/**
 * Reads one version of a set after the other. The same members again are the same set, so what hangs on it (imported
 * keys) lives on; a set that cannot be used takes the place of none.
 */
export function createKeySetReader(onSkipped: OnSkipped): ReadKeySet {
  let last: KeySet | undefined
  let textOfLast: string | undefined
  return async (members) => {
    const text = JSON.stringify(members)
    if (last !== undefined && text === textOfLast) return last
    const set = await importKeySet(members, onSkipped, last)
    if (set.keys.length === 0) throw new LoadError('keys', 'The JWK set of the issuer has no usable key')
    last = set
    textOfLast = text
    return set
  }
}

/**
 * Imports what our policy and the runtime let pass, and reports the rest. The set may turn out empty.
 *
 * @param before a set whose keys live on where they are in this one too, and with them what is known of their tokens
 */
export async function importKeySet(
  members: readonly JsonValue[],
  onSkipped: OnSkipped,
  before?: KeySet,
): Promise<KeySet> {
  const known = new Map(before?.keys.map((key) => [key.text, key]))
  const judged = members.map((member) => {
    const jwk = isObject(member) ? member : {}
    return { member, jwk, verdict: judgeJwk(jwk) }
  })
  const imported = await Promise.all(
    judged.map(async ({ jwk, verdict }): Promise<Key | undefined> => {
      const key =
        'algorithms' in verdict
          ? (known.get(JSON.stringify(jwk)) ?? (await importKey(jwk, verdict.algorithms)))
          : undefined
      // A key that passed our judgement and not the import is one that this runtime does not know.
      const why = 'skipped' in verdict ? verdict.skipped : 'unsupported'
      if (key === undefined) onSkipped({ kid: printable(jwk['kid']), kty: printable(jwk['kty']), why })
      return key
    }),
  )
  const keys = imported.filter((key) => key !== undefined)
  return {
    keys,
    candidates: candidatesAmong(keys),
    kids: new Set(judged.map(({ jwk }) => stringOf(jwk['kid'])).filter((kid) => kid !== undefined)),
    members: judged.filter(({ verdict }) => !isSecret(verdict)).map(({ member }) => member),
  }
}

/** The `kid`s of the keys that are in one set and not in the other. A key replaced under its `kid` is in both lists. */
export function changesBetween(
  before: KeySet | undefined,
  after: KeySet,
): { added: readonly string[]; removed: readonly string[] } {
  return { added: namesOfMissing(before, after), removed: namesOfMissing(after, before) }
}

function namesOfMissing(from: KeySet | undefined, those: KeySet | undefined): readonly string[] {
  const known = new Set(from?.keys.map(({ text }) => text))
  const missing = those?.keys.filter(({ text }) => !known.has(text)) ?? []
  return missing.map(({ kid }) => printable(kid) ?? '(no kid)')
}

/**
 * The keys that may have made a signature with this `alg` and `kid`: equal to the letter, at most four. A token without
 * `kid` may be of any key that fits its algorithm.
 */
export function candidatesIn({ candidates }: KeySet, alg: string, kid: string | undefined): readonly PublicKey[] {
  return candidates.get(alg)?.get(kid) ?? NONE
}

const NONE: readonly PublicKey[] = []

function candidatesAmong(keys: readonly Key[]): KeySet['candidates'] {
  const candidates = new Map<string, Map<string | undefined, PublicKey[]>>()
  for (const { kid, ready } of keys) {
    for (const [alg, key] of ready) {
      const ofAlg = candidates.get(alg) ?? new Map<string | undefined, PublicKey[]>()
      candidates.set(alg, ofAlg)
      for (const name of new Set([kid, undefined])) {
        const named = ofAlg.get(name) ?? []
        if (named.length < MAX_CANDIDATES) ofAlg.set(name, [...named, key])
      }
    }
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
    return { kid: stringOf(jwk['kid']), ready: new Map(ready), text: JSON.stringify(jwk) }
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
