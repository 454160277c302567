import type { Server } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAuthority } from './authority.js'

// Places on the loopback interface where no keys can be had. Each is made once, and keeps no process alive.

let distrusted: Promise<string> | undefined

/**
 * An origin where nobody listens. A port that was free a moment ago would not do: the next server of another test may be
 * given it. Below 1024 nobody is given any.
 */
export function whereNobodyListens(): string {
  return 'http://127.0.0.1:2'
}

/** The origin of a server whose certificate nobody has reason to trust. */
export function whereNobodyTrusts(): Promise<string> {
  distrusted ??= (async () => {
    const authority = await createAuthority()
    const server = createServer(await authority.issue('127.0.0.1'))
    server.on('tlsClientError', () => {}) // whoever does not trust it hangs up
    server.unref()
    return `https://127.0.0.1:${await listen(server)}`
  })()
  return distrusted
}

async function listen(server: Pick<Server, 'listen' | 'address'>): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}
