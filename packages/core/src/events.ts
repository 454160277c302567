import type { FailureKind, FailureReason } from './failure.js'

/** What `onEvent` is told. Events are for operators: they say why, and never hold a token, a claim or a secret. */
export type VerifierEvent = AuthenticationFailedEvent | KeysEvent

/** How the keys of an issuer fare. Told when something changes or is tried, and not for every request. */
export type KeysEvent =
  | KeysFetchEvent
  | KeysChangedEvent
  | KeysStaleEvent
  | KeysForcedEvent
  | KeysStoreEvent
  | KeySkippedEvent

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
  /** How long it took, in milliseconds, metadata and a second try included. */
  readonly ms: number
  /** The size of the key set that was answered, when `ok` is `true`. */
  readonly bytes?: number
  /** 1, or one more than how often it has failed in a row. */
  readonly attempt: number
}

/** Other keys of an issuer are in use than before: its first ones, or those after a rotation. */
export interface KeysChangedEvent {
  readonly type: 'keys.changed'
  readonly issuer: string
  /** The `kid`s. A key that was replaced under the same `kid` has been added and removed. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/**
 * `enter`: keys past their age are in use because the issuer cannot be asked. `exit`: not any more, since it has
 * answered, or since even that is over.
 */
export interface KeysStaleEvent {
  readonly type: 'keys.stale'
  readonly issuer: string
  readonly transition: 'enter' | 'exit'
  /** Seconds for which they may still be used, or might have been. 0 at `exit`: from now on tokens are answered 503. */
  readonly remaining: number
}

/**
 * `allowed`: an unknown `kid` makes us ask the issuer. `limited`: from now on, until the next `allowed`, another one
 * does not, because the `cooldown` is not over.
 */
export interface KeysForcedEvent {
  readonly type: 'keys.forced'
  readonly issuer: string
  readonly outcome: 'allowed' | 'limited'
}

/** Your store did not do what it should. Keys are fetched as if there were none. */
export interface KeysStoreEvent {
  readonly type: 'keys.store'
  readonly issuer: string
  readonly operation: 'get' | 'set'
  /** What it threw, or what was wrong with what it had. */
  readonly cause: unknown
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
/** For those who know of one issuer only. */
export type EmitKeysEvent = (event: WithoutIssuer<KeysEvent>) => void

type WithoutIssuer<Event> = Event extends unknown ? Omit<Event, 'issuer'> : never

/** Wraps the user's listener, so that one that throws or rejects never changes a verdict. */
export function createEmitter(onEvent: ((event: VerifierEvent) => unknown) | undefined): Emit {
  if (onEvent === undefined) return () => {}
  const tell = async (event: VerifierEvent): Promise<void> => void (await onEvent(event))
  return (event) => {
    tell(event).catch(() => {}) // the listener's own trouble
  }
}
