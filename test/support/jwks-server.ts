import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Jwk } from './keys.js'

/** What an issuer does with a request for one of its documents. */
export type Behaviour =
  | {
      readonly does: 'answer'
      readonly status: number
      readonly headers: Record<string, string>
      readonly body: string
    }
  | { readonly does: 'hang' }
  | { readonly does: 'drip' }
  | { readonly does: 'flood'; readonly bytes: number }
  | { readonly does: 'close' }

/** Behaviour by path; every other path is a 404. */
export type Behaviours = Readonly<Record<string, Behaviour>>

export const text = (body: string, contentType = 'application/json', status = 200): Behaviour => ({
  does: 'answer',
  status,
  headers: { 'content-type': contentType },
  body,
})
export const json = (document: unknown): Behaviour => text(JSON.stringify(document))
export const jwks = (keys: readonly unknown[]): Behaviour => json({ keys })
export const status = (code: number): Behaviour => text('{}', 'application/json', code)
export const redirect = (code: number, location: string): Behaviour => ({
  does: 'answer',
  status: code,
  headers: { location },
  body: '',
})
export const html: Behaviour = text('<!doctype html><title>Sign in</title>', 'text/html')
/** Accepts the request and never answers. */
export const hang: Behaviour = { does: 'hang' }
/** Answers one byte every 50 ms, for ever. */
export const drip: Behaviour = { does: 'drip' }
/** Answers valid JSON of that size, chunked, without saying how long it will be. */
export const flood = (bytes: number): Behaviour => ({ does: 'flood', bytes })
/** Closes the connection without a word. */
export const close: Behaviour = { does: 'close' }

export interface JwksServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string
  /** The paths asked for, in order. */
  readonly hits: readonly string[]
  serve(behaviours: Behaviours): void
  close(): Promise<void>
}

/** A real issuer on the loopback interface: it serves metadata and keys, well or badly, and counts who asks. */
export async function startJwksServer(
  behaviours: Behaviours = {},
  onHit: (path: string) => void = () => {},
): Promise<JwksServer> {
  let current = behaviours
  const hits: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    hits.push(path)
    onHit(path)
    behave(current[path] ?? status(404), response)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hits,
    serve: (changes) => {
      current = { ...current, ...changes }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function behave(behaviour: Behaviour, response: ServerResponse): void {
  switch (behaviour.does) {
    case 'answer':
      response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body)
      return
    case 'hang':
      return
    case 'drip':
      dripInto(response)
      return
    case 'flood':
      floodInto(response, behaviour.bytes)
      return
    case 'close':
      response.socket?.destroy()
      return
  }
}

function dripInto(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 50)
  response.on('close', () => clearInterval(timer))
}

function floodInto(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const padding = 'x'.repeat(64 * 1024)
  let left = bytes
  const pour = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= padding.length
      if (!response.write(padding)) return
    }
    if (left <= 0) response.end('","keys":[]}')
  }
  response.on('drain', pour)
  response.write('{"padding":"')
  pour()
}

/** A metadata document (RFC 8414 §2). */
export function metadata(issuer: string, changes: Jwk = {}): Behaviour {
  return json({ issuer, jwks_uri: `${issuer}/jwks`, ...changes })
}
