import { AuthenticationError, createVerifier, type Verifier } from '@resource-server/core'
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
} from 'jose'
import { I } from '../support/fixture.js'
import { type PublishedKey, publishedKeys } from './keys.js'
import { NOW_MS, type Settings } from './settings.js'

export type Verdict =
  | { readonly ok: true; readonly header: object; readonly claims: object; readonly kid?: string }
  | { readonly ok: false; readonly reason: string }

export interface Judges {
  readonly ours: (token: string) => Promise<Verdict>
  readonly jose: (token: string) => Promise<Verdict>
}

export function createJudges(settings: Settings, keys: readonly PublishedKey[] = publishedKeys): Judges {
  return { ours: createOurs(settings, keys), jose: createJose(settings, keys) }
}

function createOurs({ profile, algorithms, audience, clockTolerance }: Settings, keys: readonly PublishedKey[]) {
  const verifier: Verifier = createVerifier({
    issuer: { issuer: I, jwks: { keys: keys.map(({ jwk }) => jwk) } },
    audience,
    algorithms,
    profile,
    clockTolerance,
    clock: () => NOW_MS,
  })
  return async (token: string): Promise<Verdict> => {
    try {
      const { header, claims } = await verifier.verify(token)
      return { ok: true, header, claims }
    } catch (error) {
      if (error instanceof AuthenticationError && error.kind === 'invalid_token')
        return { ok: false, reason: error.reason }
      throw error // nothing that a token holds may lead here
    }
  }
}

type JwkSet = Parameters<typeof createLocalJWKSet>[0]

const keySet = (keys: readonly PublishedKey[]): ReturnType<typeof createLocalJWKSet> =>
  createLocalJWKSet({ keys: keys.map(({ jwkForJose }) => jwkForJose) } as unknown as JwkSet)

function createJose({ profile, algorithms, audience, clockTolerance }: Settings, keys: readonly PublishedKey[]) {
  const isFull = profile === 'rfc9068'
  const options: JWTVerifyOptions = {
    issuer: I,
    audience: [...audience],
    algorithms: [...algorithms],
    clockTolerance,
    currentDate: new Date(NOW_MS),
    requiredClaims: isFull ? ['exp', 'iat', 'sub', 'client_id', 'jti'] : ['exp'],
    ...(isFull && { typ: 'at+jwt' }),
  }
  const whole = keySet(keys)
  const singles = keys.map((key) => ({ ...key, set: keySet([key]) }))
  const granted = ({ protectedHeader, payload }: JWTVerifyResult, kid = protectedHeader.kid): Verdict => ({
    ok: true,
    header: protectedHeader,
    claims: payload,
    ...(kid !== undefined && { kid }),
  })

  /** More than one key fits: jose leaves it to its caller to try them. */
  async function tryEach(token: string): Promise<Verdict> {
    const { alg } = decodeProtectedHeader(token)
    for (const { kid, signs, set } of singles) {
      if (!signs.some((name) => name === alg)) continue
      try {
        return granted(await jwtVerify(token, set, options), kid)
      } catch (error) {
        if (!isAboutTheKey(error)) return refused(error)
      }
    }
    return { ok: false, reason: 'no key' }
  }

  return async (token: string): Promise<Verdict> => {
    try {
      return granted(await jwtVerify(token, whole, options))
    } catch (error) {
      return error instanceof errors.JWKSMultipleMatchingKeys ? tryEach(token) : refused(error)
    }
  }
}

function isAboutTheKey(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    !(error instanceof errors.JOSEError) // a key that cannot be imported
  )
}

function refused(error: unknown): Verdict {
  return { ok: false, reason: error instanceof errors.JOSEError ? error.code : 'another error' }
}
