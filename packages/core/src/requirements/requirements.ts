import type { AccessToken } from '../access-token.js'
import { type ClaimRequirement, checkClaims, type RequiredClaim } from '../claim-requirement.js'
import { invalidOption, readMembers } from '../invalid-option.js'
import { isPlainObject } from '../lib/plain-object.js'
import { isQuotable } from '../lib/quoted-string.js'

/**
 * What a request needs beyond a valid token. Every member that is there must hold.
 *
 * @example
 * ```ts
 * import type { Requirements } from '@resource-server/core'
 *
 * const requirements: Requirements = {
 *   scopes: ['read:orders'],
 *   claims: { org_id: 'org_1' },
 *   check: (accessToken) => accessToken.clientId !== 'retired',
 * }
 * ```
 */
export interface Requirements {
  /** Scopes, all of which the token must have; compared to the letter. */
  readonly scopes?: readonly string[]
  /** Scopes, one of which the token must have. */
  readonly anyScope?: readonly string[]
  /**
   * Claims by name: a value that the claim must equal, or contain where the claim is an array; or a predicate that must
   * return `true`.
   */
  readonly claims?: Readonly<Record<string, ClaimRequirement>>
  /**
   * How the user must have authenticated (RFC 9470): the token's `acr` must be one of these, to the letter; in order of
   * preference. Otherwise the client is told to send the user back to the authorization server.
   */
  readonly acrValues?: readonly string[]
  /** How many seconds ago the user may have authenticated (RFC 9470), by the token's `auth_time`: a whole number. */
  readonly maxAge?: number
  /** Anything else: passes if it returns `true` or a promise of it. What it throws is a bug and propagates. */
  readonly check?: (accessToken: AccessToken) => boolean | Promise<boolean>
  /** A token must be there. For the other way see {@link AnonymousRequirements}. */
  readonly optional?: false
}

/**
 * Requirements of a route that serves anonymous requests too. A request without an `Authorization` header passes, and
 * nothing else is asked of it. One that has the header must have a valid token that fulfils the rest: a bad token never
 * makes a request anonymous, since its sender would take the answer for that to somebody known.
 *
 * @example
 * ```ts
 * import type { AnonymousRequirements } from '@resource-server/core'
 *
 * const catalogue: AnonymousRequirements = { optional: true }
 * ```
 */
export type AnonymousRequirements = Omit<Requirements, 'optional'> & { readonly optional: true }

/** Requirements, or none: but not `undefined`, lest a misspelt `policies.adminn` leave a route open. */
export type OptionalRequirements = [] | [requirements: Requirements]
/** The same, for where anonymous requests can be let through. */
export type OptionalAnonymousRequirements = [] | [requirements: Requirements | AnonymousRequirements]

/** Requirements that were checked when they were written down. */
export interface CheckedRequirements {
  readonly scopes: readonly string[]
  readonly anyScope: readonly string[] | undefined
  readonly acrValues: readonly string[] | undefined
  readonly maxAge: number | undefined
  readonly claims: readonly RequiredClaim[]
  readonly checks: readonly NonNullable<Requirements['check']>[]
  /** Whether anonymous requests pass. */
  readonly optional: boolean
}

export function asksNothing(requirements: CheckedRequirements): boolean {
  const { scopes, anyScope, acrValues, maxAge, claims, checks, optional } = requirements
  const isEmpty = scopes.length === 0 && claims.length === 0 && checks.length === 0
  return isEmpty && anyScope === undefined && acrValues === undefined && maxAge === undefined && !optional
}

const defined = new WeakMap<object, CheckedRequirements>()

/**
 * Checks requirements where they are written down, and returns a frozen copy that no verifier checks again: for
 * adapters, and for requirements that many routes share.
 *
 * @param name how messages call them
 * @throws `TypeError` with `code: 'ERR_INVALID_OPTION'` for an unknown member or a wrong type
 * @example
 * ```ts
 * import { defineRequirements } from '@resource-server/core'
 *
 * export const readOrders = defineRequirements({ scopes: ['read:orders'] })
 * ```
 */
export function defineRequirements<Given extends Requirements | AnonymousRequirements>(
  requirements: Given,
  name = 'requirements',
): Given {
  const checked = checkRequirements(requirements, name)
  const members = Object.entries(requirements).map(([member, value]) => [member, frozenCopyOf(value)])
  const copy = Object.freeze(Object.fromEntries(members)) as Given
  defined.set(copy, checked)
  return copy
}

function frozenCopyOf(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze([...(value as readonly unknown[])])
  return isPlainObject(value) ? Object.freeze({ ...value }) : value
}

const known = ['scopes', 'anyScope', 'claims', 'acrValues', 'maxAge', 'check', 'optional']

/**
 * Checks what a user wrote down as requirements. A misspelt or mistyped one throws, because ignored it would leave the
 * route open.
 *
 * @param path how to call it in messages
 */
export function checkRequirements(value: unknown, path: string): CheckedRequirements {
  return defined.get(value as object) ?? checkMembers(value, path)
}

function checkMembers(value: unknown, path: string): CheckedRequirements {
  const members = readMembers(value, path, known)
  const { scopes, anyScope, claims, acrValues, maxAge, check, optional } = members
  for (const name of Object.keys(members)) {
    // `{ scopes: config.scopse }` is there and says nothing: somebody meant to protect this route.
    if (members[name] === undefined)
      throw invalidOption(`${path}.${name}`, 'a value, or the member to be left out', undefined)
  }
  return {
    scopes: scopes === undefined ? [] : checkWords(scopes, `${path}.scopes`, 'scope'),
    anyScope: anyScope === undefined ? undefined : checkWords(anyScope, `${path}.anyScope`, 'scope'),
    acrValues: acrValues === undefined ? undefined : checkWords(acrValues, `${path}.acrValues`, 'acr value'),
    maxAge: maxAge === undefined ? undefined : checkMaxAge(maxAge, `${path}.maxAge`),
    claims: claims === undefined ? [] : checkClaims(claims, `${path}.claims`),
    checks: check === undefined ? [] : [checkCheck(check, `${path}.check`)],
    optional: optional === undefined ? false : checkOptional(optional, `${path}.optional`),
  }
}

/**
 * Scopes and acr values end up in a challenge, with spaces between them: scope-token of RFC 6749 §3.3, one by one.
 */
export function checkWords(value: unknown, path: string, what: string): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) throw invalidOption(path, `a non-empty array of ${what}s`, value)
  const words: readonly unknown[] = value
  for (const [index, word] of words.entries()) {
    const isWord = typeof word === 'string' && word !== '' && isQuotable(word) && !word.includes(' ')
    if (!isWord)
      throw invalidOption(
        `${path}[${index}]`,
        `one ${what}: printable ASCII without spaces, quotes and backslashes`,
        word,
      )
  }
  return [...words] as string[]
}

function checkMaxAge(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw invalidOption(path, 'a whole number of seconds', value)
}

function checkCheck(value: unknown, path: string): NonNullable<Requirements['check']> {
  if (typeof value !== 'function') throw invalidOption(path, 'a function', value)
  return value as NonNullable<Requirements['check']>
}

function checkOptional(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value
  throw invalidOption(path, 'true or false', value)
}

/** As {@link checkRequirements}, for places where there is a token already or must be one: nothing is optional there. */
export function checkObligatory(value: unknown, path: string): CheckedRequirements {
  const checked = checkRequirements(value, path)
  if (checked.optional) throw invalidOption(`${path}.optional`, 'false, since a token must be there', true)
  return checked
}
