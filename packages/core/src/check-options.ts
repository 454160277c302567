import { algorithms } from './algorithm.js'
import { type CheckedIssuer, type IssuerDefaults, issuerEntry, issuers } from './check-options/issuer.js'
import { resourceEntry } from './check-options/resource.js'
import {
  abortSignal,
  algorithmNames,
  audience,
  boolean,
  callable,
  clock,
  keyStore,
  optional,
  profile,
  realm,
  retries,
  seconds,
  tokenCache,
} from './check-options/values.js'
import { createEmitter, type Emit } from './events.js'
import { invalidOption, readMembers } from './invalid-option.js'
import type { KeyTimes } from './keys/freshness.js'
import type { Fetch } from './lib/exchange.js'
import type { ResourceSettings } from './metadata.js'
import type { Store } from './options/store.js'
import {
  allowInsecureRequests,
  type FindIssuer,
  type KeyOptions,
  type SelectIssuer,
  type VerifierOptions,
} from './options.js'
import { type CheckedRequirements, checkObligatory } from './requirements/requirements.js'

/** The options with nothing missing and nothing wrong: inside, no one asks again. */
export interface CheckedOptions {
  /** Those that are written down. */
  readonly issuers: readonly CheckedIssuer[]
  /** For all others. */
  readonly dynamic: DynamicIssuers | undefined
  readonly selectIssuer: SelectIssuer | undefined
  readonly realm: string | undefined
  readonly resource: ResourceSettings | undefined
  readonly requirements: CheckedRequirements
  /** Seconds. */
  readonly clockTolerance: number
  readonly isRevoked: VerifierOptions['isRevoked']
  readonly keys: KeyTimes & { readonly retries: number }
  readonly keyStore: Store | undefined
  /** How many verified tokens are remembered. */
  readonly tokenCache: number
  readonly insecure: boolean
  readonly fetch: Fetch
  /** Whether `fetch` is the user's own. */
  readonly hasOwnFetch: boolean
  readonly clock: () => number
  readonly emit: Emit
}

export interface DynamicIssuers {
  readonly find: FindIssuer
  /** Checks what it answered; throws as for an option. */
  readonly check: (entry: unknown) => CheckedIssuer
}

const knownOptions: readonly (keyof VerifierOptions)[] = [
  'issuer',
  'selectIssuer',
  'audience',
  'resource',
  'realm',
  'algorithms',
  'profile',
  'clockTolerance',
  'requirements',
  'isRevoked',
  'keys',
  'tokenCache',
  'fetch',
  'clock',
  'onEvent',
  allowInsecureRequests,
]
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
  const { issuer } = given
  const dynamic = typeof issuer === 'function' ? (issuer as FindIssuer) : undefined
  const listed = dynamic === undefined ? issuers(issuer, defaults, insecure) : []
  const selectIssuer = optional(given['selectIssuer'], 'selectIssuer', callable<SelectIssuer>, undefined)
  requireChoice(listed, dynamic, selectIssuer)
  return {
    issuers: listed,
    dynamic: dynamic && { find: dynamic, check: (entry) => issuerEntry(entry, 'issuer(…)', defaults, insecure) },
    selectIssuer,
    resource,
    // RFC 6750 §3 wants at least one parameter in a challenge.
    realm: optional(given['realm'], 'realm', realm, resource === undefined ? 'api' : undefined),
    requirements: checkObligatory('requirements' in given ? given['requirements'] : {}, 'requirements'),
    clockTolerance: defaults.clockTolerance,
    isRevoked: optional(given['isRevoked'], 'isRevoked', callable<VerifierOptions['isRevoked']>, undefined),
    keys: keyTimes(keys),
    tokenCache: tokenCache(given['tokenCache'] === undefined ? {} : given['tokenCache'], 'tokenCache'),
    keyStore: optional(keys['store'], 'keys.store', keyStore, undefined),
    insecure,
    fetch: optional(given['fetch'], 'fetch', callable<Fetch>, globalFetch),
    hasOwnFetch: given['fetch'] !== undefined,
    clock: optional(given['clock'], 'clock', clock, Date.now),
    emit: createEmitter(optional(given['onEvent'], 'onEvent', callable<VerifierOptions['onEvent']>, undefined)),
  }
}

/** A token that does not say whose it is must not be shown to all who might know. */
function requireChoice(
  listed: readonly CheckedIssuer[],
  dynamic: FindIssuer | undefined,
  selectIssuer: SelectIssuer | undefined,
): void {
  const asked = listed.filter(({ introspection }) => introspection !== undefined)
  if (asked.length > 1 && selectIssuer === undefined)
    throw invalidOption('selectIssuer', 'a function, since several issuers have introspection', undefined)
  if (asked.length === 0 && dynamic === undefined && selectIssuer !== undefined)
    throw invalidOption('selectIssuer', 'to be left out, since no issuer has introspection', selectIssuer)
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
