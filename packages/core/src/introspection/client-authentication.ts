import type { JWK } from 'jose'
import { SignJWT } from 'jose/jwt/sign'
import { importJWK } from 'jose/key/import'
import { LoadError } from '../lib/exchange.js'
import type { PrivateJwk } from '../options/introspection.js'

/** How this API shows the authorization server who asks. */
export type AuthenticateClient = () => Promise<ClientAuthentication>

interface ClientAuthentication {
  readonly headers: Record<string, string>
  /** Of the form. */
  readonly parameters: Record<string, string>
}

/** RFC 6749 §2.3.1: both parts are form-encoded first, so that a colon in the name is not taken for the one between. */
export function bySecretInHeader(clientId: string, secret: string): AuthenticateClient {
  const credentials = btoa(`${formEncoded(clientId)}:${formEncoded(secret)}`)
  return async () => ({ headers: { authorization: `Basic ${credentials}` }, parameters: {} })
}

/** RFC 6749 §2.3.1. */
export function bySecretInForm(clientId: string, secret: string): AuthenticateClient {
  return async () => ({ headers: {}, parameters: { client_id: clientId, client_secret: secret } })
}

export interface AssertionContext {
  readonly clientId: string
  readonly privateKey: PrivateJwk
  /** The authorization server, which the assertion is for and no other. */
  readonly issuer: string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

const LIFETIME = 60 // seconds

/** RFC 7523 §2.2 and §3: a new assertion every time, so that one that leaks is soon of no use. */
export function byPrivateKey({ clientId, privateKey, issuer, clock }: AssertionContext): AuthenticateClient {
  const { alg, kid } = privateKey
  let importing: ReturnType<typeof importJWK> | undefined

  return async () => {
    importing ??= importJWK(privateKey as JWK, alg)
    const now = Math.floor(clock() / 1000)
    const assertion = await importing
      .then((key) =>
        new SignJWT()
          .setProtectedHeader({ alg, ...(kid !== undefined && { kid }), typ: 'JWT' })
          .setIssuer(clientId)
          .setSubject(clientId)
          .setAudience(issuer)
          .setJti(crypto.randomUUID())
          .setIssuedAt(now)
          .setExpirationTime(now + LIFETIME)
          .sign(key),
      )
      .catch(unusable)
    return {
      headers: {},
      parameters: {
        client_id: clientId,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      },
    }
  }
}

/** What went wrong is not told: messages about a key may quote it. */
function unusable(): never {
  throw new LoadError('introspection', 'The option introspection.privateKey is not a key that can sign with its alg')
}

function formEncoded(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1)
}
