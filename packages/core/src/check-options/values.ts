import { algorithms } from '../algorithm.js'
import { invalidOption, readMembers } from '../invalid-option.js'
import { isPlainObject } from '../lib/plain-object.js'
import { isQuotable } from '../lib/quoted-string.js'
import { isSecure, parseUrl } from '../lib/url.js'
import type { Store } from '../options/store.js'
import type { Profile } from '../options.js'

/** Checks one option and returns it, or throws naming its path. */
export type Check<T> = (value: unknown, path: string) => T

export function text(value: unknown, path: string): string {
  if (isNonEmptyString(value)) return value
  throw invalidOption(path, 'a text', value)
}

/** An option that is left out, or `undefined`, has its default; `null` and everything else is checked. */
export function optional<T, D>(value: unknown, path: string, check: Check<T>, fallback: D): T | D {
  return value === undefined ? fallback : check(value, path)
}

/**
 * RFC 8414 §2: a URL without query and fragment. It is kept as it was written, since `iss` must equal it to the letter.
 */
export function issuerIdentifier(value: unknown, path: string, insecure: boolean): string {
  const issuer = secureUrl(value, path, insecure)
  if (/[?#]/.test(issuer)) throw invalidOption(path, 'an issuer without query and fragment', issuer)
  if (/[{}]/.test(issuer)) throw invalidOption(path, 'an issuer, or tenants beside its template', issuer)
  return issuer
}

export function secureUrl(value: unknown, path: string, insecure: boolean): string {
  const url = parseUrl(value)
  if (url !== undefined && isSecure(url, insecure)) return value as string
  throw invalidOption(path, 'an https URL without user name and password (http only to loopback)', value)
}

export function audience(value: unknown, path: string): readonly string[] {
  const listed: readonly unknown[] = Array.isArray(value) ? [...(value as readonly unknown[])] : [value]
  if (listed.length > 0 && listed.every(isNonEmptyString)) return listed
  throw invalidOption(path, 'the identifier of this API, or an array of several', value)
}

/** `none` and `HS256` are not on the list: a public key that is used as an HMAC secret is the oldest attack of all. */
export function algorithmNames(value: unknown, path: string): ReadonlySet<string> {
  const offered: ReadonlySet<string> = new Set(algorithms)
  const listed = names(value, path)
  const stranger = listed.find((name) => !offered.has(name))
  if (stranger !== undefined) throw invalidOption(path, `some of ${algorithms.join(', ')}`, stranger)
  return new Set(listed)
}

export function profile(value: unknown, path: string): Profile {
  if (value === 'jwt' || value === 'rfc9068') return value
  throw invalidOption(path, '"jwt" or "rfc9068"', value)
}

export function realm(value: unknown, path: string): string {
  if (isNonEmptyString(value) && isQuotable(value)) return value
  throw invalidOption(path, 'printable ASCII without quotes and backslashes', value)
}

export function seconds(least: number, most: number): Check<number> {
  return (value, path) => {
    if (typeof value === 'number' && value >= least && value <= most) return value
    throw invalidOption(path, `a number of seconds from ${least} to ${most}`, value)
  }
}

export function retries(value: unknown, path: string): number {
  if (value === 0 || value === 1 || value === 2) return value
  throw invalidOption(path, '0, 1 or 2', value)
}

/** @returns how many tokens are remembered at most: none where it is turned off */
export function tokenCache(value: unknown, path: string): number {
  if (value === false) return 0
  if (!isPlainObject(value)) throw invalidOption(path, '{ maxEntries } or false', value)
  const { maxEntries } = readMembers(value, path, ['maxEntries'])
  return optional(maxEntries, `${path}.maxEntries`, entries, MAX_ENTRIES)
}

const MAX_ENTRIES = 10_000

function entries(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1_000_000) return value
  throw invalidOption(path, 'a whole number from 1 to 1000000', value)
}

export function keyStore(value: unknown, path: string): Store {
  const { get, set } = (value ?? {}) as Partial<Store>
  if (typeof get === 'function' && typeof set === 'function') return value as Store
  throw invalidOption(path, 'an object with the functions get and set', value)
}

export function abortSignal(value: unknown, path: string): AbortSignal {
  if (value instanceof AbortSignal) return value
  throw invalidOption(path, 'an AbortSignal', value)
}

export function boolean(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value
  throw invalidOption(path, 'true or false', value)
}

export function callable<T>(value: unknown, path: string): T {
  if (typeof value === 'function') return value as T
  throw invalidOption(path, 'a function', value)
}

/** A clock that tells no time would make every token look expired, and every back-off over. That is a bug, not a 401. */
export function clock(value: unknown, path: string): () => number {
  const tell = callable<() => unknown>(value, path)
  const told = (): number => {
    const time = tell()
    if (typeof time === 'number' && Number.isFinite(time)) return time
    throw invalidOption(path, 'a function that returns the time in milliseconds', time)
  }
  const now = told()
  if (now < LEAST_NOW) throw invalidOption(path, 'a function that returns the milliseconds since 1970', now)
  return told
}

/** In 1973. A clock that counts seconds shows less for three thousand years, and no token would ever look expired. */
const LEAST_NOW = 1e11

export function names(value: unknown, path: string): readonly string[] {
  const listed: readonly unknown[] = Array.isArray(value) ? [...(value as readonly unknown[])] : []
  if (listed.length > 0 && listed.every(isNonEmptyString)) return listed
  throw invalidOption(path, 'a non-empty array of strings', value)
}

export function object(value: unknown, path: string): object {
  if (isPlainObject(value)) return value
  throw invalidOption(path, 'a plain object', value)
}

export function isNonEmptyString(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
