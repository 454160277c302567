import type { AccessToken } from './access-token.js'
import { type Algorithm, algorithms } from './algorithm.js'
import { createEmitter, type Emit, type VerifierEvent } from './events.js'
import { invalidOption, refuseUnknownMembers } from './invalid-option.js'
import { isObject } from './lib/json.js'
import type { Fetch } from './lib/load-json.js'
import { isQuotable } from './lib/quoted-string.js'
import { isSecure, parseUrl } from './lib/url.js'
import { type CheckedRequirements, checkRequirements, type Requirements } from './requirements/requirements.js'

/** `rfc9068`: only tokens with the type and the claims of RFC 9068. `jwt`: tokens that older servers issue as well. */
export type Profile = 'rfc9068' | 'jwt'

/**
 * As a member of the options, set to `true`: issuers and their keys may be fetched over http from any host. Whoever can touch that traffic can
 * then sign tokens. (Loopback needs no switch.)
 *
 * @deprecated Dangerous: for a test network only.
 */
export const allowInsecureRequests: unique symbol = Symbol('allowInsecureRequests')

/** The options of `createVerifier`. All durations are seconds. No environment variable is ever read. */
export interface VerifierOptions {
  /** Whose tokens are trusted: the issuer's identifier, equal to the letter to `iss`, or an entry that says more, or several of them. */
  readonly issuer: string | IssuerOptions | readonly (string | IssuerOptions)[]
  /** The identifiers of this API, one of which a token's `aud` must name, equal to the letter. */
  readonly audience: string | readonly string[]
  /** The `realm` of challenges. Default: `"api"`. */
  readonly realm?: string
  /** The signature algorithms accepted. Default: every one that is offered; all are asymmetric. */
  readonly algorithms?: readonly Algorithm[]
  /** Default: `'jwt'`. */
  readonly profile?: Profile
  /** How far clocks may be apart when `exp`, `nbf` and `iat` are judged: 0 to 300, default 10. */
  readonly clockTolerance?: number
  /** Must hold for every request, in addition to what a route asks for. */
  readonly requirements?: Requirements
  /**
   * Asked about every token that is valid otherwise; a truthy answer means revoked. If it throws or takes longer than 2 s the request is
   * answered 503. Tell tokens apart by `iss` and `jti`, not by their text: an ECDSA signature can be rewritten.
   */
  readonly isRevoked?: (accessToken: AccessToken, context: { readonly signal: AbortSignal }) => unknown
  readonly keys?: KeyOptions
  /** In place of the global `fetch`: for proxies, private certificate authorities and tests. */
  readonly fetch?: Fetch
  /** The time in milliseconds, as `Date.now`, which is the default. */
  readonly clock?: () => number
  /** Told why requests are refused and how the issuers' keys fare. What it throws is ignored. */
  readonly onEvent?: (event: VerifierEvent) => unknown
  readonly [allowInsecureRequests]?: boolean
}

/** One trusted issuer. At most one of `jwksUri`, `jwks` and `metadataUrl`; without any, the metadata is found by the issuer's identifier. */
export type IssuerOptions = IssuerSettings & (Discovered | WithJwksUri | WithJwks | WithMetadataUrl)

interface IssuerSettings {
  readonly issuer: string
  /** In place of the verifier's `audience`; `null` for an issuer whose tokens name none. */
  readonly audience?: string | readonly string[] | null
  readonly algorithms?: readonly Algorithm[]
  readonly profile?: Profile
  /** The claims that may hold the scopes: the first one present counts. Default: `['scope', 'scp']`. */
  readonly scopeClaims?: readonly string[]
}

interface Discovered {
  readonly jwksUri?: never
  readonly jwks?: never
  readonly metadataUrl?: never
}

interface WithJwksUri {
  /** Where the keys are. */
  readonly jwksUri: string
  readonly jwks?: never
  readonly metadataUrl?: never
}

interface WithJwks {
  /** The keys themselves (RFC 7517 §5): public ones, at least one of them usable. */
  readonly jwks: { readonly keys: readonly object[] }
  readonly jwksUri?: never
  readonly metadataUrl?: never
}

interface WithMetadataUrl {
  /** Where the metadata is, when it is not where the issuer's identifier says. */
  readonly metadataUrl: string
  readonly jwksUri?: never
  readonly jwks?: never
}

