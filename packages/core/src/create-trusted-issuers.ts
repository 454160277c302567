import type { CheckedIssuer, CheckedOptions } from './check-options.js'
import type { EmitKeysEvent } from './events.js'
import { invalidOption } from './invalid-option.js'
import { createMetadataSource, metadataUrlsFor } from './issuer/metadata.js'
import type { TrustedIssuer, TrustedIssuers } from './issuer/trusted-issuer.js'
import { isSecret, judgeJwk } from './keys/jwk.js'
import { createKeySetReader, type OnSkipped } from './keys/key-set.js'
import { createRemoteKeySource, type KeySource } from './keys/key-source.js'
import { createSharedKeyStore } from './keys/key-store.js'
import { createJwksLoader, type LocateJwks, membersOf } from './keys/load-jwks.js'
import { createStaticKeySource } from './keys/static-keys.js'
import { isObject, type JsonObject, type JsonValue, parseJsonObject } from './lib/json.js'
import { createJsonLoader, type LoadJson, type Subject } from './lib/load-json.js'
import { withRetries } from './lib/retries.js'

/**
 * Puts together, from checked options, what each issuer needs. Issuers share nothing, so that the trouble of one is
 * never another's.
 */
export function createTrustedIssuers(options: CheckedOptions): TrustedIssuers {
  return new Map(options.issuers.map((entry) => [entry.issuer, createTrustedIssuer(entry, options)]))
}

function createTrustedIssuer(entry: CheckedIssuer, options: CheckedOptions): TrustedIssuer {
  const { issuer, audience, algorithms, profile, clockTolerance, scopeClaims } = entry
  return { issuer, audience, algorithms, profile, clockTolerance, scopeClaims, keys: keySourceFor(entry, options) }
}

/** From the inside out: one exchange, its second try, where to go and what counts as keys, how long to keep them. */
function keySourceFor(entry: CheckedIssuer, options: CheckedOptions): KeySource {
  const { issuer, jwksUri, metadataUrl } = entry
  const { clock, keys: times } = options
  const emit: EmitKeysEvent = (event) => options.emit({ ...event, issuer })
  const onSkipped: OnSkipped = (skipped) => emit({ type: 'key.skipped', ...skipped })
  const given = entry.jwks && staticMembers(entry.jwks, entry)
  if (given !== undefined && jwksUri === undefined) return createStaticKeySource(given, onSkipped)

  const readKeySet = createKeySetReader(onSkipped)
  return createRemoteKeySource({
    load: createJwksLoader(locatorFor(entry, options), loaderOf('keys', options), readKeySet),
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

function locatorFor({ issuer, jwksUri, metadataUrl }: CheckedIssuer, options: CheckedOptions): LocateJwks {
  if (jwksUri !== undefined) return async () => ({ jwksUri })
  return createMetadataSource({
    issuer,
    urls: metadataUrl === undefined ? metadataUrlsFor(issuer) : [metadataUrl],
    load: loaderOf('metadata', options),
    clock: options.clock,
    insecure: options.insecure,
  })
}

const ATTEMPT_TIMEOUT = 3 // seconds for one exchange; shorter ones have proved too tight in Lambda and behind NAT

function loaderOf(subject: Subject, { fetch, keys: { retries } }: CheckedOptions): LoadJson {
  return withRetries(createJsonLoader(subject, fetch, ATTEMPT_TIMEOUT), retries, Math.random)
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
