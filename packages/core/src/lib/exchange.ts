import { type Budget, isTimeout, withDeadline } from './deadline.js'
import { nameOfUrl } from './url.js'

/** The part of `fetch` that is used. The global one fits, and so does undici's. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>

export interface FetchInit {
  readonly method: 'GET' | 'POST'
  readonly headers: Record<string, string>
  readonly body?: string
  readonly redirect: 'manual'
  readonly signal: AbortSignal
}

export interface FetchResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: ByteStream | null
}

/** What is used of a `ReadableStream`. Which one it is differs by library, and what it holds is seen when it is read. */
export interface ByteStream {
  getReader(): ByteReader
  cancel(): Promise<void>
}

interface ByteReader {
  read(): Promise<{ readonly done: boolean; readonly value?: unknown }>
  cancel(): Promise<void>
}

/** What is asked for, and how. */
export interface ExchangeRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Record<string, string>
  readonly body?: string
}

/** An answer with status 200, read to its end. */
export interface Received {
  /** After decompression. */
  readonly body: Uint8Array
  readonly mediaType: string
  /** How long the server says that it may be kept (RFC 9111 §5.2.2.1), in seconds, if it says so. */
  readonly maxAge: number | undefined
}

export type Exchange = (request: ExchangeRequest, budget: Budget) => Promise<Received>

/**
 * An answer could not be had. The message names the address and what was wrong, and holds nothing that the server
 * sent.
 */
export class LoadError extends Error {
  override readonly name = 'LoadError'
  readonly subject: Subject
  readonly status: number | undefined
  /** Whether the same request may well succeed a moment later. */
  readonly isTransient: boolean
  /** Seconds that the server asks to be left alone (RFC 9110 §10.2.3), if it does. */
  readonly retryAfter: number | undefined

  constructor(subject: Subject, message: string, { status, isTransient = false, retryAfter }: LoadErrorDetails = {}) {
    super(message)
    this.subject = subject
    this.status = status
    this.isTransient = isTransient
    this.retryAfter = retryAfter
  }
}

/** What was asked for. */
export type Subject = 'keys' | 'metadata' | 'introspection'

interface LoadErrorDetails {
  readonly status?: number | undefined
  readonly isTransient?: boolean
  readonly retryAfter?: number | undefined
}

/** Seconds for one exchange. Shorter ones have proved too tight in Lambda and behind NAT. */
export const ATTEMPT_TIMEOUT = 3

// A hundred keys with certificates fit. Counted after decompression, so a gzip bomb ends here too.
const MAX_BYTES = 256 * 1024

/**
 * Makes the one way in which others are asked: without redirects, bounded in time and size.
 *
 * @param attemptTimeout seconds for one exchange, from connecting to the last byte
 */
export function createExchange(subject: Subject, fetch: Fetch, attemptTimeout: number): Exchange {
  return async (request, budget) => {
    try {
      return await withDeadline(
        Math.min(attemptTimeout * 1000, budget.remaining()),
        (signal) => exchange(fetch, request, signal),
        budget.signal,
      )
    } catch (error) {
      const message = `${request.method} ${nameOfUrl(request.url)} failed: ${describe(error)}`
      // No answer at all is the network's doing, and may be another one's a moment later.
      throw new LoadError(subject, message, error instanceof BadAnswer ? error : { isTransient: true })
    }
  }
}

async function exchange(fetch: Fetch, { url, ...request }: ExchangeRequest, signal: AbortSignal): Promise<Received> {
  const response = await fetch(url, { ...request, redirect: 'manual', signal })
  if (response.status !== 200) {
    response.body?.cancel().catch(() => {})
    // A redirect is an answer like any other: whoever can send one could send us anywhere.
    throw new BadAnswer(`it answered ${response.status}, expected 200`, response)
  }
  return { body: await readBody(response, signal), mediaType: mediaTypeOf(response), maxAge: maxAgeOf(response) }
}

/** The server answered, but not with what is needed. */
class BadAnswer extends Error implements LoadErrorDetails {
  readonly status: number | undefined
  readonly isTransient: boolean
  readonly retryAfter: number | undefined

  /** @param response given only if its status is what is wrong */
  constructor(message: string, response?: FetchResponse) {
    super(message)
    this.status = response?.status
    this.isTransient = response !== undefined && isTransient(response.status)
    this.retryAfter = response && retryAfterOf(response)
  }
}

/** RFC 9110 §15.5.9 and §15.6, RFC 6585 §4: the request was good, the moment was not. */
function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

async function readBody(response: FetchResponse, signal: AbortSignal): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array()
  const reader = response.body.getReader()
  const stop = (): void => void reader.cancel().catch(() => {}) // or the connection stays open until the server is done
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return concat(chunks, size)
      if (!ArrayBuffer.isView(value)) throw new BadAnswer('its body is not one of bytes') // nor would its size be one
      size += value.byteLength
      if (size > MAX_BYTES) throw new BadAnswer(`it answered more than ${MAX_BYTES} bytes`)
      chunks.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
    }
  } catch (error) {
    stop()
    throw error
  }
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}

function mediaTypeOf(response: FetchResponse): string {
  return (response.headers.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase()
}

function maxAgeOf(response: FetchResponse): number | undefined {
  const maxAge = /(?:^|[ ,])max-age=(\d+)/i.exec(response.headers.get('cache-control') ?? '')?.[1]
  return maxAge === undefined ? undefined : Number(maxAge)
}

/** Whole seconds only: the other form is a date of a clock that is not ours. */
function retryAfterOf(response: FetchResponse): number | undefined {
  const seconds = /^\d{1,9}$/.exec(response.headers.get('retry-after') ?? '')?.[0]
  return seconds === undefined ? undefined : Number(seconds)
}

/**
 * Node's fetch says no more than "fetch failed"; the code that tells a refused connection from a bad certificate is in
 * its cause.
 */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  if (error instanceof BadAnswer) return error.message
  if (isTimeout(error)) return 'timed out'
  const { code } = (error.cause ?? error) as { code?: unknown }
  return [code, error.name].find(isIdentifier) ?? 'unknown error'
}

function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && /^\w{1,64}$/.test(value)
}
