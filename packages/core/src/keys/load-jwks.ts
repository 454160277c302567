import type { Budget } from '../lib/deadline.js'
import { LoadError } from '../lib/exchange.js'
import type { JsonObject, JsonValue } from '../lib/json.js'
import type { LoadedJson, LoadJson } from '../lib/load-json.js'
import { nameOfUrl } from '../lib/url.js'
import type { KeySet, ReadKeySet } from './key-set.js'

/** Asks the issuer for its keys, once. Fails with a {@link LoadError}. */
export type LoadJwks = (budget: Budget) => Promise<LoadedJwks>

export interface LoadedJwks {
  readonly set: KeySet
  /** How long the issuer says that they may be kept, in seconds, if it says so. */
  readonly maxAge: number | undefined
  readonly bytes: number
}

/** Where the keys are. `isDoubted` says that they could not be had from the last answer. */
export type LocateJwks = (budget: Budget, isDoubted: boolean) => Promise<string>

const MAX_KEYS = 100
const DOUBTFUL = 3 // failures in a row

/**
 * Loads a JWK set (RFC 7517 §5) from where the issuer has it: found out, fetched, judged. One that moved meanwhile is
 * followed, within the same time: a `jwks_uri` that answers with a redirect or with nothing at all is looked up again at
 * once, one that fails otherwise after the third time.
 */
export function createJwksLoader(locate: LocateJwks, load: LoadJson, readKeySet: ReadKeySet): LoadJwks {
  let failures = 0

  return async (budget) => {
    const jwksUri = await locate(budget, failures >= DOUBTFUL)
    const loaded = await loadFrom(jwksUri, budget).catch(async (error: unknown) => {
      failures++
      if (!saysMoved(error)) throw error
      const latest = await locate(budget, true)
      if (latest === jwksUri) throw error
      return loadFrom(latest, budget)
    })
    failures = 0
    return loaded
  }

  async function loadFrom(jwksUri: string, budget: Budget): Promise<LoadedJwks> {
    const { document, maxAge, bytes }: LoadedJson = await load(jwksUri, budget)
    const members = membersOf(document)
    if (members === undefined)
      throw new LoadError('keys', `GET ${nameOfUrl(jwksUri)} did not answer a JWK set of at most ${MAX_KEYS} keys`)
    return { set: await readKeySet(members), maxAge, bytes }
  }
}

/** The members of a JWK set, or `undefined` when it is not one. */
export function membersOf({ keys }: JsonObject): readonly JsonValue[] | undefined {
  return Array.isArray(keys) && keys.length <= MAX_KEYS ? keys : undefined
}

/** RFC 9110 §15.4, §15.5.5 and §15.5.11. The redirect itself is not followed: whoever can send one could send us anywhere. */
function saysMoved(error: unknown): boolean {
  if (!(error instanceof LoadError) || error.status === undefined) return false
  return (error.status >= 300 && error.status < 400) || error.status === 404 || error.status === 410
}
