import type { Store } from './store.js'

/**
 * How an authorization server is asked about a token (RFC 7662). It is asked at most 50 questions at once; about one
 * token only one at a time.
 */
export type IntrospectionOptions = IntrospectionSettings & (BySecret | ByPrivateKey)

interface IntrospectionSettings {
  /** Where to ask: an https URL. Default: `introspection_endpoint` of the issuer's metadata. */
  readonly endpoint?: string | undefined
  /** What this API is called at the authorization server. */
  readonly clientId: string
  /**
   * `opaque`, the default: tokens that are no JWTs are asked about, JWTs are verified here. `all`: every token is asked
   * about, so that revoked JWTs are refused as well, and the issuer's keys are not used.
   */
  readonly tokens?: 'opaque' | 'all' | undefined
  /**
   * Answers are kept for `maxAge` seconds (1 to 3,600), never past the token's `exp`. **It is how long a revoked token
   * may still be accepted**, and so it is off unless asked for. Answers that a token is not active are kept for 10
   * seconds at most. With `store` several processes share the good ones.
   */
  readonly cache?: { readonly maxAge: number; readonly store?: Store | undefined } | undefined
  /** Accept only answers that are signed by the issuer (RFC 9701). Default: `false`. */
  readonly signedResponse?: boolean | undefined
}

interface BySecret {
  /** Known to this API and the authorization server. It is in no message, event or log. */
  readonly clientSecret: string
  /** How the secret is sent (RFC 6749 §2.3.1): in a header, the default, or in the form. */
  readonly authentication?: 'client_secret_basic' | 'client_secret_post' | undefined
  readonly privateKey?: undefined
}

interface ByPrivateKey {
  /** A signed assertion in place of a secret (RFC 7523 §2.2). */
  readonly authentication: 'private_key_jwt'
  readonly privateKey: PrivateJwk
  readonly clientSecret?: undefined
}

/** The private key of this API as a JWK (RFC 7517): `alg` says how it signs, `kid` by which name the server knows it. */
export interface PrivateJwk {
  readonly kty: string
  readonly alg: string
  readonly kid?: string | undefined
  readonly [member: string]: unknown
}

/**
 * Asks about a token where an endpoint has its own shape. What it resolves to is judged as an answer of RFC 7662: only
 * `active: true` is a yes. If it throws, or takes longer than `keys.timeout`, the request is answered 503.
 *
 * @example
 * ```ts
 * import type { Introspect } from '@resource-server/core'
 *
 * interface Validation {
 *   readonly client_id: string
 *   readonly expires_in: number
 *   readonly scopes: readonly string[]
 * }
 *
 * export const introspect: Introspect = async (token, { signal }) => {
 *   const response = await fetch('https://as.example.com/token/validate', {
 *     headers: { authorization: `Bearer ${token}` },
 *     signal,
 *   })
 *   if (response.status === 401) return { active: false }
 *   if (!response.ok) throw new Error(`as.example.com answered ${response.status}`)
 *   const { client_id, expires_in, scopes } = (await response.json()) as Validation
 *   if (!Number.isSafeInteger(expires_in)) throw new Error('as.example.com did not say how long the token lives')
 *   return { active: true, client_id, scope: scopes.join(' '), exp: Math.floor(Date.now() / 1000) + expires_in }
 * }
 * ```
 */
export type Introspect = (
  token: string,
  context: { readonly signal: AbortSignal },
) => IntrospectionResponse | PromiseLike<IntrospectionResponse>

/** RFC 7662 §2.2. Members beside these become claims as they are. */
export interface IntrospectionResponse {
  readonly active: boolean
  /** Seconds since the epoch. Without it the token is refused. */
  readonly exp?: number | undefined
  readonly iat?: number | undefined
  readonly nbf?: number | undefined
  readonly scope?: string | undefined
  readonly client_id?: string | undefined
  readonly sub?: string | undefined
  /** Must name this API, unless the issuer's entry says `audience: null`. */
  readonly aud?: string | readonly string[] | undefined
  /** If it is there it must be the issuer. */
  readonly iss?: string | undefined
  readonly jti?: string | undefined
  readonly [member: string]: unknown
}

/** A function with {@link Introspect} inside an object, where there is more to say. */
export interface IntrospectionFunctionOptions {
  readonly introspect: Introspect
  readonly tokens?: IntrospectionSettings['tokens']
  readonly cache?: IntrospectionSettings['cache']
}
