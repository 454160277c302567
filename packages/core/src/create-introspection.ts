import type { CheckedEndpoint, CheckedIntrospection } from './check-options/introspection.js'
import type { CheckedIssuer } from './check-options/issuer.js'
import type { CheckedOptions } from './check-options.js'
import { createEndpointAsker, type EndpointContext } from './introspection/ask-endpoint.js'
import { createFunctionAsker } from './introspection/ask-function.js'
import {
  type AuthenticateClient,
  byPrivateKey,
  bySecretInForm,
  bySecretInHeader,
} from './introspection/client-authentication.js'
import { type Ask, createLookUp, type Introspection } from './introspection/introspection.js'
import { createResponseCache, type ResponseCache } from './introspection/response-cache.js'
import { createSignedResponseReader } from './introspection/signed-response.js'
import { createMetadataSource, metadataUrlsFor } from './issuer/metadata.js'
import { parseJwt } from './jwt/parse.js'
import { requireAllowedAlgorithm, requireSignature } from './jwt/signature.js'
import { createAttempts } from './keys/attempts.js'
import type { KeySource } from './keys/key-source.js'
import { endsWithin } from './lib/deadline.js'
import { ATTEMPT_TIMEOUT, createExchange, type Fetch, LoadError } from './lib/exchange.js'
import { createJsonLoader } from './lib/load-json.js'
import { withRetries } from './lib/retries.js'

export type IntrospectingEntry = CheckedIssuer & { readonly introspection: CheckedIntrospection }

/** Puts together, from checked options, how an issuer is asked about tokens. */
export function createLookUpFor(
  entry: IntrospectingEntry,
  keys: KeySource,
  fetch: Fetch,
  options: CheckedOptions,
): Introspection['lookUp'] {
  const { issuer, introspection } = entry
  const { ask } = introspection
  return createLookUp({
    issuer,
    ask: typeof ask === 'function' ? createFunctionAsker(ask) : endpointAsker(ask, entry, keys, fetch, options),
    cache: cacheFor(entry, options),
    timeout: options.keys.timeout,
    clock: options.clock,
  })
}

function endpointAsker(
  endpoint: CheckedEndpoint,
  entry: CheckedIssuer,
  keys: KeySource,
  fetch: Fetch,
  options: CheckedOptions,
): Ask {
  const { retries } = options.keys
  return createEndpointAsker({
    locate: locatorFor(endpoint, entry, fetch, options),
    exchange: createExchange('introspection', fetch, ATTEMPT_TIMEOUT),
    retries,
    authenticate: authenticationFor(endpoint, entry, options),
    readSigned: endpoint.signedResponse ? signedReader(endpoint, entry, keys, options) : undefined,
  })
}

function locatorFor(
  { endpoint }: CheckedEndpoint,
  { issuer, metadataUrl }: CheckedIssuer,
  fetch: Fetch,
  { clock, insecure, keys: { retries, timeout } }: CheckedOptions,
): EndpointContext['locate'] {
  if (endpoint !== undefined) return async () => endpoint
  const find = createMetadataSource({
    issuer,
    urls: metadataUrl === undefined ? metadataUrlsFor(issuer) : [metadataUrl],
    wanted: 'introspection_endpoint',
    load: withRetries(createJsonLoader('metadata', fetch, ATTEMPT_TIMEOUT), retries, Math.random),
    clock,
    insecure,
  })
  // One at a time for all tokens, and after a failure a pause, as for keys: strangers make up as many as they like.
  const attempts = createAttempts({ timeout, clock, random: Math.random })
  let address: string | undefined
  return async (budget, isDoubted) => {
    const attempt = attempts.make(async (own) => {
      address = await find(own, isDoubted)
    })
    await endsWithin(budget.remaining(), attempt)
    if (address !== undefined && attempts.failures === 0) return address
    throw attempts.lastError ?? new LoadError('metadata', 'There was no answer in time')
  }
}

function authenticationFor(
  { clientId, client }: CheckedEndpoint,
  { issuer }: CheckedIssuer,
  { clock }: CheckedOptions,
): AuthenticateClient {
  switch (client.authentication) {
    case 'client_secret_basic':
      return bySecretInHeader(clientId, client.secret)
    case 'client_secret_post':
      return bySecretInForm(clientId, client.secret)
    case 'private_key_jwt':
      return byPrivateKey({ clientId, privateKey: client.privateKey, issuer, clock })
  }
}

/** The keys that sign the issuer's tokens sign its answers as well (RFC 9701 §5). */
function signedReader(
  { clientId }: CheckedEndpoint,
  { issuer, algorithms, clockTolerance }: CheckedIssuer,
  keys: KeySource,
  { clock }: CheckedOptions,
): EndpointContext['readSigned'] {
  return createSignedResponseReader({
    issuer,
    clientId,
    clockTolerance,
    clock,
    verify: async (text) => {
      const jwt = parseJwt(text)
      requireAllowedAlgorithm(jwt, algorithms)
      return requireSignature(await keys.find(jwt.alg, jwt.kid, () => true), jwt)
    },
  })
}

function cacheFor(
  { issuer, metadataUrl, introspection }: CheckedIssuer,
  { clock, emit }: CheckedOptions,
): ResponseCache | undefined {
  const { cache, ask } = introspection ?? {}
  if (cache === undefined) return undefined
  const isFunction = typeof ask === 'function' || ask === undefined
  return createResponseCache({
    scope: isFunction
      ? [issuer]
      : [issuer, ask.endpoint ?? metadataUrl ?? '', ask.clientId, String(ask.signedResponse)],
    maxAge: cache.maxAge,
    store: cache.store,
    clock,
    onFailed: (operation, cause) => emit({ type: 'introspection.store', issuer, operation, cause }),
  })
}
