import type { JWK } from 'jose'
import { importJWK } from 'jose/key/import'
import { type PublicKey, signatureLengthFor } from './signature.js'
import type { Soon } from './soon.js'

export async function importPublicKey(jwk: JWK, alg: string): Promise<PublicKey> {
  const key = (await importJWK(jwk, alg)) as CryptoKey
  const { modulusLength } = key.algorithm as Partial<RsaHashedKeyAlgorithm>
  return { signatureLength: signatureLengthFor(alg, modulusLength), key, parameters: parametersFor(alg) } as WebKey
}

/** At once: signatures, which take the longest, are verified by other threads here. */
export function inTurn<A, B, T>(task: (a: A, b: B) => Soon<T>, a: A, b: B): Soon<T> {
  return task(a, b)
}

interface WebKey extends PublicKey {
  readonly key: CryptoKey
  readonly parameters: Parameters
}

export function verifySignature(
  key: PublicKey,
  signingInput: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
): boolean | Promise<boolean> {
  return signature.length === key.signatureLength && verify(key as WebKey, signingInput, signature)
}

/** Awaited, for edge runtimes whose WebCrypto comes from outside: its promises are of another class than ours. */
async function verify(
  { key, parameters }: WebKey,
  signingInput: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  try {
    return await crypto.subtle.verify(parameters, key, signature, signingInput)
  } catch {
    return false
  }
}

type Parameters = AlgorithmIdentifier | RsaPssParams | EcdsaParams

function parametersFor(alg: string): Parameters {
  switch (alg.slice(0, 2)) {
    case 'RS':
      return { name: 'RSASSA-PKCS1-v1_5' }
    case 'PS':
      return { name: 'RSA-PSS', saltLength: Number(alg.slice(2)) / 8 } // RFC 7518 §3.5
    case 'ES':
      return { name: 'ECDSA', hash: `SHA-${alg.slice(2)}` }
    default:
      return { name: 'Ed25519' }
  }
}
