import type { CheckedIssuer, CheckedOptions } from './check-options.js'
import { invalidOption } from './invalid-option.js'
import { createMetadataSource, metadataUrlsFor } from './issuer/metadata.js'
import type { TrustedIssuer, TrustedIssuers } from './issuer/trusted-issuer.js'
import { judgeJwk } from './keys/jwk.js'
import type { OnSkipped } from './keys/key-set.js'
import { createRemoteKeySource, createStaticKeySource, type KeySource } from './keys/key-source.js'
import { createJwksLoader, membersOf } from './keys/load-jwks.js'
import { isObject, type JsonObject, type JsonValue, parseJsonObject } from './lib/json.js'
import { createJsonLoader } from './lib/load-json.js'

/**
 * Puts together, from checked options, what each issuer needs. Issuers share nothing, so that the trouble of one is
 * never another's.
 */
export function createTrustedIssuers(options: CheckedOptions): TrustedIssuers {
  return new Map(options.issuers.map((entry) => [entry.issuer, createTrustedIssuer(entry, options)]))
}

function createTrustedIssuer(entry: CheckedIssuer, options: CheckedOptions): TrustedIssuer {
  const { issuer, audience, algorithms, profile, clockTolerance, scopeClaims } = entry
  const onSkipped: OnSkipped = (skipped) => options.emit({ type: 'key.skipped', issuer, ...skipped })
  const keys =
    entry.jwks === undefined
      ? remoteKeys(entry, options, onSkipped)
      : createStaticKeySource(staticMembers(entry.jwks, entry), onSkipped)
  return { issuer, audience, algorithms, profile, clockTolerance, scopeClaims, keys }
}

const ATTEMPT_TIMEOUT = 3 // seconds for one exchange; shorter ones have proved too tight in Lambda and behind NAT

function remoteKeys(entry: CheckedIssuer, options: CheckedOptions, onSkipped: OnSkipped): KeySource {
  const { issuer, jwksUri, metadataUrl } = entry
  const { fetch, clock, insecure, emit, keys: times } = options
  const locate =
    jwksUri === undefined
      ? createMetadataSource({
          issuer,
          urls: metadataUrl === undefined ? metadataUrlsFor(issuer) : [metadataUrl],
          load: createJsonLoader('metadata', fetch, ATTEMPT_TIMEOUT),
          clock,
          insecure,
        })
      : async () => ({ jwksUri })
  const load = createJwksLoader(locate, createJsonLoader('keys', fetch, ATTEMPT_TIMEOUT), times.timeout)
  return createRemoteKeySource({
    load,
    onSkipped,
    onAttempt: (outcome) => emit({ type: 'keys.fetch', issuer, ...outcome }),
    times,
    clock,
    random: Math.random,
  })
}

const MAX_DEPTH = 16

/**
 * A set that the user wrote down is judged at once: a mistake in it should show when the process starts, not when the
 * first token comes.
 */
function staticMembers(jwks: object, { path, algorithms }: CheckedIssuer): readonly JsonValue[] {
  const members = membersOf(asJson(jwks, path)) ?? badSet(path, jwks)
  const verdicts = members.map((member) => judgeJwk(isObject(member) ? member : {}))
  const isSecret = verdicts.some((verdict) => 'skipped' in verdict && verdict.skipped === 'private')
  if (isSecret) throw invalidOption(`${path}.jwks`, 'public keys only, but there is a private or symmetric one', jwks)
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
