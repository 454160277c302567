import type { AccessToken } from './access-token.js'
import type { Algorithm } from './algorithm.js'
import type { ClaimRequirement } from './claim-requirement.js'
import type { VerifierEvent } from './events.js'
import type { Fetch } from './lib/exchange.js'
import type { Introspect, IntrospectionFunctionOptions, IntrospectionOptions } from './options/introspection.js'
import type { Store } from './options/store.js'
import type { Requirements } from './requirements/requirements.js'

/** `rfc9068`: only tokens with the type and the claims of RFC 9068. `jwt`: tokens that older servers issue as well. */
export type Profile = 'rfc9068' | 'jwt'

/**
 * As a member of the options, set to `true`: issuers and their keys may be fetched over http from any host. Whoever can
 * touch that traffic can then sign tokens. (Loopback needs no switch.)
 *
 * @deprecated Dangerous: for a test network only.
 */
export const allowInsecureRequests: unique symbol = Symbol('allowInsecureRequests')

/** The options of `createVerifier`. All durations are seconds. No environment variable is ever read. */
export interface VerifierOptions {
  /**
   * Whose tokens are trusted: the issuer's identifier, equal to the letter to `iss`, or an entry that says more, or
   * several of them; or, for platforms with thousands of tenants, a function that is asked.
   */
  readonly issuer: string | IssuerOptions | readonly (string | IssuerOptions)[] | FindIssuer
  /**
   * Says whose an opaque token is: one of the issuers, or `undefined` for nobody's. It is never shown to another one.
   * Needed where several issuers have `introspection`, or where `issuer` is a function.
   */
  readonly selectIssuer?: SelectIssuer | undefined
  /** The identifiers of this API, one of which a token's `aud` must name, equal to the letter. */
  readonly audience: string | readonly string[]
  /**
   * What this API is called where clients look for it (RFC 9728): its https URL, or an entry that says more. With it
   * there is `verifier.metadata`, and challenges name its address and the scopes that a request needs. It is no
   * audience: tokens name what `audience` says, mostly the same URL.
   */
  readonly resource?: string | ResourceOptions | undefined
  /** The `realm` of challenges. Default: `"api"`, or none where there is a `resource`. */
  readonly realm?: string | undefined
  /** The signature algorithms accepted. Default: every one that is offered; all are asymmetric. */
  readonly algorithms?: readonly Algorithm[] | undefined
  /** Default: `'jwt'`. */
  readonly profile?: Profile | undefined
  /** How far clocks may be apart when `exp`, `nbf` and `iat` are judged: 0 to 300, default 10. */
  readonly clockTolerance?: number | undefined
  /** Must hold for every request, in addition to what a route asks for. */
  readonly requirements?: Requirements
  /**
   * Asked about every token that is valid otherwise; a truthy answer means revoked. If it throws or takes longer than 2
   * s the request is answered 503. Tell tokens apart by `iss` and `jti`, not by their text: an ECDSA signature can be
   * rewritten.
   */
  readonly isRevoked?: ((accessToken: AccessToken, context: { readonly signal: AbortSignal }) => unknown) | undefined
  readonly keys?: KeyOptions | undefined
  /**
   * How many verified tokens are remembered, so that one that comes again costs no signature: 1 to 1,000,000, default
   * `{ maxEntries: 10_000 }`, about 2 kB each, or up to twice the length of a long one; `false` for none. Only the
   * signature is taken as read: time, audience, key, revocation and requirements are judged on every request.
   */
  readonly tokenCache?: TokenCacheOptions | false | undefined
  /** In place of the global `fetch`: for proxies, private certificate authorities and tests. */
  readonly fetch?: Fetch | undefined
  /** The time in milliseconds, as `Date.now`, which is the default. */
  readonly clock?: (() => number) | undefined
  /** Told why requests are refused and how the issuers' keys fare. What it throws is ignored. */
  readonly onEvent?: ((event: VerifierEvent) => unknown) | undefined
  readonly [allowInsecureRequests]?: boolean | undefined
}

/**
 * One trusted issuer. Its keys are at `jwksUri`, or are those in `jwks`, or are found through the metadata at
 * `metadataUrl`; without any of them, through the metadata that the issuer's identifier leads to. `jwks` beside
 * `jwksUri` are keys to begin with.
 */
export type IssuerOptions = IssuerSettings & (Discovered | WithJwksUri | WithJwks | WithMetadataUrl)

/**
 * Finds the entry of an issuer that is not written down, or `undefined` for one that is not trusted. It is asked for an
 * `iss` that is an https URL, before anything else about the token is known: **trust nothing but your own list of
 * tenants**. Answers are kept for `keys.maxAge`, refusals for 30 s; if it throws, or takes longer than `keys.timeout`,
 * the request is answered 503. Its issuers are not connected to at private addresses, unless you bring your own `fetch`.
 *
 * @example
 * ```ts
 * import { createVerifier } from '@resource-server/core'
 *
 * declare const tenants: { find(issuer: string): Promise<{ readonly issuer: string } | undefined> }
 *
 * export const verifier = createVerifier({
 *   issuer: async (iss) => {
 *     const tenant = await tenants.find(iss)
 *     return tenant && { issuer: tenant.issuer }
 *   },
 *   audience: 'https://api.example.com',
 * })
 * ```
 */
