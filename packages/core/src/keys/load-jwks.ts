import type { JsonObject, JsonValue } from '../lib/json.js'
import { LoadError, type LoadJson } from '../lib/load-json.js'

const MAX_KEYS = 100

/**
 * Makes the one attempt at an issuer's JWK set (RFC 7517 §5): find out where it is, fetch it, look whether it is one.
 *
 * @param timeout seconds for all of it, metadata included
 */
export function createJwksLoader(
  locate: (signal: AbortSignal) => Promise<{ readonly jwksUri: string }>,
  load: LoadJson,
  timeout: number,
): () => Promise<readonly JsonValue[]> {
  return async () => {
    const deadline = AbortSignal.timeout(timeout * 1000)
    const { jwksUri } = await locate(deadline)
    const { document } = await load(jwksUri, deadline)
    const members = membersOf(document)
    if (members === undefined)
      throw new LoadError('keys', `GET ${jwksUri} did not answer a JWK set of at most ${MAX_KEYS} keys`)
    return members
  }
}

/** The members of a JWK set, or `undefined` when it is not one. */
export function membersOf({ keys }: JsonObject): readonly JsonValue[] | undefined {
  return Array.isArray(keys) && keys.length <= MAX_KEYS ? keys : undefined
}
