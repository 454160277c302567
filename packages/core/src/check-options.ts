import { algorithms } from './algorithm.js'
import { createEmitter, type Emit } from './events.js'
import { invalidOption, readMembers } from './invalid-option.js'
import type { KeyTimes } from './keys/freshness.js'
import type { Fetch } from './lib/load-json.js'
import { isPlainObject } from './lib/plain-object.js'
import { isQuotable } from './lib/quoted-string.js'
import { isSecure, parseUrl } from './lib/url.js'
import type { ResourceSettings } from './metadata.js'
import {
  allowInsecureRequests,
  type KeyOptions,
  type KeyStore,
  type Profile,
  type ResourceOptions,
  type VerifierOptions,
} from './options.js'
import { type CheckedRequirements, checkObligatory, checkWords } from './requirements/requirements.js'

/** The options with nothing missing and nothing wrong: inside, no one asks again. */
export interface CheckedOptions {
  readonly issuers: readonly CheckedIssuer[]
  readonly realm: string | undefined
  readonly resource: ResourceSettings | undefined
  readonly requirements: CheckedRequirements
  /** Seconds. */
  readonly clockTolerance: number
  readonly isRevoked: VerifierOptions['isRevoked']
  readonly keys: KeyTimes & { readonly retries: number }
  readonly keyStore: KeyStore | undefined
  readonly insecure: boolean
  readonly fetch: Fetch
  readonly clock: () => number
  readonly emit: Emit
}

export interface CheckedIssuer extends IssuerDefaults {
  /** The path of this entry in the options, for messages. */
  readonly path: string
  readonly issuer: string
  readonly jwksUri: string | undefined
  readonly jwks: object | undefined
  readonly metadataUrl: string | undefined
  readonly scopeClaims: readonly string[]
}

/** What an entry takes from the top level unless it says otherwise. */
interface IssuerDefaults {
  readonly audience: readonly string[] | null
  readonly algorithms: ReadonlySet<string>
  readonly profile: Profile
  readonly clockTolerance: number
}

const knownOptions: readonly (keyof VerifierOptions)[] = [
  'issuer',
  'audience',
  'resource',
  'realm',
  'algorithms',
  'profile',
  'clockTolerance',
  'requirements',
  'isRevoked',
  'keys',
  'fetch',
  'clock',
  'onEvent',
  allowInsecureRequests,
]
const knownInEntry = ['issuer', 'jwksUri', 'jwks', 'metadataUrl', 'audience', 'algorithms', 'profile', 'scopeClaims']
const knownInKeys: readonly (keyof KeyOptions)[] = ['maxAge', 'staleIfError', 'cooldown', 'timeout', 'retries', 'store']

/**
 * Checks every option at once and fills in the defaults. Throws a `TypeError` with `code: 'ERR_INVALID_OPTION'` that
 * names the option.
 */
export function checkOptions(options: VerifierOptions): CheckedOptions {
  const given = readMembers(options, '', knownOptions)
  const insecure = optional(given[allowInsecureRequests], '[allowInsecureRequests]', boolean, false)
  const keys = readMembers(given['keys'] === undefined ? {} : given['keys'], 'keys', knownInKeys)
  const defaults: IssuerDefaults = {
    audience: audience(given['audience'], 'audience'),
    algorithms: optional(given['algorithms'], 'algorithms', algorithmNames, new Set(algorithms)),
    profile: optional(given['profile'], 'profile', profile, 'jwt'),
    clockTolerance: optional(given['clockTolerance'], 'clockTolerance', seconds(0, 300), 10),
  }
  const resource = optional(given['resource'], 'resource', (value) => resourceEntry(value, insecure), undefined)
  return {
    issuers: issuers(given['issuer'], defaults, insecure),
    resource,
    // RFC 6750 §3 wants at least one parameter in a challenge.
    realm: optional(given['realm'], 'realm', realm, resource === undefined ? 'api' : undefined),
    requirements: checkObligatory('requirements' in given ? given['requirements'] : {}, 'requirements'),
    clockTolerance: defaults.clockTolerance,
    isRevoked: optional(given['isRevoked'], 'isRevoked', callable<VerifierOptions['isRevoked']>, undefined),
    keys: keyTimes(keys),
    keyStore: optional(keys['store'], 'keys.store', keyStore, undefined),
    insecure,
    fetch: optional(given['fetch'], 'fetch', callable<Fetch>, globalFetch),
    clock: optional(given['clock'], 'clock', clock, Date.now),
    emit: createEmitter(optional(given['onEvent'], 'onEvent', callable<VerifierOptions['onEvent']>, undefined)),
  }
}

