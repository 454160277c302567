import { Rejection, reject } from '../failure.js'
import { LoadError } from '../lib/exchange.js'
import { isObject, type JsonObject } from '../lib/json.js'
import type { VerifiedJwt } from '../verified-token.js'

export interface SignedResponseContext {
  readonly issuer: string
  readonly clientId: string
  /** Seconds. */
  readonly clockTolerance: number
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** Verifies the signature with the issuer's keys, or rejects as for an access token. */
  readonly verify: (text: string) => Promise<VerifiedJwt>
}

const TYPE = /^(?:application\/)?token-introspection\+jwt$/i
const MAX_AGE = 60 // seconds: older ones are answers to another question

/**
 * Reads a signed answer (RFC 9701 §5). Its type tells it from every other JWT of the issuer (an access token that says
 * `active` of itself, for one), `aud` from answers to others, `iat` from old ones; and only what is inside
 * `token_introspection` is about the token.
 */
export function createSignedResponseReader(context: SignedResponseContext): (text: string) => Promise<JsonObject> {
  const { issuer, clientId, clockTolerance, clock, verify } = context

  return async (text) => {
    const { header, claims } = await verify(text).catch(refused)
    const { typ } = header
    const { iss, aud, iat, token_introspection: answer } = claims
    const age = clock() / 1000 - Number(iat)
    if (typeof typ !== 'string' || !TYPE.test(typ)) refuse('its type is not token-introspection+jwt')
    if (iss !== issuer) refuse('its iss is not the issuer')
    if (!(Array.isArray(aud) ? aud : [aud]).includes(clientId)) refuse('its aud does not name the clientId')
    if (typeof iat !== 'number' || age < -clockTolerance || age > MAX_AGE + clockTolerance)
      refuse('its iat is not that of an answer given just now')
    if (!isObject(answer)) refuse('it has no token_introspection object')
    return answer
  }
}

/** The token is not to blame for an answer that cannot be verified. That keys cannot be had is told as it is. */
function refused(thrown: unknown): never {
  if (!(thrown instanceof Rejection)) throw thrown
  if (thrown.failure.kind !== 'unavailable') refuse(thrown.detail)
  reject(thrown.failure, thrown.detail, thrown.evidence)
}

function refuse(problem: string): never {
  throw new LoadError('introspection', `The signed answer of the introspection endpoint was refused: ${problem}`)
}
