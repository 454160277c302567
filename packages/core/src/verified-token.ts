import type { JsonObject } from './lib/json.js'
import type { PublicKey } from './lib/signature.js'

/** What is known of a token once its issuer has vouched for it, in whichever way. */
export type VerifiedToken = VerifiedJwt | IntrospectedToken

/**
 * A JWT that its issuer has signed. Whether it is an access token, is meant for us and is still valid is not decided
 * yet.
 */
export interface VerifiedJwt {
  readonly header: JsonObject
  readonly alg: string
  readonly kid: string | undefined
  readonly claims: JsonObject
  /** The one that has signed it. */
  readonly key: PublicKey
  readonly [verified]: true
}

/** A token that its issuer, when asked, has called active. Whether it is meant for us is not decided yet. */
export interface IntrospectedToken {
  /** What the issuer has told of it, and whose word that is. */
  readonly claims: JsonObject
  readonly [introspected]: true
}

declare const verified: unique symbol
declare const introspected: unique symbol
