/**
 * A public key, ready to verify one algorithm. Only the implementations behind `#signature` look inside: on Node
 * `signature-node.ts`, everywhere else `signature-webcrypto.ts`.
 */
export interface PublicKey {
  /** The one length in bytes that a signature of this key has. */
  readonly signatureLength: number
  readonly [opaque]: true
}

declare const opaque: unique symbol

/**
 * RFC 8017 §8.1.2 and §8.2.2: as long as the modulus; RFC 7518 §3.4: R and S side by side; RFC 8032 §5.1.6. Crypto
 * libraries are not strict about it: they take an RSA-PSS signature without its leading zero bytes, and with that a
 * second spelling of the token.
 */
export function signatureLengthFor(alg: string, modulusLength: number | undefined): number {
  switch (alg) {
    case 'ES256':
    case 'EdDSA':
    case 'Ed25519':
      return 64
    case 'ES384':
      return 96
    case 'ES512':
      return 132
    default:
      return Math.ceil((modulusLength ?? 0) / 8)
  }
}
