import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RunningServer {
  readonly origin: string
  readonly stop: () => Promise<void>
}

/**
 * Listens first, on a free port unless one is given: an authorization server has to know its address before it can
 * answer.
 */
export async function serveOnLoopback(
  listenerFor: (origin: string) => RequestListener,
  wanted = 0,
): Promise<RunningServer> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(wanted, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  server.on('request', listenerFor(origin))

  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { origin, stop }
}
