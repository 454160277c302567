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

export async function startTlsIssuer(certificate: { key: string; cert: string }): Promise<TlsIssuer> {
  const hits: string[] = []
  const peers: number[] = []
  const documents: Record<string, unknown> = {
    '/.well-known/openid-configuration': { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` },
    '/jwks': { keys: [e1.jwk] },
  }
  const server = createServer(certificate, (request, response) => {
    hits.push(request.url ?? '')
    peers.push((request.socket as Socket).remotePort ?? 0)
    const document = documents[request.url ?? '']
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(document ?? {}))
  })
  server.on('tlsClientError', () => {}) // those who do not trust us hang up
  return { port: await listen(server), hits, peers, close: () => close(server) }
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
