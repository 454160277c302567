/**
 * Why a request is refused. `kind` says whose fault it is and decides the status; `reason` says what exactly was wrong
 * and is for operators only: it never goes on the wire.
 */
export type Failure =
  | { readonly kind: 'unauthenticated'; readonly reason: 'no_credentials' | 'unsupported_scheme' }
  | { readonly kind: 'invalid_request'; readonly reason: 'malformed_credentials' | 'several_credentials' }
  | { readonly kind: 'invalid_token'; readonly reason: InvalidTokenReason }
  | { readonly kind: 'insufficient_scope'; readonly reason: 'missing_scope'; readonly scopes: readonly string[] }
  | { readonly kind: 'forbidden'; readonly reason: 'claim' | 'check' }
  | {
      readonly kind: 'insufficient_user_authentication'
      readonly reason: 'acr' | 'too_old'
      /** All that the request needs, whichever of it was short. */
      readonly acrValues: readonly string[]
      /** Seconds. */
      readonly maxAge: number | undefined
      /** The scopes that it needs, if they are short as well. */
      readonly scopes: readonly string[]
    }
  | {
      readonly kind: 'unavailable'
      readonly reason: 'keys' | 'metadata' | 'introspection' | 'issuer' | 'revocation'
      /** Seconds after which trying again makes sense. */
      readonly retryAfter: number
    }

export type InvalidTokenReason =
  | 'malformed'
  | 'algorithm'
  | 'type'
  | 'unknown_issuer'
  | 'unknown_key'
  | 'signature'
  | 'expired'
  | 'not_yet_valid'
  | 'audience'
  | 'missing_claim'
  | 'claim'
  | 'inactive'
  | 'revoked'
  | 'unproven_confirmation'

export type FailureKind = Failure['kind']
export type FailureReason = Failure['reason']

/** RFC 6750 §3.1, RFC 9470 §3; 403 without a challenge and 503 are ours to choose. */
export function statusFor(kind: FailureKind): number {
  switch (kind) {
    case 'invalid_request':
      return 400
    case 'unauthenticated':
    case 'invalid_token':
    case 'insufficient_user_authentication':
      return 401
    case 'insufficient_scope':
    case 'forbidden':
      return 403
    case 'unavailable':
      return 503 // the token may be fine: with a 401 the client would throw it away
  }
}

/** The sentence that clients see. It never varies with the token, so it tells a stranger nothing. */
export function descriptionFor(kind: FailureKind): string {
  switch (kind) {
    case 'unauthenticated':
      return 'This request needs an access token'
    case 'invalid_request':
      return 'The request must carry exactly one well-formed Authorization header'
    case 'invalid_token':
      return 'The access token is malformed, expired, revoked or otherwise invalid'
    case 'insufficient_scope':
      return 'The access token does not have the scope that this request needs'
    case 'forbidden':
      return 'The access token does not permit this request'
    case 'insufficient_user_authentication':
      return 'This request needs a stronger or more recent authentication of the user'
    case 'unavailable':
      return 'The access token could not be checked, try again later'
  }
}

/**
 * The error code of RFC 6750 §3.1 or RFC 9470 §3. Without credentials there is none to report, and a plain 403 or a 503 is not the
 * token's fault.
 */
export function errorCodeFor(kind: FailureKind): string | undefined {
  switch (kind) {
    case 'invalid_request':
    case 'invalid_token':
    case 'insufficient_scope':
    case 'insufficient_user_authentication':
      return kind
    case 'unauthenticated':
    case 'forbidden':
    case 'unavailable':
      return undefined
  }
}

/** What an operator needs to see why. It may hold what a stranger wrote, as it came: see `printable`. */
export interface Evidence {
  readonly expected?: unknown
  readonly received?: unknown
  /** Since when it has been so, in milliseconds since the epoch. */
  readonly since?: number | undefined
  /** The error behind it. */
  readonly cause?: unknown
}

/**
 * What a stage throws to refuse. It never leaves `verifier.ts`, and it is not an `Error`: nobody reads its stack, and
 * taking one for every bad token would be a gift to whoever sends them.
 */
export class Rejection {
  readonly failure: Failure
  /** A fixed sentence for the operator; no token, no claim. */
  readonly detail: string
  readonly evidence: Evidence

  constructor(failure: Failure, detail: string, evidence: Evidence) {
    this.failure = failure
    this.detail = detail
    this.evidence = evidence
  }
}

export function reject(failure: Failure, detail: string, evidence: Evidence = {}): never {
  // oxlint-disable-next-line typescript/only-throw-error -- see Rejection
  throw new Rejection(failure, detail, evidence)
}

export function rejectToken(reason: InvalidTokenReason, detail: string, evidence?: Evidence): never {
  reject({ kind: 'invalid_token', reason }, detail, evidence)
}
