import type { FailureKind, FailureReason } from './failure.js'

/**
 * What `onEvent` is told. Events are for operators: they say why, and never hold a token or a secret; of claims only
 * those that {@link AuthenticationFailedEvent.received} names.
 */
export type VerifierEvent = AuthenticationFailedEvent | KeysEvent | IntrospectionStoreEvent

/** How the keys of an issuer fare. Told when something changes or is tried, and not for every request. */
export type KeysEvent =
  | KeysFetchEvent
  | KeysChangedEvent
  | KeysStaleEvent
  | KeysForcedEvent
  | KeysStoreEvent
  | KeySkippedEvent

/** What can be shown of an expectation or of what came. */
export type Evidence = string | number | readonly string[]

/** A request was refused. */
export interface AuthenticationFailedEvent {
  readonly type: 'authentication.failed'
  readonly kind: FailureKind
  readonly reason: FailureReason
  /** One fixed sentence on what was wrong. `explain` makes a better one of the whole event. */
  readonly detail: string
  /** The trusted issuer that the token names, once it was found. */
  readonly issuer: string | undefined
  /** What would have been right, by your options, the issuer's keys or the clock (seconds since the epoch). */
  readonly expected: Evidence | undefined
  /**
   * What came instead: `alg`, `kid`, `typ`, `iss`, `aud`, `acr`, a time or the scopes of the token, and no other claim.
   * Mostly **a stranger wrote it**; it is printable and short, and still no label for a metric.
   */
  readonly received: Evidence | undefined
  /** Since when it has not been possible to ask the issuer, in milliseconds since the epoch, for `unavailable`. */
  readonly since: number | undefined
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

/** Your store of `introspection.cache` did not do what it should. The issuer is asked as if there were none. */
export interface IntrospectionStoreEvent {
  readonly type: 'introspection.store'
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
