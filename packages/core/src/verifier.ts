import { type AccessToken, createAccessToken } from './access-token.js'
import { AuthenticationError } from './authentication-error.js'
import { challengesFor } from './challenge.js'
import { checkOptions } from './check-options.js'
import { requireProvenConfirmation } from './confirmation.js'
import { createTrustedIssuers } from './create-trusted-issuers.js'
import { bareCredential, type Credential, extractCredential } from './credential.js'
import { Rejection } from './failure.js'
import { findTrustedIssuer } from './issuer/trusted-issuer.js'
import { requireValidClaims } from './jwt/claims.js'
import { parseJwt } from './jwt/parse.js'
import { isPlausible } from './jwt/plausible.js'
import { requireAllowedAlgorithm, requireSignature } from './jwt/signature.js'
import { requireAccessTokenType } from './jwt/type.js'
import type { VerifierOptions } from './options.js'
import type { RequestLike } from './request.js'
import { requireFulfilled } from './requirements/require.js'
import {
  checkRequirements,
  defineRequirements,
  type OptionalRequirements,
  type Requirements,
} from './requirements/requirements.js'
import { requireNotRevoked } from './revocation.js'

/** A verified access token, or the error that answers the request. */
export type AuthenticationResult =
  | { readonly ok: true; readonly accessToken: AccessToken; readonly error?: never }
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
  authorize(accessToken: AccessToken, requirements: Requirements): Promise<AuthenticationResult>

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
}

/**
 * Makes a verifier.
 *
 * **Checks** every option at once. **Does not** read the environment or use the network: keys are fetched when the first
 * token needs them.
 *
 * @throws `TypeError` with `code: 'ERR_INVALID_OPTION'` that names the option, what was expected and what came
 * @example
 * ```ts
 * import { createVerifier } from '@resource-server/core'
 *
 * const verifier = createVerifier({
 *   issuer: 'https://tenant.auth0.com/',
 *   audience: 'https://api.example.com',
 * })
 * ```
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const settings = checkOptions(options)
  const { clock, emit, isRevoked, realm } = settings
  const issuers = createTrustedIssuers(settings)
  const verifiedHere = new WeakSet<AccessToken>()

  /**
   * The whole decision about a token, in the order in which it is made: cheap before costly, signature before claims.
   */
  async function examine(credential: Credential): Promise<AccessToken> {
    const jwt = parseJwt(credential.token)
    const issuer = findTrustedIssuer(issuers, jwt)
    requireAllowedAlgorithm(jwt, issuer.algorithms)
    const candidates = await issuer.keys.find(jwt.alg, jwt.kid, () => isPlausible(jwt, issuer, clock()))
    const verified = await requireSignature(jwt, candidates)
    requireAccessTokenType(verified, issuer.profile)
    requireValidClaims(verified, issuer, clock())
    requireProvenConfirmation(verified)
    const accessToken = createAccessToken(credential, verified, issuer.scopeClaims)
    await requireNotRevoked(accessToken, isRevoked)
    verifiedHere.add(accessToken)
    return accessToken
  }

  /** The one place where a refusal is caught. Anything else that is thrown is a bug, and travels on. */
  async function resultOf(decide: () => Promise<AccessToken>): Promise<AuthenticationResult> {
    try {
      return { ok: true, accessToken: await decide() }
    } catch (thrown) {
      if (!(thrown instanceof Rejection)) throw thrown
      const { failure, detail, cause } = thrown
      emit({ type: 'authentication.failed', kind: failure.kind, reason: failure.reason, detail, cause })
      return { ok: false, error: new AuthenticationError(failure, challengesFor(failure, realm)) }
    }
  }

  async function decide(
    readCredential: () => Credential,
    requirements: OptionalRequirements,
  ): Promise<AuthenticationResult> {
    const asked = [settings.requirements, ...requirements.map((given) => checkRequirements(given, 'requirements'))]
    return resultOf(async () => {
      const accessToken = await examine(readCredential())
      await requireFulfilled(accessToken, asked)
      return accessToken
    })
  }

  return {
    authenticate: (request, ...requirements) => decide(() => extractCredential(request), requirements),

    async verify(token, ...requirements) {
      const result = await decide(() => bareCredential(token), requirements)
      if (!result.ok) throw result.error
      return result.accessToken
    },

    async authorize(accessToken, requirements) {
      // What holds for every request was judged when the token came. Its scopes are named again, since a client that is
      // sent for more comes back with a new token.
      const asked = [
        { ...settings.requirements, claims: [], checks: [] },
        checkRequirements(requirements, 'requirements'),
      ]
      if (!verifiedHere.has(accessToken))
        throw new TypeError('authorize() expects an access token that this verifier has verified')
      return resultOf(async () => {
        await requireFulfilled(accessToken, asked)
        return accessToken
      })
    },

    protect(requirements, handler) {
      const defined = defineRequirements(requirements)
      return async (request, ...rest) => {
        const result = await decide(() => extractCredential(request), [defined])
        return result.ok ? handler(request, result.accessToken, ...rest) : result.error.toResponse()
      }
    },
  }
}

/**
 * The verifier that was given, or one made of the options that were given: for adapters, which take either.
 *
 * @throws as {@link createVerifier} does
 * @example
 * ```ts
 * import { type Verifier, type VerifierOptions, verifierFrom } from '@resource-server/core'
 *
 * export function myAdapter(verifierOrOptions: Verifier | VerifierOptions): Verifier {
 *   return verifierFrom(verifierOrOptions)
 * }
 * ```
 */
export function verifierFrom(value: Verifier | VerifierOptions): Verifier {
  return isVerifier(value) ? value : createVerifier(value)
}

function isVerifier(value: Verifier | VerifierOptions): value is Verifier {
  return typeof (value as Partial<Verifier> | undefined)?.authenticate === 'function'
}
