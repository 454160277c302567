import { constants, createHash, privateEncrypt, sign as signBytes } from 'node:crypto'
import type { TestKey } from './keys.js'
import { b64u, segmentsOf } from './token.js'

// Signatures that no honest signer makes.

const ORDER_OF_P256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

export const scalars = {
  zero: 0n,
  one: 1n,
  order: ORDER_OF_P256,
  'order + 1': ORDER_OF_P256 + 1n,
  prime: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
} as const

/** R and S as JOSE has them (RFC 7518 §3.4). */
export function ecdsaSignature(r: bigint, s: bigint): Buffer {
  return Buffer.from(r.toString(16).padStart(64, '0') + s.toString(16).padStart(64, '0'), 'hex')
}

/** The other signature that verifies wherever (R, S) does: (R, n − S). Anyone can make it. */
export function malleated(token: string): string {
  const [header, payload, signature] = segmentsOf(token)
  const hex = Buffer.from(signature, 'base64url').toString('hex')
  const r = BigInt(`0x${hex.slice(0, 64)}`)
  const s = BigInt(`0x${hex.slice(64)}`)
  return `${header}.${payload}.${b64u(ecdsaSignature(r, ORDER_OF_P256 - s))}`
}

const ORDER_OF_ED25519 = 2n ** 252n + 27742317777372353535851937790883648493n

/** S plus the order of the group, where lax verifiers see no difference (RFC 8032 §5.1.7). Anyone can make it. */
export function beyondOrder(signature: Uint8Array): Buffer {
  const s = BigInt(`0x${Buffer.from(signature.subarray(32).toReversed()).toString('hex')}`)
  const beyond = Buffer.from((s + ORDER_OF_ED25519).toString(16).padStart(64, '0'), 'hex')
  return Buffer.concat([signature.subarray(0, 32), beyond.toReversed()])
}

/** The same token with other signature bytes. */
export function withSignature(token: string, signature: Uint8Array): string {
  return token.replace(/[^.]*$/, b64u(signature))
}

export function signingInputOf(token: string): Buffer {
  return Buffer.from(token.slice(0, token.lastIndexOf('.')), 'latin1')
}

/** An ECDSA signature in ASN.1 DER, as every library but JOSE's makes it. */
export function derSignature(token: string, key: TestKey): Buffer {
  return signBytes('sha256', signingInputOf(token), key.privateKey)
}

/** RSASSA-PSS with a salt of another length than the hash has (RFC 7518 §3.5). */
export function pssSignature(token: string, key: TestKey, saltLength: number): Buffer {
  return signBytes('sha256', signingInputOf(token), {
    key: key.privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength,
  })
}

const SHA256_ALGORITHM = '300d06096086480165030402010500'
const SHA256_ALGORITHM_WITHOUT_NULL = '300b0609608648016503040201'

/** The block that RSASSA-PKCS1-v1_5 signs (RFC 8017 §9.2), right or wrong in one place. */
export const pkcs1Blocks = {
  right: (token: string) => block(digestInfo(SHA256_ALGORITHM, token)),
  'without NULL parameters': (token: string) => block(digestInfo(SHA256_ALGORITHM_WITHOUT_NULL, token)),
  'with the hash followed by garbage': (token: string) => {
    const info = digestInfo(SHA256_ALGORITHM, token)
    return Buffer.concat([Buffer.from('0001ffffffffffffffff00', 'hex'), info, Buffer.alloc(256 - 11 - info.length, 7)])
  },
  'with padding that is not all ones': (token: string) => {
    const bytes = block(digestInfo(SHA256_ALGORITHM, token))
    bytes[20] = 0xfe
    return bytes
  },
  'with block type 2': (token: string) => {
    const bytes = block(digestInfo(SHA256_ALGORITHM, token))
    bytes[1] = 2
    return bytes
  },
  'with the bare hash': (token: string) => block(hashOf(token)),
  'with a length in long form': (token: string) => {
    const algorithm = Buffer.from(SHA256_ALGORITHM, 'hex')
    const hash = hashOf(token)
    return block(Buffer.concat([Buffer.from([0x30, 0x81, 0x31]), algorithm, Buffer.from([0x04, 0x20]), hash]))
  },
} as const

/** What RSA makes of a block of 256 bytes, without any padding of its own. */
export function rawRsa(key: TestKey, bytes: Uint8Array): Buffer {
  return privateEncrypt({ key: key.privateKey, padding: constants.RSA_NO_PADDING }, bytes)
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(signingInputOf(token)).digest()
}

function digestInfo(algorithm: string, token: string): Buffer {
  const body = Buffer.concat([Buffer.from(algorithm, 'hex'), Buffer.from([0x04, 0x20]), hashOf(token)])
  return Buffer.concat([Buffer.from([0x30, body.length]), body])
}

function block(content: Uint8Array): Buffer {
  const padding = Buffer.alloc(256 - 3 - content.length, 0xff)
  return Buffer.concat([Buffer.from([0, 1]), padding, Buffer.from([0]), content])
}
