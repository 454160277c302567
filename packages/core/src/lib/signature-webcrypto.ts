import type { JWK } from 'jose'
import { importJWK } from 'jose/key/import'
import { type PublicKey, signatureLengthFor } from './signature.js'

export async function importPublicKey(jwk: JWK, alg: string): Promise<PublicKey> {
  const key = (await importJWK(jwk, alg)) as CryptoKey
  return { signatureLength: signatureLengthFor(alg, key), key } as WebKey
}

type WebKey = PublicKey & { readonly key: CryptoKey }

export function verifySignature(
  alg: string,
  key: PublicKey,
  data: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
): boolean | Promise<boolean> {
  const parameters = parametersFor(alg)
  if (parameters === undefined || signature.length !== key.signatureLength) return false
  return crypto.subtle.verify(parameters, (key as WebKey).key, signature, data).catch(() => false)
}

type Parameters = AlgorithmIdentifier | RsaPssParams | EcdsaParams

function parametersFor(alg: string): Parameters | undefined {
  const hash = `SHA-${alg.slice(2)}`
  switch (alg) {
    case 'RS256':
    case 'RS384':
    case 'RS512':
      return { name: 'RSASSA-PKCS1-v1_5' }
    case 'PS256':
    case 'PS384':
    case 'PS512':
      return { name: 'RSA-PSS', saltLength: Number(alg.slice(2)) / 8 } // RFC 7518 §3.5
    case 'ES256':
    case 'ES384':
    case 'ES512':
      return { name: 'ECDSA', hash }
    case 'Ed25519':
    case 'EdDSA':
      return { name: 'Ed25519' }
    default:
      return undefined
  }
}
