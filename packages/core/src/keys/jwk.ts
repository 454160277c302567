import type { SkipReason } from '../events.js'
import { decodeBase64url } from '../lib/base64url.js'
import { asciiBytes } from '../lib/bytes.js'
import type { JsonObject, JsonValue } from '../lib/json.js'

/** Either the algorithms that a JWK may verify (never none of them), or why it may not be used. */
export type JwkVerdict = { readonly algorithms: readonly string[] } | { readonly skipped: SkipReason }

/**
 * Judges one member of a JWK set by our policy; what passes is still to be imported. Each key is judged alone: one that
 * is new, broken or dangerous costs the issuer's other keys nothing (RFC 7517 §5).
 */
export function judgeJwk(jwk: JsonObject): JwkVerdict {
  if (hasSecretMember(jwk)) return { skipped: 'private' }
  if (!isForSignatures(jwk)) return { skipped: 'not_for_signatures' }
  const { kty, crv } = jwk
  if (typeof kty !== 'string') return { skipped: 'malformed' }
  const type = keyTypes.get(typeof crv === 'string' ? `${kty} ${crv}` : kty)
  if (type === undefined) return { skipped: 'unsupported' }
  const flaw = type.flaw(jwk)
  if (flaw !== undefined) return { skipped: flaw }
  const algorithms =
    jwk['alg'] === undefined ? type.algorithms : type.algorithms.filter((name) => sameAlgorithm(name, jwk['alg']))
  return algorithms.length === 0 ? { skipped: 'unsupported' } : { algorithms }
}

/** Whether the key is one that its owner should have kept to himself. */
export function isSecret(verdict: JwkVerdict): boolean {
  return 'skipped' in verdict && verdict.skipped === 'private'
}

/**
 * `EdDSA` and `Ed25519` are two names of one algorithm for this curve (RFC 8037 §3.1, RFC 9864 §2.2); issuers mix them.
 */
function sameAlgorithm(name: string, alg: JsonValue | undefined): boolean {
  return name === alg || (name === 'EdDSA' && alg === 'Ed25519') || (name === 'Ed25519' && alg === 'EdDSA')
}

/**
 * RFC 7518 §6.2.2, §6.3.2, §6.4, RFC 8037 §2, and `priv` of the AKP key type. A published secret can be used by
 * everyone.
 */
function hasSecretMember(jwk: JsonObject): boolean {
  return jwk['kty'] === 'oct' || ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'].some((name) => name in jwk)
}

function isForSignatures({ use, key_ops }: JsonObject): boolean {
  if (use !== undefined && use !== 'sig') return false
  return key_ops === undefined || (Array.isArray(key_ops) && key_ops.includes('verify'))
}

interface KeyType {
  readonly algorithms: readonly string[]
  readonly flaw: (jwk: JsonObject) => SkipReason | undefined
}

const keyTypes: ReadonlyMap<string, KeyType> = new Map([
  ['RSA', { algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'], flaw: rsaFlaw }],
  ['EC P-256', { algorithms: ['ES256'], flaw: (jwk) => ecFlaw(jwk, curves.P256) }],
  ['EC P-384', { algorithms: ['ES384'], flaw: (jwk) => ecFlaw(jwk, curves.P384) }],
  ['EC P-521', { algorithms: ['ES512'], flaw: (jwk) => ecFlaw(jwk, curves.P521) }],
  ['OKP Ed25519', { algorithms: ['EdDSA', 'Ed25519'], flaw: ed25519Flaw }],
])

function rsaFlaw({ n, e }: JsonObject): SkipReason | undefined {
  const modulus = integerOf(n)
  const exponent = integerOf(e)
  if (modulus === undefined || exponent === undefined) return 'malformed'
  if (modulus < 2n ** 2047n) return 'weak' // RFC 7518 §3.3: 2048 bits or larger
  // A signature takes longer the larger they are: with such a key every forgery would cost us milliseconds.
  if (modulus >= 2n ** 8192n || exponent >= 2n ** 32n) return 'unsupported'
  // With e = 1 every signature is its own message: anyone can write one. No issuer has reason for another exponent
  // below 65537 either.
  return exponent < 65537n || exponent % 2n === 0n ? 'weak' : undefined
}

interface Curve {
  readonly coordinateLength: number
  readonly p: bigint
  readonly b: bigint
}

/** y² = x³ − 3x + b over the field of p elements (SP 800-186 §3.2.1). */
const curves: Readonly<Record<'P256' | 'P384' | 'P521', Curve>> = {
  P256: {
    coordinateLength: 32,
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  P384: {
    coordinateLength: 48,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  P521: {
    coordinateLength: 66,
    p: 2n ** 521n - 1n,
    b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
}

/**
 * Judged here and not by the import, so that the verdict is the same on every runtime and a static set can be judged at
 * once.
 */
function ecFlaw(jwk: JsonObject, { coordinateLength, p, b }: Curve): SkipReason | undefined {
  if (bytesOf(jwk['x'])?.length !== coordinateLength || bytesOf(jwk['y'])?.length !== coordinateLength)
    return 'malformed' // RFC 7518 §6.2.1
  const x = integerOf(jwk['x'])!
  const y = integerOf(jwk['y'])!
  const isOnCurve = x < p && y < p && (y * y - (x * x * x - 3n * x + b)) % p === 0n
  return isOnCurve ? undefined : 'invalid_point'
}

function ed25519Flaw({ x }: JsonObject): SkipReason | undefined {
  const point = bytesOf(x)
  if (point?.length !== 32) return 'malformed'
  return hasSmallOrder(point) ? 'weak' : undefined
}

const P25519 = 2n ** 255n - 19n
/** The y coordinates of the eight points of small order, and of their spellings that exceed the field. */
const smallOrder: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  P25519 - 1n,
  P25519,
  P25519 + 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
])

/** A key of small order verifies signatures that were made without any private key. */
function hasSmallOrder(point: Uint8Array): boolean {
  // RFC 8032 §5.1.2: little-endian, and the top bit is the sign of x.
  const y = bigEndian(point.toReversed()) & (2n ** 255n - 1n)
  return smallOrder.has(y)
}

function integerOf(value: JsonValue | undefined): bigint | undefined {
  const bytes = bytesOf(value)
  return bytes && bigEndian(bytes)
}

function bytesOf(value: JsonValue | undefined): Uint8Array | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  const letters = asciiBytes(value)
  return letters && decodeBase64url(letters)
}

function bigEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`)
}