/** How the keys of issuers are fetched and kept. All in seconds. */
export interface KeyOptions {
  /** How long a key set is used without asking again, and so how long a withdrawn key lives: 60 to 86,400, default 600. */
  readonly maxAge?: number
  /**
   * How long past `maxAge` a set is still used while the issuer cannot be reached: 0 to 86,400, default 3,600. A trade: longer survives longer
   * outages, and lets a withdrawn key live longer if an attacker can keep the issuer unreachable.
   */
  readonly staleIfError?: number
  /** The shortest time between two fetches because of an unknown `kid`: 5 to 600, default 30. */
  readonly cooldown?: number
  /** How long a request waits for keys, metadata included: 1 to 30, default 5. A single exchange may take 3 of them. */
  readonly timeout?: number
}

export interface CheckedOptions {
  readonly issuers: readonly CheckedIssuer[]
  readonly realm: string
  readonly requirements: CheckedRequirements
  readonly isRevoked: VerifierOptions['isRevoked']
  readonly keys: Required<KeyOptions>
  readonly insecure: boolean
  readonly fetch: Fetch
  readonly clock: () => number
  readonly emit: Emit
}

export interface CheckedIssuer {
  /** The path of this entry in the options, for messages. */
  readonly path: string
  readonly issuer: string
  readonly jwksUri: string | undefined
  readonly jwks: object | undefined
  readonly metadataUrl: string | undefined
  readonly audience: readonly string[] | null
  readonly algorithms: ReadonlySet<string>
  readonly profile: Profile
  readonly clockTolerance: number
  readonly scopeClaims: readonly string[]
}

type Unchecked = Readonly<Record<string | symbol, unknown>>

/** Checks every option at once and fills in the defaults. Throws a `TypeError` with `code: 'ERR_INVALID_OPTION'` that names the option. */
export function checkOptions(options: VerifierOptions): CheckedOptions {
  const given = memberBag(options, 'options', knownOptions, '')
  const insecure = checkInsecure(given[allowInsecureRequests])
  return {
    issuers: checkIssuers(given, insecure),
    realm: checkRealm(given['realm']),
    requirements: checkRequirements(given['requirements'] ?? {}, 'requirements'),
    isRevoked: checkFunction(given['isRevoked'], 'isRevoked') as VerifierOptions['isRevoked'],
    keys: checkKeyOptions(given['keys']),
    insecure,
    // Looked up on each call, so that what instruments or replaces the global one later is used.
    fetch:
      (checkFunction(given['fetch'], 'fetch') as Fetch | undefined) ?? ((url, init) => globalThis.fetch(url, init)),
    clock: (checkFunction(given['clock'], 'clock') as (() => number) | undefined) ?? Date.now,
    emit: createEmitter(checkFunction(given['onEvent'], 'onEvent') as VerifierOptions['onEvent']),
  }
}

const knownOptions = [
  'issuer',
  'audience',
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
]

const knownIssuerOptions = [
  'issuer',
  'jwksUri',
  'jwks',
  'metadataUrl',
  'audience',
  'algorithms',
  'profile',
  'scopeClaims',
]

function checkIssuers(given: Unchecked, insecure: boolean): readonly CheckedIssuer[] {
  const { issuer } = given
  const entries: readonly unknown[] = Array.isArray(issuer) ? issuer : [issuer]
  if (entries.length === 0) throw invalidOption('issuer', 'at least one issuer', issuer)
  // What the entries inherit is checked even if each of them overrides it.
  const defaults = {
    audience: checkAudience(given['audience'], 'audience'),
    algorithms: checkAlgorithms(given['algorithms'] ?? algorithms, 'algorithms'),
    profile: checkProfile(given['profile'] ?? 'jwt', 'profile'),
    clockTolerance: checkSeconds(given['clockTolerance'] ?? 10, 'clockTolerance', 0, 300),
  }
  const issuers = entries.map((entry, index) =>
    checkIssuer(entry, Array.isArray(issuer) ? `issuer[${index}]` : 'issuer', defaults, insecure),
  )
  for (const [index, { issuer: name, path }] of issuers.entries()) {
    if (issuers.findIndex((other) => other.issuer === name) !== index)
      throw invalidOption(path, 'an issuer that is not listed already', name)
  }
  return issuers
}

type IssuerDefaults = Pick<CheckedIssuer, 'audience' | 'algorithms' | 'profile' | 'clockTolerance'>

