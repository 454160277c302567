import { type Budget, startBudget } from '../lib/deadline.js'
import type { JsonObject, JsonValue } from '../lib/json.js'
import { LoadError, type LoadJson } from '../lib/load-json.js'
import { nameOfUrl } from '../lib/url.js'

export type LoadJwks = () => Promise<LoadedJwks>

export interface LoadedJwks {
  readonly members: readonly JsonValue[]
  /** How long the issuer says that they may be kept, in seconds, if it says so. */
  readonly maxAge: number | undefined
}

const MAX_KEYS = 100

/**
 * Makes the one attempt at an issuer's JWK set (RFC 7517 §5): find out where it is, fetch it, look whether it is one.
 *
 * @param timeout seconds for all of it, metadata included
 */
export function createJwksLoader(
  locate: (budget: Budget) => Promise<{ readonly jwksUri: string }>,
  load: LoadJson,
  timeout: number,
): LoadJwks {
  return async () => {
    const budget = startBudget(timeout)
    const { jwksUri } = await locate(budget)
    const { document, maxAge } = await load(jwksUri, budget)
    const members = membersOf(document)
    if (members === undefined)
      throw new LoadError('keys', `GET ${nameOfUrl(jwksUri)} did not answer a JWK set of at most ${MAX_KEYS} keys`)
    return { members, maxAge }
  }
}

/** The members of a JWK set, or `undefined` when it is not one. */
export function membersOf({ keys }: JsonObject): readonly JsonValue[] | undefined {
  return Array.isArray(keys) && keys.length <= MAX_KEYS ? keys : undefined
}