/** Of `ready()`. */
export function checkReadyOptions(options: object): { readonly signal: AbortSignal | undefined } {
  const { signal } = readMembers(options, '', ['signal'])
  return { signal: optional(signal, 'signal', abortSignal, undefined) }
}

function keyTimes(keys: ReturnType<typeof readMembers>): CheckedOptions['keys'] {
  const times = {
    maxAge: optional(keys['maxAge'], 'keys.maxAge', seconds(60, 86_400), 600),
    staleIfError: optional(keys['staleIfError'], 'keys.staleIfError', seconds(0, 86_400), 3600),
    cooldown: optional(keys['cooldown'], 'keys.cooldown', seconds(5, 600), 30),
    timeout: optional(keys['timeout'], 'keys.timeout', seconds(1, 30), 5),
    retries: optional(keys['retries'], 'keys.retries', retries, 1),
  }
  // The set would be fetched again anyway before anyone could ask for a key that it does not have.
  if (times.cooldown > times.maxAge)
    throw invalidOption('keys.cooldown', `no more than keys.maxAge, which is ${times.maxAge}`, times.cooldown)
  return times
}

/** Looked up on each call, so that what instruments or replaces the global one later is used. */
const globalFetch: Fetch = (url, init) => globalThis.fetch(url, init)

function issuers(value: unknown, defaults: IssuerDefaults, insecure: boolean): readonly CheckedIssuer[] {
  if (Array.isArray(value) && value.length === 0) throw invalidOption('issuer', 'at least one issuer', value)
  const entries = Array.isArray(value)
    ? Array.from(value, (entry: unknown, index) => issuerEntry(entry, `issuer[${index}]`, defaults, insecure))
    : [issuerEntry(value, 'issuer', defaults, insecure)]
  const seen = new Set<string>()
  for (const { issuer, path } of entries) {
    if (seen.has(issuer)) throw invalidOption(path, 'an issuer that is not listed already', issuer)
    seen.add(issuer)
  }
  return entries
}

function issuerEntry(value: unknown, path: string, defaults: IssuerDefaults, insecure: boolean): CheckedIssuer {
  const url = (text: unknown, at: string): string => secureUrl(text, at, insecure)
  const unsaid = { path, jwksUri: undefined, jwks: undefined, metadataUrl: undefined, scopeClaims: ['scope', 'scp'] }
  if (typeof value === 'string') return { ...defaults, ...unsaid, issuer: issuerIdentifier(value, path, insecure) }
  if (!isPlainObject(value)) throw invalidOption(path, "the issuer's URL, or an object with it", value)

  const given = readMembers(value, path, knownInEntry)
  const { jwksUri, jwks, metadataUrl } = given
  if (metadataUrl !== undefined && (jwksUri ?? jwks) !== undefined)
    throw invalidOption(
      `${path}.metadataUrl`,
      `to stand alone, but there is ${jwksUri === undefined ? 'jwks' : 'jwksUri'} already`,
      metadataUrl,
    )
  const profileOfEntry = optional(given['profile'], `${path}.profile`, profile, defaults.profile)
  const audienceOfEntry =
    given['audience'] === null ? null : optional(given['audience'], `${path}.audience`, audience, defaults.audience)
  if (profileOfEntry === 'rfc9068' && audienceOfEntry === null)
    throw invalidOption(`${path}.audience`, 'an audience, which the profile rfc9068 requires', null)
  return {
    path,
    issuer: issuerIdentifier(given['issuer'], `${path}.issuer`, insecure),
    jwksUri: optional(jwksUri, `${path}.jwksUri`, url, undefined),
    jwks: optional(jwks, `${path}.jwks`, object, undefined),
    metadataUrl: optional(metadataUrl, `${path}.metadataUrl`, url, undefined),
    audience: audienceOfEntry,
    algorithms: optional(given['algorithms'], `${path}.algorithms`, algorithmNames, defaults.algorithms),
    profile: profileOfEntry,
    clockTolerance: defaults.clockTolerance,
    scopeClaims: optional(given['scopeClaims'], `${path}.scopeClaims`, names, unsaid.scopeClaims),
  }
}

const knownInResource: readonly (keyof ResourceOptions)[] = [
  'url',
  'name',
  'documentation',
  'policyUri',
  'tosUri',
  'scopesSupported',
]

function resourceEntry(value: unknown, insecure: boolean): ResourceSettings {
  const given = typeof value === 'string' ? { url: value } : readMembers(value, 'resource', knownInResource)
  const path = typeof value === 'string' ? 'resource' : 'resource.url'
  const url = secureUrl(given['url'], path, insecure)
  if (url.includes('#')) throw invalidOption(path, 'a URL without a fragment', url) // RFC 9728 §1.2
  const link = (text: unknown, at: string): string => secureUrl(text, at, insecure)
  return {
    url,
    name: optional(given['name'], 'resource.name', text, undefined),
    documentation: optional(given['documentation'], 'resource.documentation', link, undefined),
    policyUri: optional(given['policyUri'], 'resource.policyUri', link, undefined),
    tosUri: optional(given['tosUri'], 'resource.tosUri', link, undefined),
    scopesSupported: optional(
      given['scopesSupported'],
      'resource.scopesSupported',
      (scopes, at) => checkWords(scopes, at, 'scope'),
      [],
    ),
  }
}

