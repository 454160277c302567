import type { AccessToken } from './access-token.js'
import type { AuthenticationError } from './authentication-error.js'
import type { VerifierStatus } from './issuer/readiness.js'
import type { RequestLike } from './request.js'
import type {
  AnonymousRequirements,
  OptionalAnonymousRequirements,
  OptionalRequirements,
  Requirements,
} from './requirements/requirements.js'

/**
 * A verified access token, or the error that answers the request. `undefined` stands for a request without credentials,
 * where such are let through.
 */
export type AuthenticationResult<Token extends AccessToken | undefined = AccessToken> =
  | { readonly ok: true; readonly accessToken: Token; readonly error?: never }
  | { readonly ok: false; readonly error: AuthenticationError; readonly accessToken?: never }

/**
 * Decides whether access tokens are to be believed. Make one when the process starts and keep it: it holds the issuers'
 * keys, and one that is made for each request fetches them for each request.
 */
export interface Verifier {
  /**
   * Verifies the access token in a request's `Authorization` header.
   *
   * **Checks** the header's grammar (RFC 6750 §2.1), the token's form, algorithm, signature, type, `iss`, `aud`, `exp`,
   * `nbf` and `iat` (RFC 9068 §4, RFC 8725 §3), that it is bound to no key, `isRevoked`, and the requirements.
   * **Does not check** query, body or cookies for tokens, nor whether the token was revoked at the issuer.
   *
   * @returns the result; what a client or an issuer does never makes the promise reject. A misspelt requirement
   * (`ERR_INVALID_OPTION`) and whatever your own `check` throws do.
   * @example
   * ```ts
   * import { createVerifier } from '@resource-server/core'
   *
   * const verifier = createVerifier({ issuer: 'https://as.example.com', audience: 'https://api.example.com' })
   *
   * export default {
   *   async fetch(request: Request): Promise<Response> {
   *     const result = await verifier.authenticate(request, { scopes: ['read:orders'] })
   *     if (!result.ok) return result.error.toResponse()
   *     return Response.json({ hello: result.accessToken.subject })
   *   },
   * }
   * ```
   */
  authenticate(request: RequestLike, ...requirements: OptionalRequirements): Promise<AuthenticationResult>
  /** Lets requests without an `Authorization` header through as well: see {@link AnonymousRequirements}. */
  authenticate(
    request: RequestLike,
    ...requirements: OptionalAnonymousRequirements
  ): Promise<AuthenticationResult<AccessToken | undefined>>

  /**
   * Verifies a bare access token, for places that have no request: queues, WebSockets, GraphQL contexts, Lambda
   * authorizers.
   *
   * **Checks** and **does not check** what {@link Verifier.authenticate} does, from the token's form on.
   *
   * @throws {@link AuthenticationError} when the token is refused or cannot be checked
   * @example
   * ```ts
   * import { createVerifier } from '@resource-server/core'
   *
   * const verifier = createVerifier({ issuer: 'https://as.example.com', audience: 'https://api.example.com' })
   *
   * export async function subjectOf(token: string): Promise<string | undefined> {
   *   const accessToken = await verifier.verify(token, { scopes: ['read:orders'] })
   *   return accessToken.subject
   * }
   * ```
   */
  verify(token: string, ...requirements: OptionalRequirements): Promise<AccessToken>

  /**
   * Holds an access token that this verifier has verified against further requirements.
   *
   * **Does not check** the token again, its expiry included: call it while the request lasts.
   *
   * @param accessToken the token, or `undefined` for an anonymous request, which is refused as one without credentials
   * unless `optional` lets it pass
   * @throws `TypeError` for any object that this verifier did not make: a look-alike has been verified by nobody
   * @example
   * ```ts
   * import type { AccessToken, Verifier } from '@resource-server/core'
   *
   * export async function mayDelete(verifier: Verifier, accessToken: AccessToken): Promise<boolean> {
   *   const { ok } = await verifier.authorize(accessToken, { scopes: ['delete:orders'] })
   *   return ok
   * }
   * ```
   */
  authorize(accessToken: AccessToken, requirements: Requirements | AnonymousRequirements): Promise<AuthenticationResult>
  authorize(accessToken: AccessToken | undefined, requirements: Requirements): Promise<AuthenticationResult>
  authorize(
    accessToken: AccessToken | undefined,
    requirements: Requirements | AnonymousRequirements,
  ): Promise<AuthenticationResult<AccessToken | undefined>>

