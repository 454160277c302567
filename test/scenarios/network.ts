import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * Host names that lead to servers on the loopback interface. Names and TLS are all that is replaced: requests, sockets and answers are real, and
 * what is configured is what would be configured in production.
 */
export interface Network {
  /** As the global one. A name that nobody serves leads nowhere. */
  fetch(url: string, init?: RequestInit): Promise<Response>
  /** Where a URL really leads. */
  addressOf(url: string): string
  serve(origin: string, listener: RequestListener): Promise<Host>
  close(): Promise<void>
}

export interface Host {
  /** Where it really listens. */
  readonly address: string
  /** Method and path of every request, in order. */
  readonly hits: readonly string[]
  fail(outage: Outage): Promise<void>
}

export type Outage = 'refuses connections' | 'answers 503' | 'never answers'

export function createNetwork(): Network {
  const addresses = new Map<string, string>()
  const closing: (() => Promise<void>)[] = []
  return {
    async fetch(url, init) {
      const { origin, pathname, search } = new URL(url)
      const address = addresses.get(origin)
      if (address === undefined)
        throw new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) })
      return globalThis.fetch(address + pathname + search, init)
    },
    addressOf(url) {
      const { origin, pathname, search } = new URL(url)
      const address = addresses.get(origin)
      if (address === undefined) throw new Error(`nobody serves ${origin}`)
      return address + pathname + search
    },
    async serve(origin, listener) {
      const { host, close } = await startHost(listener)
      addresses.set(origin, host.address)
      closing.push(close)
      return host
    },
    async close() {
      await Promise.all(closing.map((close) => close()))
    },
  }
}

async function startHost(listener: RequestListener): Promise<{ host: Host; close: () => Promise<void> }> {
  const hits: string[] = []
  let outage: Outage | undefined
  const server = createServer((request, response) => {
    hits.push(`${request.method} ${request.url}`)
    if (outage === 'answers 503') response.writeHead(503).end()
    else if (outage === undefined) listener(request, response)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  const fail = async (how: Outage): Promise<void> => {
    outage = how
    if (how === 'refuses connections') await close()
  }
  return { host: { address: `http://127.0.0.1:${port}`, hits, fail }, close }
}
