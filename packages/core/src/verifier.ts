import { type AccessToken, createAccessToken } from './access-token.js'
import { AuthenticationError } from './authentication-error.js'
import { challengesFor } from './challenge.js'
import { checkOptions, checkReadyOptions } from './check-options.js'
import { requireProvenConfirmation } from './confirmation.js'
import { createTrustedIssuers } from './create-trusted-issuers.js'
import { bareCredential, type Credential, extractCredential } from './credential.js'
import { failedEvent, rememberWhy } from './explain.js'
import { Rejection } from './failure.js'
import { loadKeys, statusOf } from './issuer/readiness.js'
import {
  createFinderOfOpaque,
  findTrustedIssuer,
  type IntrospectingIssuer,
  isAskedAboutAll,
  type TrustedIssuer,
} from './issuer/trusted-issuer.js'
import { requireValidClaims } from './jwt/claims.js'
import { isJwt } from './jwt/is-jwt.js'
import { parseJwt } from './jwt/parse.js'
import { isPlausible } from './jwt/plausible.js'
import { requireAllowedAlgorithm, requireSignature } from './jwt/signature.js'
import { requireAccessTokenType } from './jwt/type.js'
import { createMetadata } from './metadata.js'
import type { VerifierOptions } from './options.js'
import type { RequestLike } from './request.js'
import { type Moment, requireFulfilled, requireOptional, scopesOf } from './requirements/require.js'
import {
  type AnonymousRequirements,
  type CheckedRequirements,
  checkObligatory,
  checkRequirements,
  defineRequirements,
  type OptionalAnonymousRequirements,
  type OptionalRequirements,
  type Requirements,
} from './requirements/requirements.js'
import { requireNotRevoked } from './revocation.js'
import type { VerifiedToken } from './verified-token.js'
import type { AuthenticationResult, Verifier } from './verifier-contract.js'

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
  const { clock, clockTolerance, emit, isRevoked, resource } = settings
  const metadata =
    resource &&
    createMetadata(
      resource,
      settings.issuers.map(({ issuer }) => issuer),
      scopesOf([settings.requirements]),
    )
  const space = { realm: settings.realm, resourceMetadata: metadata?.url }
  const issuers = createTrustedIssuers(settings)
  const findIssuerOfOpaque = createFinderOfOpaque(issuers, settings.selectIssuer)
  const verifiedHere = new WeakSet<AccessToken>()

  /**
   * The whole decision about a token, in the order in which it is made: cheap before costly, whose word it is before
   * what it says. Which way a token goes is decided by the options and its form, and never by a failure on the other.
   */
  async function examine(credential: Credential, trail: Trail): Promise<AccessToken> {
    const { token } = credential
    const isOpaque = findIssuerOfOpaque !== undefined && !isJwt(token)
    const { issuer, verified } = isOpaque
      ? await verifyOpaque(token, await findIssuerOfOpaque(token), trail)
      : await verifyJwt(token, trail)
    requireProvenConfirmation(verified)
    const accessToken = createAccessToken(credential, verified, issuer.scopeClaims)
    await requireNotRevoked(accessToken, isRevoked)
    verifiedHere.add(accessToken)
    return accessToken
  }

  async function verifyJwt(token: string, trail: Trail): Promise<Vouched> {
    const jwt = parseJwt(token)
    const issuer = await findTrustedIssuer(issuers, jwt)
    if (isAskedAboutAll(issuer)) return verifyOpaque(token, issuer, trail)
    trail.issuer = issuer.issuer
    requireAllowedAlgorithm(jwt, issuer.algorithms)
    const candidates = await issuer.keys.find(jwt.alg, jwt.kid, () => isPlausible(jwt, issuer, clock()))
    const verified = await requireSignature(jwt, candidates)
    requireAccessTokenType(verified, issuer.profile)
    requireValidClaims(verified, issuer, clock())
    return { issuer, verified }
  }

  async function verifyOpaque(token: string, issuer: IntrospectingIssuer, trail: Trail): Promise<Vouched> {
    trail.issuer = issuer.issuer
    const { introspection } = issuer
    const verified = await introspection.lookUp(token)
    requireValidClaims(verified, introspection.rules, clock())
    return { issuer, verified }
  }

  const moment = (): Moment => ({ now: Math.floor(clock() / 1000), clockTolerance })

  /**
   * Judges what a request presents, if anything, by what is asked. The one place where a refusal is caught; anything else
   * that is thrown is a bug, and travels on.
   */
  async function decide(
    asked: readonly CheckedRequirements[],
    present: (trail: Trail) => Promise<AccessToken> | AccessToken | undefined,
  ): Promise<AuthenticationResult<AccessToken | undefined>> {
    const trail: Trail = {}
    try {
      const accessToken = await present(trail)
      if (accessToken === undefined) requireOptional(asked)
      else await requireFulfilled(accessToken, asked, moment())
      return { ok: true, accessToken }
    } catch (thrown) {
      if (!(thrown instanceof Rejection)) throw thrown
      const error = new AuthenticationError(thrown.failure, challengesFor(thrown.failure, space, scopesOf(asked)))
      const event = failedEvent(thrown, trail.issuer)
      rememberWhy(error, event)
      emit(event)
      return { ok: false, error }
    }
  }

  const check = (given: unknown): CheckedRequirements => checkRequirements(given, 'requirements')

  function authenticate(request: RequestLike, asked: readonly CheckedRequirements[]): ReturnType<typeof decide> {
    return decide([settings.requirements, ...asked], (trail) => {
      const credential = extractCredential(request)
      return credential && examine(credential, trail)
    })
  }

  const verifier = {
    authenticate: async (request: RequestLike, ...requirements: OptionalAnonymousRequirements) =>
      authenticate(request, requirements.map(check)),

    async verify(token: string, ...requirements: OptionalRequirements) {
      const asked = requirements.map((given) => checkObligatory(given, 'requirements'))
      const result = await decide([settings.requirements, ...asked], (trail) => examine(bareCredential(token), trail))
      if (!result.ok) throw result.error
      return result.accessToken
    },

    async authorize(accessToken: AccessToken | undefined, requirements: Requirements | AnonymousRequirements) {
      // What holds for every request was judged when the token came. Its scopes are named again, since a client that is
      // sent for more comes back with a new token.
      const asked = [{ ...settings.requirements, claims: [], checks: [] }, check(requirements)]
      if (accessToken !== undefined && !verifiedHere.has(accessToken))
        throw new TypeError('authorize() expects an access token that this verifier has verified')
      return decide(asked, (trail) => {
        trail.issuer = accessToken?.issuer
        return accessToken
      })
    },

    protect(requirements: Requirements | AnonymousRequirements, handler: Handler) {
      const asked = [check(defineRequirements(requirements))]
      return async (request: Request, ...rest: readonly unknown[]) => {
        const result = await authenticate(request, asked)
        return result.ok ? handler(request, result.accessToken, ...rest) : result.error.toResponse()
      }
    },

    async ready(given: object = {}) {
      await loadKeys(issuers, checkReadyOptions(given).signal)
    },

    status: () => statusOf(issuers),

    metadata,
  }
  return verifier as Verifier // whose overloads say where the token may be missing: only beside `optional`
}

/** How far a token has come, for whoever asks why no further. */
interface Trail {
  issuer?: string | undefined
}

/** Whose word a token is, and what it says. */
interface Vouched {
  readonly issuer: TrustedIssuer
  readonly verified: VerifiedToken
}

type Handler = (
  request: Request,
  accessToken: AccessToken | undefined,
  ...rest: readonly unknown[]
) => Response | Promise<Response>

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
