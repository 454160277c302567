import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { Jwk } from './keys.js'

/** What an issuer does with a request for one of its documents. */
export type Behaviour =
  | {
      readonly does: 'answer'
      readonly status: number
      readonly headers: Record<string, string>
      readonly body: string | Uint8Array
    }
  | { readonly does: 'hang' }
  | { readonly does: 'hang after headers' }
  | { readonly does: 'drip' }
  | { readonly does: 'flood'; readonly bytes: number; readonly isAnnounced: boolean }
  | { readonly does: 'cut off'; readonly isAnnounced: boolean }
  | { readonly does: 'close' }
  | { readonly does: 'reset' }
  | { readonly does: 'refuse' }
  | { readonly does: 'distrusted' }

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
/** Sends a good status and headers, and then nothing. */
export const hangAfterHeaders: Behaviour = { does: 'hang after headers' }
/** Answers one byte every 50 ms, for ever. */
export const drip: Behaviour = { does: 'drip' }
/** Answers valid JSON of that size, chunked, without saying how long it will be. */
export const flood = (bytes: number, isAnnounced = false): Behaviour => ({ does: 'flood', bytes, isAnnounced })
/** Half a document, and then the connection ends. */
export const cutOff = (isAnnounced: boolean): Behaviour => ({ does: 'cut off', isAnnounced })
export const answer = (
  code: number,
  headers: Record<string, string> = {},
  body: string | Uint8Array = '',
): Behaviour => ({ does: 'answer', status: code, headers, body })
/** Few bytes that unpack to many. */
export const gzipBomb = (bytes: number): Behaviour =>
  answer(200, { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(bytes, ' ')))
export const corruptGzip: Behaviour = answer(200, { 'content-encoding': 'gzip' }, '{"keys":[]}')
/** Closes the connection without a word. */
export const close: Behaviour = { does: 'close' }
/** Resets the connection (RFC 9293 §3.5.2). */
export const reset: Behaviour = { does: 'reset' }
/** Nobody listens. */
export const refuse: Behaviour = { does: 'refuse' }
/** Shows a certificate of an authority that nobody knows. */
export const distrusted: Behaviour = { does: 'distrusted' }

export interface JwksServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string
  /** The paths asked for, in order. */
  readonly hits: readonly string[]
  serve(behaviours: Behaviours): void
  behaviourAt(path: string): Behaviour
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
    behaviourAt: (path) => current[path] ?? status(404),
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
    case 'hang after headers':
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
      return
    case 'drip':
      dripInto(response)
      return
    case 'flood':
      floodInto(response, behaviour)
      return
    case 'cut off':
      response.writeHead(200, behaviour.isAnnounced ? { 'content-length': '1000' } : {})
      response.write('{"keys":[', () => response.socket?.end())
      return
    case 'close':
      response.socket?.destroy()
      return
    case 'reset':
      ;(response.socket as Socket).resetAndDestroy()
      return
    case 'refuse':
    case 'distrusted':
      throw new Error('whoever asks has to be led elsewhere')
  }
}

function dripInto(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 50)
  response.on('close', () => clearInterval(timer))
}

function floodInto(response: ServerResponse, { bytes, isAnnounced }: { bytes: number; isAnnounced: boolean }): void {
  response.writeHead(200, { 'content-type': 'application/json', ...(isAnnounced && { 'content-length': `${bytes}` }) })
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
