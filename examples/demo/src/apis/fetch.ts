import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Verifier } from '@resource-server/core'
import { type RunningServer, serveOnLoopback } from '../loopback.js'

export function startFetchApi(verifier: Verifier): Promise<RunningServer> {
  const orders = verifier.protect({ scopes: ['read:orders'] }, (_request, accessToken) =>
    Response.json({ client: accessToken.subject }),
  )
  return serveOnLoopback((origin) => async (incoming, outgoing) => {
    await send(await orders(requestOf(incoming, origin)), outgoing)
  })
}

/** What a serverless platform does: hands a web Request in and writes the web Response out. The API only has GET. */
function requestOf(incoming: IncomingMessage, origin: string): Request {
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(incoming.headersDistinct)) {
    for (const value of values) headers.append(name, value)
  }
  return new Request(new URL(incoming.url ?? '/', origin), { method: incoming.method ?? 'GET', headers })
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, [...response.headers].flat())
  outgoing.end(await response.text())
}
