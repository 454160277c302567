import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { e1 } from '../support/keys.js'

/** An issuer behind TLS, as it is in a company's own network. */
export interface TlsIssuer {
  readonly port: number
  /** The paths asked for, in order. */
  readonly hits: readonly string[]
  /** The local ports of those who have asked: of a proxy, where there is one. */
  readonly peers: readonly number[]
  close(): Promise<void>
}

export const ISSUER = 'https://as.example.com'

/** @param issuerAt its identifier, by the port on which it listens */
export async function startTlsIssuer(
  certificate: { key: string; cert: string },
  issuerAt: (port: number) => string = () => ISSUER,
): Promise<TlsIssuer> {
  const hits: string[] = []
  const peers: number[] = []
  const server = createServer(certificate, (request, response) => {
    hits.push(request.url ?? '')
    peers.push((request.socket as Socket).remotePort ?? 0)
    const issuer = issuerAt(port)
    const document = {
      '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/jwks` },
      '/jwks': { keys: [e1.jwk] },
    }[request.url ?? '']
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(document ?? {}))
  })
  server.on('tlsClientError', () => {}) // those who do not trust us hang up
  const port = await listen(server)
  return { port, hits, peers, close: () => close(server) }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
