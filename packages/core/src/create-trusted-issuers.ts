import type { CheckedIssuer } from './check-options/issuer.js'
import type { CheckedOptions, DynamicIssuers } from './check-options.js'
import type { IntrospectingEntry } from './create-introspection.js'
import type { EmitKeysEvent } from './events.js'
import type { Introspection } from './introspection/introspection.js'
import { invalidOption } from './invalid-option.js'
import { createDynamicIssuers } from './issuer/dynamic-issuers.js'
import { createFirstLoads, type FirstLoads } from './issuer/first-loads.js'
import { createMetadataSource, metadataUrlsFor } from './issuer/metadata.js'
import type { TrustedIssuer, TrustedIssuers } from './issuer/trusted-issuer.js'
import { isSecret, judgeJwk } from './keys/jwk.js'
import { createKeySetReader, type OnSkipped } from './keys/key-set.js'
import { createRemoteKeySource, type KeySource } from './keys/key-source.js'
import { createSharedKeyStore } from './keys/key-store.js'
import { createJwksLoader, type LoadJwks, type LocateJwks, membersOf } from './keys/load-jwks.js'
import { createStaticKeySource } from './keys/static-keys.js'
import { ATTEMPT_TIMEOUT, type Fetch, type Subject } from './lib/exchange.js'
import { isObject, type JsonObject, type JsonValue, parseJsonObject } from './lib/json.js'
import { createJsonLoader, type LoadJson } from './lib/load-json.js'
import { withRetries } from './lib/retries.js'

/**
 * Puts together, from checked options, what each issuer needs. Issuers share nothing, so that the trouble of one is
 * never another's.
 */
export function createTrustedIssuers(options: CheckedOptions): TrustedIssuers {
  if (options.dynamic !== undefined) return createDynamic(options.dynamic, options)
  const listed = options.issuers.map((entry) => createTrustedIssuer(entry, options.fetch, options))
  const byName = new Map(listed.map((issuer) => [issuer.issuer, issuer]))
  const find = (iss: string): TrustedIssuer | undefined => byName.get(iss)
  return { listed, atHand: find, find }
}

/** But for a bound on how many are asked for the first time at once, whose names strangers may have chosen. */
function createDynamic({ find, check }: DynamicIssuers, options: CheckedOptions): TrustedIssuers {
  const { keys, clock, hasOwnFetch, insecure } = options
  const fetch = hasOwnFetch || insecure ? options.fetch : lazyPublicFetch()
  const firstLoads = createFirstLoads()
  return createDynamicIssuers({
    find,
    create: (entry) => createTrustedIssuer(check(entry), fetch, options, firstLoads),
    maxAge: keys.maxAge,
    staleIfError: keys.staleIfError,
    timeout: keys.timeout,
    clock,
  })
}

function createTrustedIssuer(
  entry: CheckedIssuer,
  fetch: Fetch,
  options: CheckedOptions,
  firstLoads?: FirstLoads,
): TrustedIssuer {
  const { issuer, audience, algorithms, profile, clockTolerance, scopeClaims, claims } = entry
  const keys = keySourceFor(entry, fetch, options, firstLoads)
  const introspection = asksAboutTokens(entry) ? lazyIntrospection(entry, keys, fetch, options) : undefined
  return { issuer, audience, algorithms, profile, clockTolerance, scopeClaims, claims, keys, introspection }
}

function asksAboutTokens(entry: CheckedIssuer): entry is IntrospectingEntry {
  return entry.introspection !== undefined
}

// What most processes never use is loaded when it is needed: a process that has just started waits for every module.

function lazyIntrospection(
  entry: IntrospectingEntry,
  keys: KeySource,
  fetch: Fetch,
  options: CheckedOptions,
): Introspection {
  const { audience, claims, clockTolerance, introspection } = entry
  const { ask, tokens } = introspection
  let lookUp: Introspection['lookUp'] | undefined
  return {
    tokens,
    isSigned: typeof ask !== 'function' && ask.signedResponse,
    rules: { audience, claims, clockTolerance, profile: 'jwt' },
    async lookUp(token) {
      if (lookUp === undefined) {
        const { createLookUpFor } = await import('./create-introspection.js')
        lookUp ??= createLookUpFor(entry, keys, fetch, options)
      }
      return lookUp(token)
    },
  }
}

