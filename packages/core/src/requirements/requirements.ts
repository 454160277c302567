import type { AccessToken } from '../access-token.js'
import { invalidOption, refuseUnknownMembers } from '../invalid-option.js'
import { isObject, type JsonValue } from '../lib/json.js'
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
  readonly claims?: Readonly<Record<string, string | number | boolean | ((claim: JsonValue | undefined) => boolean)>>
  /** Anything else: passes if it returns `true` or a promise of it. What it throws is a bug and propagates. */
  readonly check?: (accessToken: AccessToken) => boolean | Promise<boolean>
}

/** Requirements that were checked when they were written down. */
export interface CheckedRequirements {
  readonly scopes: readonly string[]
  readonly anyScope: readonly string[] | undefined
  readonly claims: readonly (readonly [string, ClaimRequirement])[]
  readonly checks: readonly NonNullable<Requirements['check']>[]
}

type ClaimRequirement = NonNullable<Requirements['claims']>[string]

const defined = new WeakMap<object, CheckedRequirements>()

/**
 * Checks requirements where they are written down, and returns a frozen copy that no verifier checks again: for
 * adapters, and for requirements that many routes share.
 *
 * @throws `TypeError` with `code: 'ERR_INVALID_OPTION'` for an unknown member or a wrong type
 * @example
 * ```ts
 * import { defineRequirements } from '@resource-server/core'
 *
 * export const readOrders = defineRequirements({ scopes: ['read:orders'] })
 * ```
 */
export function defineRequirements(requirements: Requirements): Requirements {
  const checked = checkRequirements(requirements, 'requirements')
  const copy = Object.freeze({ ...requirements })
  defined.set(copy, checked)
  return copy
}

const known = ['scopes', 'anyScope', 'claims', 'check']

/**
 * Checks what a user wrote down as requirements. A misspelt or mistyped one throws, because ignored it would leave the
 * route open.
 *
 * @param path how to call it in messages
 */
export function checkRequirements(value: unknown, path: string): CheckedRequirements {
  return defined.get(value as object) ?? check(value, path)
}

function check(value: unknown, path: string): CheckedRequirements {
  if (!isObject(value)) throw invalidOption(path, 'an object of requirements', value)
  refuseUnknownMembers(value, known, path)
  const { scopes, anyScope, claims } = value
  for (const name of Object.keys(value)) {
    // `{ scopes: config.scopse }` is there and says nothing: somebody meant to protect this route.
    if (value[name] === undefined)
      throw invalidOption(`${path}.${name}`, 'a value, or the member to be left out', undefined)
  }
  return {
    scopes: scopes === undefined ? [] : checkScopes(scopes, `${path}.scopes`),
    anyScope: anyScope === undefined ? undefined : checkScopes(anyScope, `${path}.anyScope`),
    claims: claims === undefined ? [] : checkClaims(claims, `${path}.claims`),
    checks: value['check'] === undefined ? [] : [checkCheck(value['check'], `${path}.check`)],
  }
}

/** Scopes end up in a challenge: scope-token of RFC 6749 §3.3, one by one. */
function checkScopes(value: unknown, path: string): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) throw invalidOption(path, 'a non-empty array of scopes', value)
  const scopes: readonly unknown[] = value
  for (const [index, scope] of scopes.entries()) {
    const isScope = typeof scope === 'string' && scope !== '' && isQuotable(scope) && !scope.includes(' ')
    if (!isScope)
      throw invalidOption(
        `${path}[${index}]`,
        'one scope: printable ASCII without spaces, quotes and backslashes',
        scope,
      )
  }
  return [...scopes] as string[]
}

function checkClaims(value: unknown, path: string): CheckedRequirements['claims'] {
  if (!isObject(value) || Object.keys(value).length === 0)
    throw invalidOption(path, 'an object with at least one claim', value)
  return Object.entries(value).map(([name, required]) => {
    const isValue = typeof required === 'string' || typeof required === 'boolean' || Number.isFinite(required)
    if (!isValue && typeof required !== 'function')
      throw invalidOption(`${path}.${name}`, 'a string, number, boolean or predicate', required)
    return [name, required as ClaimRequirement] as const
  })
}

function checkCheck(value: unknown, path: string): NonNullable<Requirements['check']> {
  if (typeof value !== 'function') throw invalidOption(path, 'a function', value)
  return value as NonNullable<Requirements['check']>
}