  /**
   * Wraps a Fetch handler, so that it only sees requests with a valid access token; all others are answered as {@link
   * AuthenticationError.toResponse} does. Further arguments (`env` and `context` on Workers) are passed on.
   *
   * @throws `TypeError` with `code: 'ERR_INVALID_OPTION'` at once for a misspelt requirement
   * @example
   * ```ts
   * import { createVerifier } from '@resource-server/core'
   *
   * const verifier = createVerifier({ issuer: 'https://as.example.com', audience: 'https://api.example.com' })
   *
   * export const GET = verifier.protect({ scopes: ['read:orders'] }, async (request, accessToken) => {
   *   return Response.json({ url: request.url, hello: accessToken.subject })
   * })
   * ```
   */
  protect<Req extends Request, Rest extends readonly unknown[]>(
    requirements: Requirements,
    handler: (request: Req, accessToken: AccessToken, ...rest: Rest) => Response | Promise<Response>,
  ): (request: Req, ...rest: Rest) => Promise<Response>
  /** Calls the handler for requests without an `Authorization` header as well: see {@link AnonymousRequirements}. */
  protect<Req extends Request, Rest extends readonly unknown[]>(
    requirements: Requirements | AnonymousRequirements,
    handler: (request: Req, accessToken: AccessToken | undefined, ...rest: Rest) => Response | Promise<Response>,
  ): (request: Req, ...rest: Rest) => Promise<Response>

  /**
   * Loads the metadata and the keys of every issuer, so that the first token does not have to wait for them. Call it
   * before the process takes traffic; without it, keys are loaded when they are needed.
   *
   * **Checks** that afterwards there are usable keys of every issuer, fresh ones or, where it cannot be asked, those of
   * before. **Does not** try more often or wait longer than the options in `keys` say.
   *
   * @param options `signal`: stop waiting. What has been asked for is still loaded, for those who need it.
   * @throws an `Error` with `code: 'ERR_NOT_READY'` that names the issuers whose keys cannot be had, and why. Tokens of
   * the others are verified all the same, and these are tried again when a token needs them.
   * @example
   * ```ts
   * import { createVerifier } from '@resource-server/core'
   *
   * const verifier = createVerifier({ issuer: 'https://as.example.com', audience: 'https://api.example.com' })
   *
   * await verifier.ready().catch((error: Error) => console.warn(error.message))
   * ```
   */
  ready(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>

  /**
   * How things stand with the keys of each issuer, as plain data for a health endpoint or a metric. Never touches the
   * network, and holds no secret.
   *
   * @example
   * ```ts
   * import type { Verifier } from '@resource-server/core'
   *
   * export function health(verifier: Verifier): Response {
   *   const { issuers } = verifier.status()
   *   return Response.json({ issuers }, { status: issuers.some(({ state }) => state === 'expired') ? 503 : 200 })
   * }
   * ```
   */
  status(): VerifierStatus

  /**
   * Where clients of this API can get tokens, and for what (RFC 9728): made of the options, if `resource` is one of
   * them. The adapters and `protectedResourceMetadata` serve it.
   */
  readonly metadata: ProtectedResourceMetadata | undefined
}

/** The protected resource metadata of an API (RFC 9728), frozen. */
export interface ProtectedResourceMetadata {
  /** Where the document belongs: what challenges call `resource_metadata`. */
  readonly url: string
  /** The path of `url`, under which a server serves it. */
  readonly path: string
  readonly document: MetadataDocument
}

/** RFC 9728 §2. */
export interface MetadataDocument {
  readonly resource: string
  /** Not there where the option `issuer` is a function. */
  readonly authorization_servers?: readonly string[]
  readonly scopes_supported?: readonly string[]
  readonly bearer_methods_supported: readonly ['header']
  readonly resource_name?: string
  readonly resource_documentation?: string
  readonly resource_policy_uri?: string
  readonly resource_tos_uri?: string
}