function checkIssuer(entry: unknown, path: string, defaults: IssuerDefaults, insecure: boolean): CheckedIssuer {
  const isShort = typeof entry === 'string'
  const given: Unchecked = isShort ? { issuer: entry } : memberBag(entry, path, knownIssuerOptions, path)
  const { jwksUri, jwks, metadataUrl, audience, algorithms: named, profile, scopeClaims } = given
  const [source, second] = Object.entries({ jwksUri, jwks, metadataUrl }).filter(([, value]) => value !== undefined)
  if (source !== undefined && second !== undefined) {
    throw invalidOption(`${path}.${second[0]}`, `to stand alone, but there is ${source[0]} already`, second[1])
  }
  return {
    path,
    issuer: checkIssuerIdentifier(given['issuer'], isShort ? path : `${path}.issuer`, insecure),
    jwksUri: jwksUri === undefined ? undefined : checkUrl(jwksUri, `${path}.jwksUri`, insecure),
    jwks: jwks === undefined ? undefined : checkObject(jwks, `${path}.jwks`),
    metadataUrl: metadataUrl === undefined ? undefined : checkUrl(metadataUrl, `${path}.metadataUrl`, insecure),
    audience:
      audience === undefined
        ? defaults.audience
        : audience === null
          ? null
          : checkAudience(audience, `${path}.audience`),
    algorithms: named === undefined ? defaults.algorithms : checkAlgorithms(named, `${path}.algorithms`),
    profile: profile === undefined ? defaults.profile : checkProfile(profile, `${path}.profile`),
    clockTolerance: defaults.clockTolerance,
    scopeClaims: scopeClaims === undefined ? ['scope', 'scp'] : checkNames(scopeClaims, `${path}.scopeClaims`),
  }
}

/** RFC 8414 §2: a URL without query and fragment. It is kept as it was written, since `iss` must equal it to the letter. */
function checkIssuerIdentifier(value: unknown, path: string, insecure: boolean): string {
  const issuer = checkUrl(value, path, insecure)
  if (/[?#]/.test(issuer)) throw invalidOption(path, 'an issuer without query and fragment', issuer)
  return issuer
}

function checkUrl(value: unknown, path: string, insecure: boolean): string {
  const url = parseUrl(value)
  if (url === undefined || !isSecure(url, insecure))
    throw invalidOption(path, 'an https URL (http only to loopback)', value)
  return value as string
}

function checkAudience(value: unknown, path: string): readonly string[] {
  const audience: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (audience.length === 0 || !audience.every(isNonEmptyString))
    throw invalidOption(path, 'the identifier of this API, or several', value)
  return [...audience]
}

function checkAlgorithms(value: unknown, path: string): ReadonlySet<string> {
  const names = checkNames(value, path)
  const stranger = names.find((name) => !algorithms.some((algorithm) => algorithm === name))
  // `none` and HS256 are not among them: a public key used as an HMAC secret is the oldest attack of all.
  if (stranger !== undefined) throw invalidOption(path, `some of ${algorithms.join(', ')}`, stranger)
  return new Set(names)
}

function checkProfile(value: unknown, path: string): Profile {
  if (value !== 'jwt' && value !== 'rfc9068') throw invalidOption(path, "'rfc9068' or 'jwt'", value)
  return value
}

function checkRealm(value: unknown = 'api'): string {
  if (!isNonEmptyString(value) || !isQuotable(value))
    throw invalidOption('realm', 'printable ASCII without quotes and backslashes', value)
  return value
}

function checkKeyOptions(value: unknown = {}): Required<KeyOptions> {
  const given = memberBag(value, 'keys', ['maxAge', 'staleIfError', 'cooldown', 'timeout'], 'keys')
  return {
    maxAge: checkSeconds(given['maxAge'] ?? 600, 'keys.maxAge', 60, 86_400),
    staleIfError: checkSeconds(given['staleIfError'] ?? 3600, 'keys.staleIfError', 0, 86_400),
    cooldown: checkSeconds(given['cooldown'] ?? 30, 'keys.cooldown', 5, 600),
    timeout: checkSeconds(given['timeout'] ?? 5, 'keys.timeout', 1, 30),
  }
}

function checkSeconds(value: unknown, path: string, least: number, most: number): number {
  const isInRange = typeof value === 'number' && value >= least && value <= most
  if (!isInRange) throw invalidOption(path, `a number of seconds from ${least} to ${most}`, value)
  return value
}

function checkInsecure(value: unknown): boolean {
  if (value !== undefined && typeof value !== 'boolean')
    throw invalidOption('[allowInsecureRequests]', 'true or false', value)
  return value === true
}

function checkFunction(value: unknown, path: string): unknown {
  if (value !== undefined && typeof value !== 'function') throw invalidOption(path, 'a function', value)
  return value
}

function checkNames(value: unknown, path: string): readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isNonEmptyString))
    throw invalidOption(path, 'a non-empty array of strings', value)
  return [...value]
}

function checkObject(value: unknown, path: string): object {
  if (!isObject(value)) throw invalidOption(path, 'an object', value)
  return value
}

function memberBag(value: unknown, what: string, known: readonly string[], path: string): Unchecked {
  if (!isObject(value)) throw invalidOption(what, 'an object', value)
  refuseUnknownMembers(value, known, path)
  return value
}

function isNonEmptyString(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
