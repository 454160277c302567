import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'

export interface TlsServer {
  readonly port: number
  /** How many have connected, even if they never asked for anything. */
  connections(): number
  /** How many connections are open. */
  open(): Promise<number>
  close(): Promise<void>
}

/** A real server on every interface that there is, so that whatever means this machine leads to it. */
export async function startTlsServer(
  certificate: { key: string; cert: string },
  listener: RequestListener,
): Promise<TlsServer> {
  let connections = 0
  const sockets = new Set<TLSSocket>()
  const server = createServer({ ...certificate, keepAliveTimeout: 60_000 }, listener)
  server.on('connection', () => connections++)
  server.on('secureConnection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => {
    server.listen(0, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    open: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy() // upgraded ones are not the server's any more
        server.closeAllConnections()
      }),
  }
}
