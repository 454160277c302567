import type { AuthenticationError } from './authentication-error.js'
import type { AuthenticationFailedEvent, Evidence } from './events.js'
import type { Rejection } from './failure.js'
import { LoadError } from './lib/exchange.js'
import { printable } from './lib/printable.js'

/** What the operator is told of a refusal. The one place where what a stranger wrote is made fit to be shown. */
export function failedEvent({ failure, detail, evidence }: Rejection, issuer?: string): AuthenticationFailedEvent {
  return {
    type: 'authentication.failed',
    kind: failure.kind,
    reason: failure.reason,
    detail,
    issuer,
    expected: printable(evidence.expected),
    received: printable(evidence.received),
    since: evidence.since,
    cause: evidence.cause,
  }
}

/** Beside the error and not in it: what logs or sends an error as a whole does not find it. */
const whys = new WeakMap<AuthenticationError, AuthenticationFailedEvent>()

export function rememberWhy(error: AuthenticationError, event: AuthenticationFailedEvent): void {
  whys.set(error, event)
}

/**
 * Answers the question "why was it refused?" in a plain sentence or two, with what was expected, what came and what to
 * do. **For operators**: it names your issuers, audiences and keys, and repeats what the token said of `iss`, `aud`,
 * `kid` and the like; never send it to a client. It never holds the token, its subject or any other claim.
 *
 * @param failure the error of a refused request, or the event that told of it
 * @example
 * ```ts
 * import { createVerifier, explain } from '@resource-server/core'
 *
 * export const verifier = createVerifier({
 *   issuer: 'https://as.example.com',
 *   audience: 'https://api.example.com',
 *   onEvent: (event) => {
 *     if (event.type === 'authentication.failed') console.warn(explain(event))
 *   },
 * })
 * ```
 */
export function explain(failure: AuthenticationError | AuthenticationFailedEvent): string {
  // In an error handler it is anything that was thrown, whatever its type says.
  const given = (failure ?? {}) as Partial<AuthenticationFailedEvent>
  const event =
    given.type === 'authentication.failed'
      ? (given as AuthenticationFailedEvent)
      : whys.get(given as AuthenticationError)
  if (event === undefined)
    return given.kind === undefined ? 'No request was refused by this.' : `${given.kind} ${given.reason}`
  const { reason, detail, issuer } = event
  const advice = adviceOn(event)
  return `${reason}: ${detail}${issuer === undefined ? '' : ` (issuer ${issuer})`}. ${advice}`
}

function adviceOn(event: AuthenticationFailedEvent): string {
  const { reason, expected, received } = event
  const differs = `Expected ${list(expected)}, got ${list(received)}.`
  switch (reason) {
    case 'no_credentials':
      return 'Send "Authorization: Bearer" and the token; if the client does, look for a proxy that removes it.'
    case 'unsupported_scheme':
      return received === undefined ? 'Write "Bearer" and a space before the token.' : `${differs} Use Bearer.`
    case 'malformed_credentials':
      return 'Send "Bearer", a space and one token; look for an empty variable, quotes or a second "Bearer".'
    case 'several_credentials':
      return 'Send one; look for a proxy that adds its own.'
    case 'malformed':
      return 'Mostly the token is opaque, because the client did not ask for the audience of this API, or was cut off. If your tokens are meant to be opaque, give the issuer introspection.'
    case 'algorithm':
      return `${differs} Allow it in the option algorithms, or change what the issuer signs with.`
    case 'type':
      return `${differs} Send the access token, not the ID token; or choose the profile that the issuer can fulfil.`
    case 'unknown_issuer':
      return adviceOnName(event, 'issuer')
    case 'audience':
      return adviceOnName(event, 'audience')
    case 'unknown_key':
      return `The token names the key ${list(received)}, the issuer has ${list(expected)}. Get a new token; if that fails too, the key was skipped (see key.skipped events) or the token is from another stage.`
    case 'signature':
      return `The token names the key ${list(received)}. If every token fails, the keys are those of another stage or from before a rotation; otherwise somebody has changed the token.`
    case 'expired':
      return adviceOnTime(event)
    case 'not_yet_valid':
      return adviceOnTime(event)
    case 'missing_claim':
      return 'Have the issuer put it into its access tokens, or choose a profile or audience: null that does without.'
    case 'inactive':
    case 'revoked':
      return 'Get a new token.'
    case 'unproven_confirmation':
      return 'Have the client ask for plain bearer tokens, since no proof is read here.'
    case 'missing_scope':
      return `${differs} Have the client ask for it, or name the claim that holds the scopes in scopeClaims.`
    case 'acr':
      return `${differs} The client must send the user back with acr_values.`
    case 'too_old':
      return adviceOnAge(event)
    case 'claim':
      return event.kind === 'forbidden'
        ? 'Values are compared to the letter, and 1 is not "1".'
        : 'It is the option claims of the issuer that asks for it. Values are compared to the letter, and 1 is not "1".'
    case 'check':
      return 'Only true, or a promise of it, passes.'
    case 'keys':
    case 'metadata':
    case 'introspection':
    case 'issuer':
      return adviceOnOutage(event)
    case 'revocation':
      return 'It threw, or took longer than 2 s; what it threw is the cause of the event.'
  }
}

