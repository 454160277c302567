import type { Budget } from './deadline.js'
import { createExchange, type Fetch, LoadError, type Subject } from './exchange.js'
import { decodeJsonObject, type JsonObject } from './json.js'
import { nameOfUrl } from './url.js'

export type LoadJson = (url: string, budget: Budget) => Promise<LoadedJson>

export interface LoadedJson {
  readonly document: JsonObject
  /** How long the document is, after decompression. */
  readonly bytes: number
  readonly mediaType: string
  /** How long the server says that it may be kept, in seconds, if it says so. */
  readonly maxAge: number | undefined
}

const MAX_DEPTH = 16

/**
 * Makes the one way in which documents are fetched: a GET that answers a strict JSON object.
 *
 * @param attemptTimeout seconds for one exchange, from connecting to the last byte
 */
export function createJsonLoader(subject: Subject, fetch: Fetch, attemptTimeout: number): LoadJson {
  const exchange = createExchange(subject, fetch, attemptTimeout)
  return async (url, budget) => {
    const request = { method: 'GET', url, headers: { accept: 'application/json' } } as const
    const { body, mediaType, maxAge } = await exchange(request, budget)
    const document = decodeJsonObject(body, MAX_DEPTH)
    if (document === undefined)
      throw new LoadError(subject, `GET ${nameOfUrl(url)} failed: it did not answer one well-formed JSON object`)
    return { document, bytes: body.length, mediaType, maxAge }
  }
}
