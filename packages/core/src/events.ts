import type { FailureKind, FailureReason } from './failure.js'

/** What `onEvent` is told. Events are for operators: they say why, and never hold a token, a claim or a secret. */
export type VerifierEvent = AuthenticationFailedEvent | KeysFetchEvent | KeySkippedEvent

/** A request was refused. */
export interface AuthenticationFailedEvent {
  readonly type: 'authentication.failed'
  readonly kind: FailureKind
  readonly reason: FailureReason
  /** One fixed sentence on what was wrong. */
  readonly detail: string
  /** What made the check impossible, for `unavailable`: the failed fetch, or what `isRevoked` threw. */
  readonly cause?: unknown
}

/** The keys of an issuer were asked for over the network. */
export interface KeysFetchEvent {
  readonly type: 'keys.fetch'
  readonly issuer: string
  readonly ok: boolean
  /** What went wrong, when `ok` is `false`. */
  readonly reason?: string
  /** Milliseconds. */
  readonly duration: number
}

/** A key of an issuer's set cannot be used. */
export interface KeySkippedEvent {
  readonly type: 'key.skipped'
  readonly issuer: string
  readonly kid: string | undefined
  readonly kty: string | undefined
  readonly why: SkipReason
}

/** `private`: the issuer has published a private or symmetric key. Treat it as stolen. */
export type SkipReason = 'malformed' | 'unsupported' | 'not_for_signatures' | 'private' | 'weak' | 'invalid_point'

export type Emit = (event: VerifierEvent) => void

/** Wraps the user's listener, so that one that throws or rejects never changes a verdict. */
export function createEmitter(onEvent: ((event: VerifierEvent) => unknown) | undefined): Emit {
  if (onEvent === undefined) return () => {}
  const tell = async (event: VerifierEvent): Promise<void> => void (await onEvent(event))
  return (event) => {
    tell(event).catch(() => {}) // the listener's own trouble
  }
}
