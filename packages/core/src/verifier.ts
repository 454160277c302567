import { inTurn } from '#signature'
import { type AccessToken, createAccessToken, isMadeBy } from './access-token.js'
import { type AuthenticateEagerly, setEagerForm } from './authenticate-eagerly.js'
import { AuthenticationError } from './authentication-error.js'
import { challengesFor } from './challenge.js'
import { checkOptions, checkReadyOptions } from './check-options.js'
import { requireProvenConfirmation } from './confirmation.js'
import { createTrustedIssuers } from './create-trusted-issuers.js'
import { extractCredential } from './credential.js'
import { failedEvent, rememberWhy } from './explain.js'
import { Rejection, rejectToken } from './failure.js'
import { invalidOption } from './invalid-option.js'
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
import { createKnownHeaders } from './jwt/known-headers.js'
import { parseJwt, requireLength, type UnverifiedJwt } from './jwt/parse.js'
import { isPlausible } from './jwt/plausible.js'
import { createSharedSignatures } from './jwt/shared-signatures.js'
import { requireAllowedAlgorithm } from './jwt/signature.js'
import { requireAccessTokenType } from './jwt/type.js'
import { createVerifiedTokens, type Known } from './jwt/verified-tokens.js'
import type { PublicKey } from './lib/signature.js'
import { andThen, isPromise, promiseOf, type Soon } from './lib/soon.js'
import { createMetadata } from './metadata.js'
import type { VerifierOptions } from './options.js'
import type { RequestLike } from './request.js'
import { type Moment, requireFulfilled, requireOptional, scopesOf } from './requirements/require.js'
import {
  type AnonymousRequirements,
  asksNothing,
  type CheckedRequirements,
  checkObligatory,
  checkRequirements,
  defineRequirements,
  type OptionalAnonymousRequirements,
  type OptionalRequirements,
  type Requirements,
} from './requirements/requirements.js'
import { unlessRevoked } from './revocation.js'
import type { VerifiedJwt, VerifiedToken } from './verified-token.js'
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
  const knownHeaders = createKnownHeaders()
  const seal = {} // known to the access tokens that this verifier has made
  const always = asksNothing(settings.requirements) ? [] : [settings.requirements]
  const verifiedTokens = createVerifiedTokens<Signed>(settings.tokenCache)
  const signatures = createSharedSignatures()

  /**
   * The whole decision about a token. Which way it goes is decided by the options and its form, and never by a failure on
   * the other.
   */
  function examine(token: string, trail: Trail, seen = verifiedTokens.get(token)): Soon<AccessToken> {
    requireLength(token)
    const known = examineKnown(seen, trail)
    if (known !== undefined) return known
    if (findIssuerOfOpaque === undefined || isJwt(token)) return inTurn(examineNew, token, trail)
    return andThen(andThen(findIssuerOfOpaque(token), verifyOpaque, token, trail), accept, token)
  }

  function examineKnown(seen: Seen | undefined, trail: Trail): Soon<AccessToken> | undefined {
    const known = seen && recall(seen, trail)
    return known && unlessRevoked(known, isRevoked)
  }

  /** Of many that come at once most wait, and a copy of this one may have been verified meanwhile. */
  function examineNew(token: string, trail: Trail): Soon<AccessToken> {
    return examineKnown(verifiedTokens.get(token), trail) ?? andThen(verifyJwt(token, trail), accept, token)
  }

  function accept(vouched: Vouched, token: string): Soon<AccessToken> {
    const { issuer, verified } = vouched
    requireProvenConfirmation(verified)
    const accessToken = createAccessToken(token, verified, issuer.scopeClaims, seal)
    return andThen(unlessRevoked(accessToken, isRevoked), remember, vouched)
  }

  function remember(accessToken: AccessToken, vouched: Vouched): AccessToken {
    if (isSigned(vouched)) verifiedTokens.add(accessToken, vouched)
    return accessToken
  }

  /**
   * The same decision about a token that was verified before. Remembered is what cannot change: that these bytes carry a
   * valid signature of that key and parse to these claims. All that can is asked again, in the same order; and where
   * somebody has to be waited for, or the key is there no more, the long way decides.
   */
  function recall({ accessToken, vouched }: Seen, trail: Trail): AccessToken | undefined {
    const { issuer, verified } = vouched
    if (issuers.atHand(issuer.issuer) !== issuer) return undefined
    trail.issuer = issuer.issuer
    requireAllowedAlgorithm(verified, issuer.algorithms)
    if (!issuer.keys.atHand(verified.alg, verified.kid)?.includes(verified.key)) return undefined
    requireAccessTokenType(verified, issuer.profile)
    requireValidClaims(verified, issuer, clock())
    requireProvenConfirmation(verified)
    return accessToken
  }

  /** In the order in which it is made: cheap before costly, whose word it is before what it says. */
  function verifyJwt(token: string, trail: Trail): Soon<Vouched> {
    const jwt = parseJwt(token, knownHeaders)
    return andThen(findTrustedIssuer(issuers, jwt), verifyBy, jwt, token, trail)
  }

  function verifyBy(issuer: TrustedIssuer, jwt: UnverifiedJwt, token: string, trail: Trail): Soon<Vouched> {
    if (isAskedAboutAll(issuer)) return verifyOpaque(issuer, token, trail)
    trail.issuer = issuer.issuer
    requireAllowedAlgorithm(jwt, issuer.algorithms)
    const candidates = issuer.keys.atHand(jwt.alg, jwt.kid)
    const signed =
      candidates === undefined
        ? waitForKeys(issuer, jwt).then((found) => signatures.requireTogether(found, jwt, token))
        : signatures.require(candidates, jwt, token)
    return andThen(signed, vouch, issuer, jwt)
  }

  const waitForKeys = (issuer: TrustedIssuer, jwt: UnverifiedJwt): Promise<readonly PublicKey[]> =>
    issuer.keys.find(jwt.alg, jwt.kid, () => isPlausible(jwt, issuer, clock()))

  function vouch(verified: VerifiedJwt, issuer: TrustedIssuer, jwt: UnverifiedJwt): Vouched {
    knownHeaders.add(jwt)
    requireAccessTokenType(verified, issuer.profile)
    requireValidClaims(verified, issuer, clock())
    return { issuer, verified }
  }

  async function verifyOpaque(issuer: IntrospectingIssuer, token: string, trail: Trail): Promise<Vouched> {
    trail.issuer = issuer.issuer
    const { introspection } = issuer
    const verified = await introspection.lookUp(token)
    requireValidClaims(verified, introspection.rules, clock())
    return { issuer, verified }
  }

  const moment = (): Moment => ({ now: Math.floor(clock() / 1000), clockTolerance })

  /**
   * Judges what a request presents, if anything, by what is asked: at once, where nobody has to be waited for. The one
   * place where a refusal is caught; anything else that is thrown is a bug, and travels on.
   */
  function decide<Given>(
    asked: readonly CheckedRequirements[],
    given: Given,
    present: (given: Given, trail: Trail) => Soon<AccessToken | undefined>,
  ): Soon<Result> {
    const trail: Trail = { issuer: undefined }
    try {
      const result = andThen(present(given, trail), judge, asked)
      return isPromise(result) ? orRefusal(result, asked, trail) : result
    } catch (thrown) {
      return refusal(thrown, asked, trail)
    }
  }

  const orRefusal = (result: Promise<Result>, asked: readonly CheckedRequirements[], trail: Trail): Promise<Result> =>
    result.catch((thrown: unknown) => refusal(thrown, asked, trail))

  function judge(accessToken: AccessToken | undefined, asked: readonly CheckedRequirements[]): Soon<Result> {
    const waiting = accessToken === undefined ? requireOptional(asked) : requireFulfilled(accessToken, asked, moment)
    return andThen(waiting, accepted, accessToken)
  }

  function refusal(thrown: unknown, asked: readonly CheckedRequirements[], trail: Trail): Result {
    if (!(thrown instanceof Rejection)) throw thrown
    const error = new AuthenticationError(thrown.failure, challengesFor(thrown.failure, space, scopesOf(asked)))
    const event = failedEvent(thrown, trail.issuer)
    rememberWhy(error, event)
    emit(event)
    return { ok: false, error }
  }

  function ofRequest(request: RequestLike, trail: Trail): Soon<AccessToken> | undefined {
    const credential = extractCredential(request, verifiedTokens.get)
    return credential && examine(credential.token, trail, credential.known)
  }

  function ofToken(token: unknown, trail: Trail): Soon<AccessToken> {
    if (typeof token !== 'string') rejectToken('malformed', 'the token is not a string') // from code without types
    return examine(token, trail)
  }

  function ofVerified(accessToken: AccessToken | undefined, trail: Trail): AccessToken | undefined {
    trail.issuer = accessToken?.issuer
    return accessToken
  }

  /** What holds for every request, and what the requirements of this one say. */
  function asking(requirements: readonly unknown[], check = checkRequirements): readonly CheckedRequirements[] {
    return requirements.length === 0
      ? always
      : [...always, ...requirements.map((given) => check(given, 'requirements'))]
  }

  const authenticateNow: AuthenticateEagerly = (request, ...requirements) =>
    decide(asking(requirements), request, ofRequest)

  const verifier = {
    authenticate: async (request: RequestLike, ...requirements: OptionalAnonymousRequirements) =>
      authenticateNow(request, ...requirements),

    verify(token: string, ...requirements: OptionalRequirements) {
      try {
        return promiseOf(andThen(decide(asking(requirements, checkObligatory), token, ofToken), tokenOf))
      } catch (thrown) {
        return Promise.reject(thrown)
      }
    },

    async authorize(accessToken: AccessToken | undefined, requirements: Requirements | AnonymousRequirements) {
      // What holds for every request was judged when the token came. Its scopes are named again, since a client that is
      // sent for more comes back with a new token.
      const asked = [
        { ...settings.requirements, claims: [], checks: [] },
        checkRequirements(requirements, 'requirements'),
      ]
      if (accessToken !== undefined && !isMadeBy(seal, accessToken))
        throw new TypeError('authorize() expects an access token that this verifier has verified')
      return decide(asked, accessToken, ofVerified)
    },

    protect(requirements: Requirements | AnonymousRequirements, handler: Handler) {
      const asked = asking([defineRequirements(requirements)])
      if (typeof handler !== 'function') throw invalidOption('handler', 'a function', handler)
      return async (request: Request, ...rest: readonly unknown[]) => {
        const result = await decide(asked, request, ofRequest)
        return result.ok ? handler(request, result.accessToken, ...rest) : result.error.toResponse()
      }
    },

    async ready(given: object = {}) {
      await loadKeys(issuers, checkReadyOptions(given).signal)
    },

    status: () => statusOf(issuers),

    metadata,
  }
  setEagerForm(verifier.authenticate, authenticateNow)
  return verifier as Verifier // whose overloads say where the token may be missing: only beside `optional`
}

/** How far a token has come, for whoever asks why no further. */
interface Trail {
  issuer: string | undefined
}

type Result = AuthenticationResult<AccessToken | undefined>

/** Whose word a token is, and what it says. */
interface Vouched {
  readonly issuer: TrustedIssuer
  readonly verified: VerifiedToken
}

/** What an issuer has told when it was asked may be another thing the next time. */
interface Signed extends Vouched {
  readonly verified: VerifiedJwt
}

type Seen = Known<Signed>

function isSigned(vouched: Vouched): vouched is Signed {
  return 'key' in vouched.verified
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

function accepted(_: unknown, accessToken: AccessToken | undefined): Result {
  return { ok: true, accessToken }
}

function tokenOf(result: Result): AccessToken | undefined {
  if (!result.ok) throw result.error
  return result.accessToken
}

function isVerifier(value: Verifier | VerifierOptions): value is Verifier {
  return typeof (value as Partial<Verifier> | undefined)?.authenticate === 'function'
}
