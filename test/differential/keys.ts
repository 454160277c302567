import { pkcs1Blocks } from '../support/forgery.js'
import {
  d1,
  e1,
  e384,
  e521,
  ecKey,
  ed25519Key,
  type Jwk,
  r1,
  republished,
  rsaKey,
  type TestKey,
} from '../support/keys.js'
import { rsa1024, rsaExponent1, rsaExponent3, smallOrderJwk, unusable } from '../support/odd-keys.js'
import { type SigningAlgorithm, signatureOf } from '../support/token.js'

/** A key in the set that both sides are given. */
export interface PublishedKey {
  readonly kid: string
  readonly jwk: Jwk
  /** What the other side is given in its place. */
  readonly jwkForJose: Jwk
  readonly signs: readonly SigningAlgorithm[]
  readonly signatureOf: (input: string, alg: SigningAlgorithm) => Buffer
}

const rsa: readonly SigningAlgorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const edwards: readonly SigningAlgorithm[] = ['EdDSA', 'Ed25519']

function published(key: TestKey, signs: readonly SigningAlgorithm[], jwkForJose = key.jwk): PublishedKey {
  const { kid, jwk } = key
  return { kid, jwk, jwkForJose, signs, signatureOf: (input, alg) => signatureOf(input, key, alg) }
}

const ps = republished(rsaKey('ps'), 'ps', { alg: 'PS256' })
const namedEd = republished(ed25519Key('ed-named'), 'ed-named', { alg: 'EdDSA', use: 'sig' })

/** A modulus of two bits more than 256 bytes: one signature in three begins with a zero byte. */
export const rsa2050: TestKey = rsaKey('rsa-2050', 2050)
export const keyOfOddLength: PublishedKey = published(rsa2050, rsa)

/** More of them than a verifier tries for a token that names none. */
export const p256Keys: readonly PublishedKey[] = [
  published(e1, ['ES256']),
  published(republished(ecKey('use-sig', 'P-256'), 'use-sig', { use: 'sig' }), ['ES256']),
  published(republished(ecKey('ops', 'P-256'), 'ops', { key_ops: ['verify'] }), ['ES256']),
  published(republished(ecKey('alg', 'P-256'), 'alg', { alg: 'ES256' }), ['ES256']),
  published(ecKey('fifth', 'P-256'), ['ES256']),
  published(ecKey('twin', 'P-256'), ['ES256']),
  published(ecKey('twin', 'P-256'), ['ES256']),
]

export const goodKeys: readonly PublishedKey[] = [
  published(r1, rsa),
  published(ps, ['PS256']),
  keyOfOddLength,
  ...p256Keys,
  published(e384, ['ES384']),
  published(e521, ['ES512']),
  published(d1, edwards),
  // RFC 9864 §2.2: two names of one algorithm. jose takes them for two, so there the key says neither.
  published(namedEd, edwards, republished(namedEd, namedEd.kid, { alg: undefined }).jwk),
]

export const keyWithLongKid: PublishedKey = published(ecKey('k'.repeat(257), 'P-256'), ['ES256'])

/** The message block, which is its own signature where the exponent is 1. */
const block = (input: string): Buffer => pkcs1Blocks.right(`${input}.`)

const identity = '0100000000000000000000000000000000000000000000000000000000000000'

/** Keys that jose verifies with, and that we do not use. */
export const unusedKeys: readonly PublishedKey[] = [
  published(rsaExponent3, ['RS256', 'PS256']),
  { ...published(rsaExponent1, ['RS256']), signatureOf: block },
  {
    kid: 'identity',
    jwk: { ...smallOrderJwk(identity), kid: 'identity' },
    jwkForJose: { ...smallOrderJwk(identity), kid: 'identity' },
    signs: edwards,
    signatureOf: () => Buffer.concat([Buffer.from(identity, 'hex'), Buffer.alloc(32)]),
  },
  published(unusable['a coordinate with padding']!, ['ES256']),
]

/** Keys that neither side verifies with. */
export const uselessKeys: readonly PublishedKey[] = [
  published(rsa1024, ['RS256', 'PS256']),
  ...['the curve secp256k1', 'use as enc', 'key_ops without verify', 'alg of another algorithm', 'no kty', 'no y'].map(
    (what) => published(unusable[what]!, ['ES256']),
  ),
]

export const publishedKeys: readonly PublishedKey[] = [...goodKeys, keyWithLongKid, ...unusedKeys, ...uselessKeys]
