/**
 * A public key, ready to verify one algorithm. Only the implementations behind `#signature` look inside:
 * `signature-node.ts` on Node, `signature-webcrypto.ts` everywhere else.
 */
export interface PublicKey {
  readonly [opaque]: true
}

declare const opaque: unique symbol

/** The length of an ECDSA signature in a JWS, R and S side by side (RFC 7518 §3.4). */
export const ecdsaSignatureLength: Readonly<Record<string, number>> = { ES256: 64, ES384: 96, ES512: 132 }