function text(value: unknown, path: string): string {
  if (isNonEmptyString(value)) return value
  throw invalidOption(path, 'a text', value)
}

type Check<T> = (value: unknown, path: string) => T

/** An option that is left out, or `undefined`, has its default; `null` and everything else is checked. */
function optional<T, D>(value: unknown, path: string, check: Check<T>, fallback: D): T | D {
  return value === undefined ? fallback : check(value, path)
}

/**
 * RFC 8414 §2: a URL without query and fragment. It is kept as it was written, since `iss` must equal it to the letter.
 */
function issuerIdentifier(value: unknown, path: string, insecure: boolean): string {
  const issuer = secureUrl(value, path, insecure)
  if (/[?#]/.test(issuer)) throw invalidOption(path, 'an issuer without query and fragment', issuer)
  return issuer
}

function secureUrl(value: unknown, path: string, insecure: boolean): string {
  const url = parseUrl(value)
  if (url !== undefined && isSecure(url, insecure)) return value as string
  throw invalidOption(path, 'an https URL without user name and password (http only to loopback)', value)
}

function audience(value: unknown, path: string): readonly string[] {
  const listed: readonly unknown[] = Array.isArray(value) ? [...(value as readonly unknown[])] : [value]
  if (listed.length > 0 && listed.every(isNonEmptyString)) return listed
  throw invalidOption(path, 'the identifier of this API, or an array of several', value)
}

/** `none` and `HS256` are not on the list: a public key that is used as an HMAC secret is the oldest attack of all. */
function algorithmNames(value: unknown, path: string): ReadonlySet<string> {
  const offered: ReadonlySet<string> = new Set(algorithms)
  const listed = names(value, path)
  const stranger = listed.find((name) => !offered.has(name))
  if (stranger !== undefined) throw invalidOption(path, `some of ${algorithms.join(', ')}`, stranger)
  return new Set(listed)
}

function profile(value: unknown, path: string): Profile {
  if (value === 'jwt' || value === 'rfc9068') return value
  throw invalidOption(path, '"jwt" or "rfc9068"', value)
}

function realm(value: unknown, path: string): string {
  if (isNonEmptyString(value) && isQuotable(value)) return value
  throw invalidOption(path, 'printable ASCII without quotes and backslashes', value)
}

function seconds(least: number, most: number): Check<number> {
  return (value, path) => {
    if (typeof value === 'number' && value >= least && value <= most) return value
    throw invalidOption(path, `a number of seconds from ${least} to ${most}`, value)
  }
}

function retries(value: unknown, path: string): number {
  if (value === 0 || value === 1 || value === 2) return value
  throw invalidOption(path, '0, 1 or 2', value)
}

function keyStore(value: unknown, path: string): KeyStore {
  const { get, set } = (value ?? {}) as Partial<KeyStore>
  if (typeof get === 'function' && typeof set === 'function') return value as KeyStore
  throw invalidOption(path, 'an object with the functions get and set', value)
}

function abortSignal(value: unknown, path: string): AbortSignal {
  if (value instanceof AbortSignal) return value
  throw invalidOption(path, 'an AbortSignal', value)
}

function boolean(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value
  throw invalidOption(path, 'true or false', value)
}

function callable<T>(value: unknown, path: string): T {
  if (typeof value === 'function') return value as T
  throw invalidOption(path, 'a function', value)
}

/** A clock that tells no time would make every token look expired, and every back-off over. That is a bug, not a 401. */
function clock(value: unknown, path: string): () => number {
  const tell = callable<() => unknown>(value, path)
  const told = (): number => {
    const time = tell()
    if (typeof time === 'number' && Number.isFinite(time)) return time
    throw invalidOption(path, 'a function that returns the time in milliseconds', time)
  }
  told()
  return told
}

function names(value: unknown, path: string): readonly string[] {
  const listed: readonly unknown[] = Array.isArray(value) ? [...(value as readonly unknown[])] : []
  if (listed.length > 0 && listed.every(isNonEmptyString)) return listed
  throw invalidOption(path, 'a non-empty array of strings', value)
}

function object(value: unknown, path: string): object {
  if (isPlainObject(value)) return value
  throw invalidOption(path, 'a plain object', value)
}

function isNonEmptyString(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
