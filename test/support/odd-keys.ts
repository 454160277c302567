import { ecKey, ed25519Key, type Jwk, r1, republished, rsaKey, type TestKey } from './keys.js'

// Keys that a set should not have, or that say something odd about themselves. Each has its own `kid`.

export const rsa1024: TestKey = rsaKey('rsa-1024', 1024)
const rsa2047: TestKey = rsaKey('rsa-2047', 2047)
export const rsaExponent3: TestKey = rsaKey('rsa-e3', 2048, 3)
export const rsaExponent1: TestKey = republished(r1, 'rsa-e1', { e: 'AQ' })
const rsaExponentEven: TestKey = republished(r1, 'rsa-e-even', { e: 'AQAA' })
const rsaExponent0: TestKey = republished(r1, 'rsa-e0', { e: 'AA' })
const rsaExponent2: TestKey = republished(r1, 'rsa-e2', { e: 'Ag' })
const rsaExponent17: TestKey = rsaKey('rsa-e17', 2048, 17)
/** 65535: odd, and a little too small. */
const rsaExponent65535: TestKey = republished(r1, 'rsa-e65535', { e: '__8' })
/** The exponent 1, with zeros in front that make it look larger. */
const rsaExponentPadded1: TestKey = republished(r1, 'rsa-e-padded-1', { e: 'AAAAAQ' })

const spare: TestKey = ecKey('spare', 'P-256')
const spareEd: TestKey = ed25519Key('spare-ed')

/** The same coordinate with one bit changed: the point has left the curve. */
function offCurve({ jwk }: TestKey): Jwk {
  const y = Buffer.from(jwk['y'] as string, 'base64url')
  y[31]! ^= 1
  return { y: y.toString('base64url') }
}

/** One key, published in ways that its tokens must not be accepted by. */
export const unusable: Readonly<Record<string, TestKey>> = {
  'a point off the curve': republished(spare, 'off-curve', offCurve(spare)),
  'a coordinate that is cut off': republished(spare, 'short-x', { x: (spare.jwk['x'] as string).slice(0, -4) }),
  'a coordinate with padding': republished(spare, 'padded-x', { x: `${spare.jwk['x'] as string}=` }),
  'no y': republished(spare, 'no-y', { y: undefined }),
  'no x': republished(spare, 'no-x', { x: undefined }),
  'a coordinate that is a number': republished(spare, 'number-x', { x: 1 }),
  'coordinates that are zero': republished(spare, 'zero-xy', { x: 'A'.repeat(43), y: 'A'.repeat(43) }),
  'no curve': republished(spare, 'no-crv', { crv: undefined }),
  'a curve that is a list': republished(spare, 'list-crv', { crv: ['P-256'] }),
  'a kty that is a list': republished(spare, 'list-kty', { kty: ['EC'] }),
  'use as a list': republished(spare, 'use-list', { use: ['sig'] }),
  'use that is empty': republished(spare, 'use-empty', { use: '' }),
  'use in capitals': republished(spare, 'use-capitals', { use: 'SIG' }),
  'use as null': republished(spare, 'use-null', { use: null }),
  'key_ops as null': republished(spare, 'ops-null', { key_ops: null }),
  'alg in lower case': republished(spare, 'alg-lower', { alg: 'es256' }),
  'alg as null': republished(spare, 'alg-null', { alg: null }),
  'an unknown curve': republished(spare, 'unknown-crv', { crv: 'P-257' }),
  'the curve secp256k1': ecKey('secp256k1', 'secp256k1'),
  'the name of another curve': republished(spare, 'other-crv', { crv: 'P-384' }),
  'no kty': republished(spare, 'no-kty', { kty: undefined }),
  'an unknown kty': republished(spare, 'unknown-kty', { kty: 'WAT' }),
  'kty in lower case': republished(spare, 'lower-kty', { kty: 'ec' }),
  'use as enc': republished(spare, 'use-enc', { use: 'enc' }),
  'use as enc and key_ops as verify': republished(spare, 'use-enc-verify', { use: 'enc', key_ops: ['verify'] }),
  'key_ops without verify': republished(spare, 'ops-sign', { key_ops: ['sign'] }),
  'key_ops that are empty': republished(spare, 'ops-empty', { key_ops: [] }),
  'key_ops as a string': republished(spare, 'ops-string', { key_ops: 'verify' }),
  'alg of another algorithm': republished(spare, 'alg-es384', { alg: 'ES384' }),
  'alg of encryption': republished(spare, 'alg-ecdh', { alg: 'ECDH-ES' }),
  'alg none': republished(spare, 'alg-none', { alg: 'none' }),
  'alg as a number': republished(spare, 'alg-number', { alg: 256 }),
}

export const unusableRsa: Readonly<Record<string, TestKey>> = {
  '1024 bits': rsa1024,
  '2047 bits': rsa2047,
  'the exponent 3': rsaExponent3,
  'the exponent 1': rsaExponent1,
  'the exponent 1 after zeros': rsaExponentPadded1,
  'the exponent 0': rsaExponent0,
  'the exponent 2': rsaExponent2,
  'the exponent 17': rsaExponent17,
  'the exponent 65535': rsaExponent65535,
  'an even exponent': rsaExponentEven,
  'an exponent that is a number': republished(r1, 'rsa-e-number', { e: 65537 }),
  'an empty exponent': republished(r1, 'rsa-e-empty', { e: '' }),
  'an empty modulus': republished(r1, 'rsa-n-empty', { n: '' }),
  'no modulus': republished(r1, 'rsa-no-n', { n: undefined }),
  'a modulus that is a list': republished(r1, 'rsa-n-list', { n: [r1.jwk['n']] }),
  'a modulus that is not base64url': republished(r1, 'rsa-n', { n: '!!' }),
  'no exponent': republished(r1, 'rsa-no-e', { e: undefined }),
  'alg PS256': republished(r1, 'rsa-ps256', { alg: 'PS256' }),
  'alg of encryption': republished(r1, 'rsa-oaep', { alg: 'RSA-OAEP' }),
  'alg RS384': republished(r1, 'rsa-rs384', { alg: 'RS384' }),
}

export const unusableOkp: Readonly<Record<string, TestKey>> = {
  'the curve X25519': republished(spareEd, 'x25519', { crv: 'X25519' }),
  'the curve Ed448': republished(spareEd, 'ed448', { crv: 'Ed448' }),
  'a point that is cut off': republished(spareEd, 'ed-short', { x: (spareEd.jwk['x'] as string).slice(0, -4) }),
  'alg ES256': republished(spareEd, 'ed-es256', { alg: 'ES256' }),
}

/** One key, published with every member that says it is good for what we do. */
export const usable: Readonly<Record<string, TestKey>> = {
  'use as sig': republished(spare, 'use-sig', { use: 'sig' }),
  'key_ops as verify': republished(spare, 'ops-verify', { key_ops: ['verify'] }),
  'alg ES256': republished(spare, 'alg-es256', { alg: 'ES256' }),
  'members that nobody knows': republished(spare, 'extra', { x5c: ['AAAA'], x: spare.jwk['x'], 'https://x.test': {} }),
}

/**
 * Points of order 1, 2, 4 and 8 on Ed25519 in every encoding that a decoder may accept. Whoever names one as a public key needs no private
 * key: for an eighth of all messages or more, a signature of zeros with the right point verifies.
 */
export const smallOrderPoints: readonly string[] = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
]

export const smallOrderJwk = (point: string): Jwk => ({
  kty: 'OKP',
  crv: 'Ed25519',
  kid: `small-${point}`,
  x: Buffer.from(point, 'hex').toString('base64url'),
})
