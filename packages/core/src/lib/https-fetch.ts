import type { IncomingMessage } from 'node:http'
import { type Agent, request } from 'node:https'
import type { ByteStream, Fetch, FetchInit, FetchResponse } from './exchange.js'

/**
 * Makes a `fetch` on `node:https`, of which there is as much as is used here: https only, no redirects. The answer is
 * asked for without compression, and not decompressed.
 *
 * @param agent by default Node's own
 */
export function createHttpsFetch(agent?: Agent): Fetch {
  return (url, { method, headers, body, signal }: FetchInit) =>
    new Promise((resolve, reject) => {
      const target = new URL(url)
      const options = {
        ...(agent && { agent }),
        method,
        // As Node's `fetch` does: some firewalls refuse who does not say what it is.
        headers: { 'user-agent': 'node', ...headers, 'accept-encoding': 'identity' },
        signal,
      }
      const outgoing = request(target, options, (message) => resolve(responseOf(message)))
      outgoing.on('error', reject)
      // A server that switches protocols unasked is cut off without an error.
      outgoing.on('close', () => reject(new Error(`${target.hostname} did not answer the request`)))
      outgoing.end(body)
    })
}

/**
 * A `fetch` for Node that is there at once: the global one takes ten to twenty milliseconds to load when it is called for
 * the first time, most of what a process waits for that has just started and verifies its first token. For functions
 * that are started often; anywhere else the global one is as good.
 *
 * It does what a verifier asks of it and no more: https, no redirects, the certificates of Node (`NODE_EXTRA_CA_CERTS`
 * included). **Not** by way of it goes what hooks into the global `fetch`: proxies, interceptors and mocks, of undici for
 * instance. **Nor does it look where it connects**: do not use it where `issuer` is a function, which has a client of its
 * own that refuses private addresses.
 *
 * @throws (by its promise) whatever `node:https` reports; for a verifier, keys that could not be had
 * @example
 * ```ts
 * import { createVerifier } from '@resource-server/core'
 * import { httpsFetch } from '@resource-server/core/https'
 *
 * export const verifier = createVerifier({
 *   issuer: 'https://as.example.com',
 *   audience: 'https://api.example.com',
 *   fetch: httpsFetch,
 * })
 * ```
 */
export const httpsFetch: Fetch = createHttpsFetch()

function responseOf(message: IncomingMessage): FetchResponse {
  return {
    status: message.statusCode ?? 0,
    headers: { get: (name) => message.headersDistinct[name.toLowerCase()]?.join(', ') ?? null },
    body: streamOf(message),
  }
}

/** A chunk is taken when it is asked for, and nothing is read ahead of whoever counts the bytes. */
function streamOf(message: IncomingMessage): ByteStream {
  const chunks: AsyncIterator<unknown, undefined> = message[Symbol.asyncIterator]()
  const cancel = async (): Promise<void> => void message.destroy()
  return {
    getReader: () => ({ read: async () => readFrom(chunks), cancel }),
    cancel,
  }
}

async function readFrom(chunks: AsyncIterator<unknown, undefined>): Promise<{ done: boolean; value?: unknown }> {
  const { done = false, value } = await chunks.next()
  return { done, value }
}
