import type { Budget } from '../lib/deadline.js'
import { type Exchange, LoadError, type Received } from '../lib/exchange.js'
import { decodeJsonObject, type JsonObject } from '../lib/json.js'
import { withRetries } from '../lib/retries.js'
import { nameOfUrl } from '../lib/url.js'
import type { AuthenticateClient } from './client-authentication.js'
import type { Ask } from './introspection.js'

export interface EndpointContext {
  /** Where to ask. `isDoubted` says that there was nothing at the last answer. */
  readonly locate: (budget: Budget, isDoubted: boolean) => Promise<string>
  readonly exchange: Exchange
  /** How often a question that failed for a passing reason is asked again. */
  readonly retries: number
  readonly authenticate: AuthenticateClient
  /** For signed answers: reads the one that is there, or fails with a {@link LoadError}. */
  readonly readSigned: ((text: string) => Promise<JsonObject>) | undefined
}

const MAX_DEPTH = 16
const SIGNED = 'application/token-introspection+jwt' // RFC 9701 §4

/**
 * RFC 7662 §2.1. The token goes into the body: a query would end up in logs. A redirect is not followed, and with it
 * neither the token nor our credentials.
 */
export function createEndpointAsker(context: EndpointContext): Ask {
  const { locate, exchange, retries, authenticate, readSigned } = context
  let isDoubted = false
  const accepted = readSigned === undefined ? 'application/json' : SIGNED
  const post = withRetries(postOnce, retries, Math.random)

  return async (token, budget) => {
    const url = await locate(budget, isDoubted)
    const received = await post({ url, token }, budget).catch((error: unknown) => {
      isDoubted = saysMoved(error)
      throw error
    })
    isDoubted = false
    if (received.mediaType !== accepted) refuse(url, `it did not answer ${accepted}`) // a downgrade is no answer either
    if (readSigned !== undefined) return readSigned(new TextDecoder().decode(received.body))
    return decodeJsonObject(received.body, MAX_DEPTH) ?? refuse(url, 'it did not answer one well-formed JSON object')
  }

  /** With credentials of its own: a server may take an assertion but once (RFC 7523 §3). */
  async function postOnce({ url, token }: { url: string; token: string }, budget: Budget): Promise<Received> {
    const { headers, parameters } = await authenticate()
    return exchange(
      {
        method: 'POST',
        url,
        headers: { accept: accepted, 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams({ token, token_type_hint: 'access_token', ...parameters }).toString(),
      },
      budget,
    )
  }
}

function refuse(url: string, problem: string): never {
  throw new LoadError('introspection', `POST ${nameOfUrl(url)} failed: ${problem}`)
}

/** RFC 9110 §15.4, §15.5.5 and §15.5.11. */
function saysMoved(error: unknown): boolean {
  if (!(error instanceof LoadError) || error.status === undefined) return false
  return (error.status >= 300 && error.status < 400) || error.status === 404 || error.status === 410
}
