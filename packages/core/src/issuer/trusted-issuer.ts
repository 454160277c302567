import { rejectToken } from '../failure.js'
import type { Introspection } from '../introspection/introspection.js'
import type { ClaimRules } from '../jwt/claims.js'
import type { UnverifiedJwt } from '../jwt/parse.js'
import type { KeySource } from '../keys/key-source.js'
import { andThen, disown, type Soon } from '../lib/soon.js'
import type { SelectIssuer } from '../options.js'

/** An issuer whose tokens are accepted: its own rules, its own keys, its own state. */
export interface TrustedIssuer extends ClaimRules {
  readonly issuer: string
  readonly algorithms: ReadonlySet<string>
  readonly scopeClaims: readonly string[]
  readonly keys: KeySource
  readonly introspection: Introspection | undefined
}

export interface TrustedIssuers {
  /** Those that are known without asking anyone. */
  readonly listed: readonly TrustedIssuer[]
  /** One that is trusted now, as far as is known without asking anyone. */
  atHand(issuer: string): TrustedIssuer | undefined
  find(issuer: string): Soon<TrustedIssuer | undefined>
}

/**
 * Finds whose rules and keys a token is to be judged by: the issuer that it names, equal to the letter (RFC 9068 §4,
 * RFC 8725 §3.8). A name that is not listed leads nowhere: it is never asked for keys, metadata or anything else.
 */
export function findTrustedIssuer(
  issuers: TrustedIssuers,
  { unverifiedClaims: { iss } }: UnverifiedJwt,
): Soon<TrustedIssuer> {
  if (iss === undefined) rejectToken('missing_claim', 'iss is missing')
  if (typeof iss !== 'string') rejectToken('malformed', 'iss is not a string')
  return andThen(issuers.find(iss), orUnknown, issuers, iss)
}

function orUnknown(issuer: TrustedIssuer | undefined, issuers: TrustedIssuers, name: string): TrustedIssuer {
  return issuer ?? unknownIssuer(issuers, name)
}

/** Finds whom to ask about a token that does not say whose it is. */
export type FindIssuerOfOpaque = (token: string) => Promise<IntrospectingIssuer>

export type IntrospectingIssuer = TrustedIssuer & { readonly introspection: Introspection }

/** @returns `undefined` where there is nobody to ask, and so no opaque token */
export function createFinderOfOpaque(
  issuers: TrustedIssuers,
  select: SelectIssuer | undefined,
): FindIssuerOfOpaque | undefined {
  const only = issuers.listed.find(canBeAsked)
  if (select === undefined) return only && (async () => only)
  return async (token) => {
    const name = nameFrom(select, token)
    if (name === undefined) rejectToken('unknown_issuer', 'selectIssuer said that the token is nobody’s')
    const issuer = (await issuers.find(name)) ?? unknownIssuer(issuers, name)
    if (canBeAsked(issuer)) return issuer
    return rejectToken('malformed', 'the token is no JWT, and its issuer has no introspection')
  }
}

/** What it throws is a bug, and must look like one: its own status, headers and words are none of the answer's. */
function nameFrom(select: SelectIssuer, token: string): string | undefined {
  let name: unknown
  try {
    name = select(token)
  } catch (cause) {
    throw new Error('selectIssuer threw', { cause })
  }
  if (name === undefined || typeof name === 'string') return name
  disown(name)
  throw new TypeError('selectIssuer must return the name of an issuer, or undefined')
}

/** Whether even a JWT of this issuer is not believed before the issuer has been asked. */
export function isAskedAboutAll(issuer: TrustedIssuer): issuer is IntrospectingIssuer {
  return issuer.introspection?.tokens === 'all'
}

function canBeAsked(issuer: TrustedIssuer): issuer is IntrospectingIssuer {
  return issuer.introspection !== undefined
}

function unknownIssuer({ listed }: TrustedIssuers, name: string): never {
  rejectToken('unknown_issuer', 'iss is not one of the trusted issuers; they must be equal to the letter', {
    expected: listed.map(({ issuer }) => issuer),
    received: name,
  })
}
