import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** A forward proxy as companies run it: it opens tunnels (RFC 9110 §9.3.6), and sees names, not contents. */
export interface ConnectProxy {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  /** The places that tunnels were asked for, in order. */
  readonly tunnels: readonly string[]
  /** What it does with the next requests. */
  behaves: 'opens tunnels' | 'hangs' | { readonly refusesWith: number }
  close(): Promise<void>
}

export interface ConnectProxyOptions {
  /** Where names lead, as `host:port` to a port on the loopback interface. Any other place is a bad gateway. */
  readonly routes: Readonly<Record<string, number>>
  /** What `Proxy-Authorization` must be. */
  readonly authorization?: string
}

export async function startConnectProxy({ routes, authorization }: ConnectProxyOptions): Promise<ConnectProxy> {
  const tunnels: string[] = []
  const open = new Set<Duplex>()
  const server = createServer((_request, response) => response.writeHead(405).end())
  server.on('connect', (request, client: Duplex) => {
    keep(client)
    const place = request.url ?? ''
    tunnels.push(place)
    const { behaves } = proxy
    if (behaves === 'hangs') return
    if (typeof behaves === 'object') return refuse(client, behaves.refusesWith)
    if (authorization !== undefined && request.headers['proxy-authorization'] !== authorization)
      return refuse(client, 407)
    const port = routes[place]
    if (port === undefined) return refuse(client, 502)
    const upstream = keep(connect(port, '127.0.0.1'))
    upstream.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.pipe(client).pipe(upstream)
    })
  })

  function keep<T extends Duplex | Socket>(socket: T): T {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    return socket
  }

  const port = await listen(server)
  const proxy: ConnectProxy = {
    url: `http://127.0.0.1:${port}`,
    tunnels,
    behaves: 'opens tunnels',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
        server.closeAllConnections()
      }),
  }
  return proxy
}

function refuse(client: Duplex, status: number): void {
  client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}
