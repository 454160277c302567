import { Rejection, reject, rejectToken } from '../failure.js'
import type { ClaimRules } from '../jwt/claims.js'
import { type Budget, startBudget, withDeadline } from '../lib/deadline.js'
import { LoadError } from '../lib/exchange.js'
import type { JsonObject } from '../lib/json.js'
import { createSingleFlight } from '../lib/single-flight.js'
import { createSlots, SlotsFull } from '../lib/slots.js'
import type { IntrospectedToken } from '../verified-token.js'
import { requireActive } from './active.js'
import type { ResponseCache } from './response-cache.js'

/** How one issuer is asked about its tokens. */
export interface Introspection {
  /** Which tokens it is asked about. */
  readonly tokens: 'opaque' | 'all'
  /** Whether its answers are signed, with the keys that sign its tokens. */
  readonly isSigned: boolean
  /** What its answers are held against: the issuer's rules, but for a profile of JWTs. */
  readonly rules: ClaimRules
  /** Rejects with `inactive` where the issuer does not vouch for the token, with `unavailable` where it cannot be asked. */
  lookUp(token: string): Promise<IntrospectedToken>
}

/** Asks once. Fails with a {@link LoadError}, or with whatever a function of the user throws. */
export type Ask = (token: string, budget: Budget) => Promise<JsonObject>

export interface IntrospectionContext {
  readonly issuer: string
  readonly ask: Ask
  readonly cache: ResponseCache | undefined
  /** Seconds that a token waits for an answer, its turn included. */
  readonly timeout: number
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

// Whoever sends made-up tokens makes us ask about each; this is how much of that the server has to bear.
const LIMITS = { size: 50, waiting: 10_000 }
const MAX_RETRY_AFTER = 60 // seconds
/** Seconds by which asking ends before waiting does, so that it can be told what went wrong. */
const MARGIN = 0.02

export function createLookUp({ issuer, ask, cache, timeout, clock }: IntrospectionContext): Introspection['lookUp'] {
  const slots = createSlots(LIMITS)
  const flights = createSingleFlight<JsonObject>()

  return async (token) => {
    requireForm(token)
    return requireActive(await flights(token, () => answerAbout(token)), issuer)
  }

  async function answerAbout(token: string): Promise<JsonObject> {
    const kept = await cache?.read(token)
    if (kept !== undefined) return kept
    const askedAt = clock()
    const answer = await inTurn(token).catch(unavailable)
    await cache?.write(token, answer, askedAt)
    return answer
  }

  /** Half of the time is for waiting, so that who has waited has as much for the answer. */
  function inTurn(token: string): Promise<JsonObject> {
    const budget = startBudget(timeout - MARGIN)
    return withDeadline(timeout * 1000, () => slots.run(() => ask(token, budget), budget.remaining() / 2))
  }
}

/** RFC 6750 §2.1: what could not come in a header is no token, whichever way it came, and nobody is asked about it. */
function requireForm(token: string): void {
  if (!/^[A-Za-z0-9._~+/-]+=*$/.test(token)) rejectToken('malformed', 'the token has characters that no token has')
}

/**
 * That the issuer cannot be asked says nothing about the token (RFC 7662 §2.3), and neither does it when it refuses us.
 */
function unavailable(error: unknown): never {
  // A signed answer is checked with the issuer's keys, and if they cannot be had that has been said already.
  if (error instanceof Rejection) reject(error.failure, error.detail, error.evidence)
  const retryAfter = error instanceof LoadError ? (error.retryAfter ?? 1) : 1
  reject(
    {
      kind: 'unavailable',
      reason: error instanceof LoadError && error.subject === 'metadata' ? 'metadata' : 'introspection',
      retryAfter: Math.min(Math.max(retryAfter, 1), MAX_RETRY_AFTER),
    },
    describe(error),
    { cause: error },
  )
}

function describe(error: unknown): string {
  if (error instanceof SlotsFull) return 'too many tokens are waiting to be looked up'
  const { subject, status } = error instanceof LoadError ? error : {}
  if (subject === 'introspection' && (status === 400 || status === 401 || status === 403))
    return 'the introspection endpoint refused the credentials of this API'
  return 'the token could not be looked up'
}
