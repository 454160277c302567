import { type LookupAddress, type LookupAllOptions, lookup as lookUpName } from 'node:dns'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { Fetch, FetchInit, FetchResponse } from './exchange.js'
import { addressIn, isPublicAddress, PrivateAddressError } from './public-address.js'

/** The part of `lookup` of `node:dns` that is used. */
export type Lookup = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

const IDLE = 4000 // milliseconds; long enough for the next of a few requests in a row

/**
 * Makes a `fetch` for URLs that strangers may choose: https only, no redirects, and a connection to a public address or
 * none. Names are judged by what they resolve to for this very connection. Checked earlier, a name could lead to a
 * public address then and to a private one now (DNS rebinding).
 *
 * A proxy of the environment is not used: it would be the one who connects. The answer is asked for without compression,
 * and not decompressed.
 *
 * @param lookup how names are resolved, for tests
 */
export function createPublicFetch(lookup: Lookup = lookUpName): Fetch {
  // Not the global agent: its open connections were checked by nobody, and a request would travel on any of them. What
  // this lookup answered is what Node connects to, so there is no need to look at the socket's address afterwards.
  const agent = new Agent({ keepAlive: true, timeout: IDLE, lookup: publicOnly(lookup) })

  return async (url, { method, headers, body, signal }: FetchInit & { readonly body?: string }) => {
    const target = new URL(url)
    const address = addressIn(target) // Node looks up names only
    if (address !== undefined && !isPublicAddress(address)) throw new PrivateAddressError(address)
    return new Promise((resolve, reject) => {
      const options = {
        agent,
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
}

/** One private address among several refuses them all: which of them is connected to is not ours to say. */
function publicOnly(lookup: Lookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? []
      if (error) callback(error, [])
      else if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
        callback(new PrivateAddressError(hostname), [])
      else if (options.all === true) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

function responseOf(message: IncomingMessage): FetchResponse {
  return {
    status: message.statusCode ?? 0,
    headers: { get: (name) => message.headersDistinct[name.toLowerCase()]?.join(', ') ?? null },
    body: streamOf(message),
  }
}

/**
 * Not `Readable.toWeb()`, which reads ahead and pushes: a chunk after `cancel()` would throw there outside of any promise,
 * and end the process. Here a chunk is taken when it is asked for, and all that can throw is inside of `pull`.
 */
function streamOf(message: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array, undefined> = message[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value } = await chunks.next()
        if (value === undefined) controller.close()
        else controller.enqueue(value)
      },
      cancel() {
        message.destroy()
      },
    },
    { highWaterMark: 0 }, // nothing is read ahead of whoever counts the bytes
  )
}
