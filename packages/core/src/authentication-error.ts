import {
  descriptionFor,
  errorCodeFor,
  type Failure,
  type FailureKind,
  type FailureReason,
  statusFor,
} from './failure.js'

/** Field lines of the answer, by name; several lines of one name are an array, as Node's `setHeader` takes them. */
export type ResponseHeaders = Record<string, string | string[]>

/**
 * A refused request: everything that is needed to answer it, and nothing that must not be logged.
 *
 * `status` (and `statusCode`, its twin for Fastify) and `headers` are what Express, Fastify and Koa look for on an
 * error, so their own error handling answers correctly without help. `reason` is for your logs; it is not part of
 * {@link toResponse} and {@link toJSON}.
 *
 * @example
 * ```ts
 * import { AuthenticationError } from '@resource-server/core'
 *
 * function onError(error: unknown): Response {
 *   if (error instanceof AuthenticationError) return error.toResponse()
 *   throw error
 * }
 * ```
 */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError'
  readonly kind: FailureKind
  readonly reason: FailureReason
  readonly status: number
  readonly statusCode: number
  readonly headers: Readonly<ResponseHeaders>

  /** @internal Errors are made by the verifier. */
  constructor(failure: Failure, challenges: readonly string[]) {
    super(descriptionFor(failure.kind))
    this.kind = failure.kind
    this.reason = failure.reason
    this.status = statusFor(failure.kind)
    this.statusCode = this.status
    this.headers = headersFor(failure, challenges)
    // Where in our code a bad token was found is noise in a log, and Express sends the stack to the client in
    // development.
    this.stack = `${this.name}: ${this.message}`
  }

  /**
   * The complete answer as a web `Response`: status, challenge (RFC 6750 §3), `Cache-Control: no-store`, and
   * {@link toJSON} as its body.
   */
  toResponse(): Response {
    const headers = new Headers({ 'Content-Type': 'application/json' })
    for (const [name, lines] of Object.entries(this.headers)) {
      for (const line of typeof lines === 'string' ? [lines] : lines) headers.append(name, line)
    }
    return new Response(JSON.stringify(this), { status: this.status, headers })
  }

  /** What a client may see: the error code of RFC 6750 §3.1, if there is one, and a fixed sentence. */
  toJSON(): { error?: string; error_description: string } {
    const error = errorCodeFor(this.kind)
    return { ...(error !== undefined && { error }), error_description: this.message }
  }
}

function headersFor(failure: Failure, challenges: readonly string[]): Readonly<ResponseHeaders> {
  const headers: ResponseHeaders = { 'Cache-Control': 'no-store' }
  const [first, ...others] = challenges
  if (first !== undefined) headers['WWW-Authenticate'] = others.length === 0 ? first : [first, ...others]
  if (failure.kind === 'unavailable') headers['Retry-After'] = String(failure.retryAfter)
  return Object.freeze(headers)
}
