import { constants, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto'
import { takeBytes } from './bytes.js'
import { createFairShare, type FairShare } from './fair-share.js'
import { type PublicKey, signatureLengthFor } from './signature.js'

/** By Node and not by way of WebCrypto, which is one thing more to load for a process that has just started. */
export async function importPublicKey(jwk: JsonWebKey, alg: string): Promise<PublicKey> {
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  if (key.asymmetricKeyType !== typeFor(alg)) throw new TypeError(`the key is not one for ${alg}`)
  return {
    signatureLength: signatureLengthFor(alg, key.asymmetricKeyDetails?.modulusLength),
    // A bare key where there is a way: the forms with parameters make Node export it again on every call.
    key: alg.startsWith('PS') ? pss(key) : key,
    digest: alg.startsWith('Ed') ? null : `sha${alg.slice(2)}`,
    isEcdsa: alg.startsWith('ES'),
  } as NodeKey
}

function typeFor(alg: string): KeyObject['asymmetricKeyType'] {
  switch (alg) {
    case 'RS256':
    case 'RS384':
    case 'RS512':
    case 'PS256':
    case 'PS384':
    case 'PS512':
      return 'rsa'
    case 'ES256':
    case 'ES384':
    case 'ES512':
      return 'ec'
    case 'Ed25519':
    case 'EdDSA':
      return 'ed25519'
    default:
      throw new TypeError(`${alg} is no signature algorithm of ours`)
  }
}

interface NodeKey extends PublicKey {
  readonly key: KeyObject | ReturnType<typeof pss>
  readonly digest: string | null
  readonly isEcdsa: boolean
}

function pss(key: KeyObject): { key: KeyObject; padding: number; saltLength: number } {
  // RFC 7518 §3.5: the salt is as long as the digest.
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
}

interface Job {
  readonly key: NodeKey
  readonly data: Uint8Array
  readonly signature: Uint8Array
}

// OpenSSL refuses some inputs by an error; whatever it cannot judge is not a valid signature.
const share = createFairShare<Job, boolean>({
  here({ key: { digest, key }, data, signature }) {
    try {
      return verify(digest, data, key, signature)
    } catch {
      return false
    }
  },
  elsewhere({ key: { digest, key }, data, signature }, done) {
    try {
      verify(digest, data, key, signature, (error, isValid) => done(error === null && isValid))
    } catch {
      done(false)
    }
  },
})

/** Does at once what there is to do about a new token, or in a later turn of the event loop where many come together. */
export const inTurn: FairShare<Job, boolean>['inTurn'] = share.inTurn

export function verifySignature(
  key: PublicKey,
  signingInput: Uint8Array,
  signature: Uint8Array,
): boolean | Promise<boolean> {
  const { signatureLength, isEcdsa } = key as NodeKey
  if (signature.length !== signatureLength) return false
  return share.judge({
    key: key as NodeKey,
    data: signingInput,
    signature: isEcdsa ? derSignature(signature) : signature,
  })
}

/** R‖S as the DER that OpenSSL reads: SEQUENCE { INTEGER r, INTEGER s } (RFC 3279 §2.2.3). */
function derSignature(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2
  const r = startOfInteger(signature, 0, half)
  const s = startOfInteger(signature, half, signature.length)
  const lengthOfR = lengthOfInteger(signature, r, half)
  const lengthOfS = lengthOfInteger(signature, s, signature.length)
  const length = 4 + lengthOfR + lengthOfS
  const der = takeBytes((length < 128 ? 2 : 3) + length)
  let at = 0
  der[at++] = 0x30
  if (length >= 128) der[at++] = 0x81
  der[at++] = length
  at = writeInteger(der, at, signature.subarray(r, half), lengthOfR)
  writeInteger(der, at, signature.subarray(s), lengthOfS)
  return der
}

/** Where the digits begin, of which DER has no zeros in front. */
function startOfInteger(digits: Uint8Array, from: number, end: number): number {
  let start = from
  while (start < end - 1 && digits[start] === 0) start++
  return start
}

/** DER integers are signed: a zero keeps one with its top bit set from being negative. */
function lengthOfInteger(digits: Uint8Array, start: number, end: number): number {
  return end - start + (digits[start]! >= 0x80 ? 1 : 0)
}

/** @returns where it ends */
function writeInteger(der: Uint8Array, at: number, digits: Uint8Array, length: number): number {
  der[at] = 0x02
  der[at + 1] = length
  der.set(digits, at + 2 + length - digits.length)
  return at + 2 + length
}
