import { constants, KeyObject, verify } from 'node:crypto'
import type { JWK } from 'jose'
import { importJWK } from 'jose/key/import'
import { type PublicKey, signatureLengthFor } from './signature.js'

export async function importPublicKey(jwk: JWK, alg: string): Promise<PublicKey> {
  const key = (await importJWK(jwk, alg)) as CryptoKey
  return { signatureLength: signatureLengthFor(alg, key), key: KeyObject.from(key) } as NodeKey
}

type NodeKey = PublicKey & { readonly key: KeyObject }

/**
 * Verifies synchronously: for one signature the way through the thread pool and back costs about as much as the
 * signature.
 */
export function verifySignature(
  alg: string,
  key: PublicKey,
  data: Uint8Array,
  signature: Uint8Array,
): boolean | Promise<boolean> {
  if (signature.length !== key.signatureLength) return false
  const { key: keyObject } = key as NodeKey
  try {
    switch (alg) {
      case 'RS256':
      case 'RS384':
      case 'RS512':
        return verify(digestOf(alg), data, keyObject, signature)
      case 'PS256':
      case 'PS384':
      case 'PS512':
        return verify(digestOf(alg), data, pss(keyObject), signature)
      case 'ES256':
      case 'ES384':
      case 'ES512':
        return verifyEcdsa(alg, keyObject, data, signature)
      case 'Ed25519':
      case 'EdDSA':
        return verify(null, data, keyObject, signature)
      default:
        return false
    }
  } catch {
    return false // OpenSSL refuses some inputs by an error; whatever it cannot judge is not a valid signature
  }
}

function digestOf(alg: string): string {
  return `sha${alg.slice(2)}`
}

function pss(key: KeyObject): { key: KeyObject; padding: number; saltLength: number } {
  // RFC 7518 §3.5: the salt is as long as the digest.
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
}

function verifyEcdsa(alg: string, key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  // A bare key with a DER signature: the `{ key, dsaEncoding }` form makes Node export the key on every call.
  return verify(digestOf(alg), data, key, derSignature(signature))
}

/** R‖S as the DER that OpenSSL reads: SEQUENCE { INTEGER r, INTEGER s }. */
function derSignature(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2
  const r = derInteger(signature.subarray(0, half))
  const s = derInteger(signature.subarray(half))
  const length = r.length + s.length
  const prefix = length < 128 ? [0x30, length] : [0x30, 0x81, length]
  return Uint8Array.of(...prefix, ...r, ...s)
}

function derInteger(unsigned: Uint8Array): number[] {
  let start = 0
  while (start < unsigned.length - 1 && unsigned[start] === 0) start++
  const digits = [...unsigned.subarray(start)]
  if (digits[0]! >= 0x80) digits.unshift(0) // DER integers are signed
  return [0x02, digits.length, ...digits]
}