function lazyPublicFetch(): Fetch {
  let loaded: Fetch | undefined
  return async (url, init) => {
    if (loaded === undefined) {
      const { createPublicFetch } = await import('#public-fetch')
      loaded ??= createPublicFetch()
    }
    return loaded(url, init)
  }
}

/** From the inside out: one exchange, its second try, where to go and what counts as keys, how long to keep them. */
function keySourceFor(
  entry: CheckedIssuer,
  fetch: Fetch,
  options: CheckedOptions,
  firstLoads: FirstLoads | undefined,
): KeySource {
  const { issuer, jwksUri, metadataUrl } = entry
  const { clock, keys: times } = options
  const emit: EmitKeysEvent = (event) => options.emit({ ...event, issuer })
  const onSkipped: OnSkipped = (skipped) => emit({ type: 'key.skipped', ...skipped })
  const given = entry.jwks && staticMembers(entry.jwks, entry)
  if (given !== undefined && jwksUri === undefined) return createStaticKeySource(given, onSkipped)

  const readKeySet = createKeySetReader(onSkipped)
  const loaderOf = (subject: Subject): LoadJson =>
    withRetries(createJsonLoader(subject, fetch, ATTEMPT_TIMEOUT), times.retries, Math.random)
  const locate = locatorFor(entry, loaderOf('metadata'), options)
  const load = createJwksLoader(locate, loaderOf('keys'), readKeySet)
  return createRemoteKeySource({
    load: firstLoads === undefined ? load : firstInTurn(load, firstLoads),
    readKeySet,
    seed: given,
    store:
      options.keyStore &&
      createSharedKeyStore({
        store: options.keyStore,
        source: { issuer, jwksUri, metadataUrl },
        readKeySet,
        clock,
        onFailed: (operation, cause) => emit({ type: 'keys.store', operation, cause }),
      }),
    times,
    clock,
    random: Math.random,
    emit,
  })
}

/** Waits for its turn until there have been keys once. */
function firstInTurn(load: LoadJwks, firstLoads: FirstLoads): LoadJwks {
  let hasLoaded = false
  return async (budget) => {
    const loaded = await (hasLoaded ? load(budget) : firstLoads(budget, load))
    hasLoaded = true
    return loaded
  }
}

function locatorFor(
  { issuer, jwksUri, metadataUrl }: CheckedIssuer,
  load: LoadJson,
  { clock, insecure }: CheckedOptions,
): LocateJwks {
  if (jwksUri !== undefined) return async () => jwksUri
  const urls = metadataUrl === undefined ? metadataUrlsFor(issuer) : [metadataUrl]
  return createMetadataSource({ issuer, urls, wanted: 'jwks_uri', load, clock, insecure })
}

const MAX_DEPTH = 16

/**
 * A set that the user wrote down is judged at once: a mistake in it should show when the process starts, not when the
 * first token comes.
 */
function staticMembers(jwks: object, { path, algorithms }: CheckedIssuer): readonly JsonValue[] {
  const members = membersOf(asJson(jwks, path)) ?? badSet(path, jwks)
  const verdicts = members.map((member) => judgeJwk(isObject(member) ? member : {}))
  if (verdicts.some(isSecret))
    throw invalidOption(`${path}.jwks`, 'public keys only, but there is a private or symmetric one', jwks)
  const usable = verdicts.flatMap((verdict) => ('algorithms' in verdict ? verdict.algorithms : []))
  if (!usable.some((alg) => algorithms.has(alg))) badSet(path, jwks)
  return members
}

function asJson(jwks: object, path: string): JsonObject {
  try {
    return parseJsonObject(JSON.stringify(jwks), MAX_DEPTH) ?? badSet(path, jwks)
  } catch {
    return badSet(path, jwks)
  }
}

function badSet(path: string, jwks: object): never {
  const expected = 'a JWK set { keys: […] } of at most 100 keys, one of them fit for the algorithms that are allowed'
  throw invalidOption(`${path}.jwks`, expected, jwks)
}