export type FindIssuer = (
  iss: string,
  context: { readonly signal: AbortSignal },
) => IssuerOptions | undefined | PromiseLike<IssuerOptions | undefined>

/** Chooses by the look of an opaque token, a prefix for instance. What it throws is a bug, and answered 500. */
export type SelectIssuer = (token: string) => string | undefined

/** This API in its protected resource metadata (RFC 9728 §2). */
export interface ResourceOptions {
  /** Its https URL, without a fragment. */
  readonly url: string
  /** Its name, for people. */
  readonly name?: string | undefined
  /** Where its documentation is. */
  readonly documentation?: string | undefined
  /** Where it says how data may be used. */
  readonly policyUri?: string | undefined
  /** Where its terms of service are. */
  readonly tosUri?: string | undefined
  /** The scopes that clients may ask for. Those that the option `requirements` asks for are there anyway. */
  readonly scopesSupported?: readonly string[] | undefined
}

interface IssuerSettings {
  readonly issuer: string
  /**
   * Tenants that are trusted, by their ids: `{tenantid}` in `issuer`, `metadataUrl` and `jwksUri` stands for each of
   * them. No other tenant of the template is.
   */
  readonly tenants?: readonly string[] | undefined
  /** In place of the verifier's `audience`; `null` for an issuer whose tokens name none. */
  readonly audience?: string | readonly string[] | null | undefined
  readonly algorithms?: readonly Algorithm[] | undefined
  readonly profile?: Profile | undefined
  /** The claims that may hold the scopes: the first one present counts. Default: `['scope', 'scp']`. */
  readonly scopeClaims?: readonly string[] | undefined
  /**
   * What an access token of this issuer must say besides: `{ token_use: 'access' }`. A value that the claim equals, or
   * contains where it is an array; or a predicate. Otherwise the token is refused as invalid.
   */
  readonly claims?: Readonly<Record<string, ClaimRequirement>> | undefined
  /**
   * How the issuer is asked about tokens that are not JWTs (RFC 7662): the credentials of this API there, or a function
   * where it has a way of its own.
   */
  readonly introspection?: IntrospectionOptions | IntrospectionFunctionOptions | Introspect | undefined
}

interface Discovered {
  readonly jwksUri?: undefined
  readonly jwks?: undefined
  readonly metadataUrl?: undefined
}

interface WithJwksUri {
  /** Where the keys are. */
  readonly jwksUri: string
  /**
   * Keys to begin with: they are used at once and until the keys at `jwksUri` have been fetched, which the first token
   * sets going. So there is no waiting at the start and no outage if the issuer is down then. But a key that was
   * withdrawn must be taken out here as well.
   */
  readonly jwks?: JwkSet | undefined
  readonly metadataUrl?: undefined
}

interface WithJwks {
  /** The keys themselves: nothing is fetched, and nothing ever changes. */
  readonly jwks: JwkSet
  readonly jwksUri?: undefined
  readonly metadataUrl?: undefined
}

interface WithMetadataUrl {
  /** Where the metadata is, when it is not where the issuer's identifier says. */
  readonly metadataUrl: string
  readonly jwksUri?: undefined
  readonly jwks?: undefined
}

/** A JWK set (RFC 7517 §5): public keys, at least one of them usable. */
export interface JwkSet {
  readonly keys: readonly object[]
}

/** How much is remembered of verified tokens. */
export interface TokenCacheOptions {
  readonly maxEntries?: number | undefined
}

/** How the keys of issuers are fetched and kept. All durations are seconds. */
export interface KeyOptions {
  /**
   * How long a key set is used without asking again, and so how long a withdrawn key lives: 60 to 86,400, default 600.
   * The issuer's `Cache-Control: max-age` may shorten it, to no less than 60, and never lengthens it.
   */
  readonly maxAge?: number | undefined
  /**
   * How long past `maxAge` a set is still used while the issuer cannot be reached: 0 to 86,400, default 3,600. A trade:
   * longer survives longer outages, and lets a withdrawn key live longer if an attacker can keep the issuer
   * unreachable.
   */
  readonly staleIfError?: number | undefined
  /** The shortest time between two fetches because of an unknown `kid`: 5 to 600 and at most `maxAge`, default 30. */
  readonly cooldown?: number | undefined
  /** How long a request waits for keys, metadata included: 1 to 30, default 5. A single exchange may take 3 of them. */
  readonly timeout?: number | undefined
  /** How often a request that failed for a passing reason is repeated, 100 to 300 ms later: 0 to 2, default 1. */
  readonly retries?: number | undefined
  /** A place where several processes share what they have fetched: for platforms that start many short-lived ones. */
  readonly store?: Store | undefined
}