/** The commonest mistake of all is a slash. */
function adviceOnName({ expected, received }: AuthenticationFailedEvent, option: string): string {
  const wanted = texts(expected)
  const came = texts(received)
  const differs = `Expected ${list(expected)}, got ${list(received)}.`
  const hint = (alike: (text: string) => string): boolean =>
    wanted.some((want) => came.some((name) => alike(want) === alike(name)))
  if (hint((text) => text.replace(/\/+$/, '')))
    return `${differs} They differ by a trailing slash: write the option ${option} as the token has it.`
  if (hint((text) => text.toLowerCase()))
    return `${differs} They differ in upper and lower case: write the option ${option} as the token has it.`
  return option === 'issuer'
    ? `${differs} Add it to the option issuer if you trust it; otherwise the token is from another tenant or stage.`
    : `${differs} Have the client ask for a token for this API, or add it to the option audience if it is one of its names.`
}

function adviceOnTime({ reason, expected: now, received: time }: AuthenticationFailedEvent): string {
  if (typeof now !== 'number' || typeof time !== 'number') return 'Get a new token.'
  const seconds = Math.abs(Math.round(now - time))
  const clocks = `It says ${dateOf(time)}, the clock here ${dateOf(now)}: ${seconds} s apart.`
  return reason === 'expired'
    ? `${clocks} Get a new token; if new ones are refused too, the clock here is ahead.`
    : `${clocks} Synchronise the clocks before you raise clockTolerance.`
}

function adviceOnAge({ expected, received: age }: AuthenticationFailedEvent): string {
  if (typeof age === 'number' && age < 0)
    return `It lies ${-age} s ahead of the clock here. Synchronise the clocks; no other login will help.`
  const came = age === undefined ? 'not said when' : `${list(age)} s`
  return `The user may have authenticated ${list(expected)} s ago at most, it was ${came}. The client must send the user back with max_age.`
}

function adviceOnOutage({ since, cause }: AuthenticationFailedEvent): string {
  const down = since === undefined ? '' : `The issuer could not be asked since ${new Date(since).toISOString()}. `
  return `${down}${whyOf(cause)} The token may be fine; see to the way to the issuer.`
}

/** What others have thrown may say anything, the token included, on many lines. */
function whyOf(cause: unknown): string {
  if (cause === undefined) return 'There was no answer in time.'
  return cause instanceof LoadError ? `${cause.message}.` : 'What was thrown is the cause of the event.'
}

function dateOf(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString()
}

function texts(value: Evidence | undefined): readonly string[] {
  if (value === undefined) return []
  return typeof value === 'object' ? value : [String(value)]
}

function list(value: Evidence | undefined): string {
  if (typeof value === 'number') return String(value)
  const shown = texts(value).map((text) => JSON.stringify(text))
  return shown.length === 0 ? 'nothing' : shown.join(', ')
}
