import { createServer as createPlainServer, type Server } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAuthority } from './authority.js'

// Places on the loopback interface where no keys can be had. Each is made once, and keeps no process alive.

let refusing: Promise<string> | undefined
let distrusted: Promise<string> | undefined

/** An origin where nobody listens. */
export function whereNobodyListens(): Promise<string> {
  refusing ??= (async () => {
    const server = createPlainServer()
    const port = await listen(server)
    await new Promise((resolve) => {
      server.close(resolve)
    })
    return `http://127.0.0.1:${port}`
  })()
  return refusing
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
