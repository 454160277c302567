import type { FailureKind, FailureReason } from '@resource-server/core'
import type { RequestSpec } from '../support/door.js'
import type { Behaviours } from '../support/jwks-server.js'
import type { Setup } from '../support/world.js'

/** One fact about the product, told as data and true at every door. */
export interface ConformanceCase {
  /** A sentence that begins with the clause. */
  readonly name: string
  /** The rows, rules and attacks it stands for. */
  readonly rules: readonly string[]
  /** The plain fixture unless said otherwise. */
  readonly setup?: Setup
  /** What has happened before, if only nothing. Such a case has a world of its own; others share one. */
  readonly before?: readonly Step[]
  readonly given: RequestSpec
  readonly expect: Expectation
  /** The outcome where several field lines of one name arrive as one value. */
  readonly expectWhenJoined?: Expectation
  /** The outcome where the guard does not know yet what the route needs. */
  readonly expectWhenAuthorizedLater?: Expectation
  /** Bytes that some platforms refuse before any of our code runs; where they let them through, `expect` holds. */
  readonly platformMayRefuse?: true
  /** The URLs asked for while answering; none unless said otherwise. */
  readonly outbound?: readonly string[]
  /** In place of `outbound`, where how many is not a promise. */
  readonly outboundAtMost?: number
  /** Seconds within which the answer comes, where it has to wait for somebody; 1 unless said otherwise. */
  readonly within?: number
}

export type Step =
  /** A request and the status that it gets. */
  | { readonly send: RequestSpec; readonly status: number }
  /** Time goes by. */
  | { readonly advance: number }
  /** An issuer changes its mind. */
  | { readonly serve: Behaviours; readonly at?: string }

export type Expectation = Granted | Anonymous | Refused | Failed

export interface Granted {
  readonly status: 200
  /** `sub` of the token that the handler was given. */
  readonly subject: string | undefined
  readonly clientId?: string
  readonly scopes?: readonly string[]
}

/** The handler ran, and knows that it knows nobody. */
export interface Anonymous {
  readonly status: 200
  readonly anonymous: true
}

export interface Refused {
  readonly status: 400 | 401 | 403 | 503
  readonly kind: FailureKind
  readonly reason: FailureReason
  readonly challenges: readonly string[]
  /** What `toResponse()` has to say. */
  readonly body: { readonly error?: string; readonly error_description: string }
}

/** A bug, ours or the application's, on its way through the framework. */
export interface Failed {
  readonly status: 500
}
