import { describe, expect, test } from 'vitest'
import { judgeJwk } from '../../packages/core/src/keys/jwk.js'
import { parseJsonObject } from '../../packages/core/src/lib/json.js'
import { d1, e1, e384, e521, ecKey, ed25519Key, type Jwk, privateJwkOf, r1, rsaKey } from '../support/keys.js'
import { smallOrderJwk, smallOrderPoints } from '../support/odd-keys.js'

/** The algorithms of a JWK, or why it is skipped. `undefined` among the changes removes a member. */
function verdict(jwk: Jwk, changes: Jwk = {}): string {
  const judged = judgeJwk(parseJsonObject(JSON.stringify({ ...jwk, ...changes }), 16)!)
  return 'skipped' in judged ? judged.skipped : judged.algorithms.join(' ')
}

const base64url = (hex: string): string =>
  Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url')
const integer = (value: bigint, bytes: number): string => base64url(value.toString(16).padStart(bytes * 2, '0'))
const coordinate = (jwk: Jwk, name: 'x' | 'y'): bigint =>
  BigInt(`0x${Buffer.from(jwk[name] as string, 'base64url').toString('hex')}`)

const RSA = 'RS256 RS384 RS512 PS256 PS384 PS512'

describe('RFC 7518 §3.1: what a key of each kind may verify', () => {
  test.each<[string, Jwk, string]>([
    ['RSA of 2048 bits', r1.jwk, RSA],
    ['P-256', e1.jwk, 'ES256'],
    ['P-384', e384.jwk, 'ES384'],
    ['P-521', e521.jwk, 'ES512'],
    ['Ed25519', d1.jwk, 'EdDSA Ed25519'],
  ])('%s', (_, jwk, algorithms) => {
    expect(verdict(jwk)).toBe(algorithms)
    expect(verdict(jwk, { kid: undefined })).toBe(algorithms)
  })

  test('fresh keys of every curve, whatever their coordinates begin with', () => {
    for (let i = 0; i < 8; i++) {
      expect(verdict(ecKey('k', 'P-256').jwk)).toBe('ES256')
      expect(verdict(ecKey('k', 'P-384').jwk)).toBe('ES384')
      expect(verdict(ecKey('k', 'P-521').jwk)).toBe('ES512')
      expect(verdict(ed25519Key('k').jwk)).toBe('EdDSA Ed25519')
    }
  })
})

describe('RFC 7517 §4.4: alg ties a key to one algorithm', () => {
  test.each<[Jwk, string, string]>([
    [r1.jwk, 'RS256', 'RS256'],
    [r1.jwk, 'PS512', 'PS512'],
    [e1.jwk, 'ES256', 'ES256'],
    [e384.jwk, 'ES384', 'ES384'],
    [e521.jwk, 'ES512', 'ES512'],
    // RFC 9864 §2.2: two names of one algorithm.
    [d1.jwk, 'EdDSA', 'EdDSA Ed25519'],
    [d1.jwk, 'Ed25519', 'EdDSA Ed25519'],
  ])('$kty with alg %s verifies %s', (jwk, alg, algorithms) => {
    expect(verdict(jwk, { alg })).toBe(algorithms)
  })

  test.each<[Jwk, unknown[]]>([
    [
      r1.jwk,
      [
        'RSA-OAEP',
        'RSA1_5',
        'ES256',
        'EdDSA',
        'Ed25519',
        'HS256',
        'none',
        'rs256',
        'RS256 ',
        '',
        null,
        256,
        ['RS256'],
        {},
      ],
    ],
    [e1.jwk, ['ES384', 'ES512', 'ES256K', 'ECDH-ES', 'RS256', 'EdDSA', 'none', null]],
    [e384.jwk, ['ES256', 'ES512']],
    [e521.jwk, ['ES256', 'ES384', 'ES521']],
    [d1.jwk, ['ES256', 'Ed448', 'ed25519', 'eddsa', 'X25519', 'ECDH-ES']],
  ])('with any other it verifies nothing', (jwk, others) => {
    for (const alg of others) expect(verdict(jwk, { alg })).toBe('unsupported')
  })
})

describe('RFC 7517 §4.2, §4.3: a key that is for something else', () => {
  test.each<[Jwk, string]>([
    [{ use: 'sig' }, 'ES256'],
    [{ key_ops: ['verify'] }, 'ES256'],
    [{ key_ops: ['sign', 'verify'] }, 'ES256'],
    [{ use: 'sig', key_ops: ['verify'] }, 'ES256'],
    [{ use: 'enc' }, 'not_for_signatures'],
    [{ use: 'SIG' }, 'not_for_signatures'],
    [{ use: '' }, 'not_for_signatures'],
    [{ use: null }, 'not_for_signatures'],
    [{ use: ['sig'] }, 'not_for_signatures'],
    [{ use: 'enc', key_ops: ['verify'] }, 'not_for_signatures'],
    [{ use: 'sig', key_ops: ['sign'] }, 'not_for_signatures'],
    [{ key_ops: [] }, 'not_for_signatures'],
    [{ key_ops: ['encrypt', 'wrapKey'] }, 'not_for_signatures'],
    [{ key_ops: 'verify' }, 'not_for_signatures'],
    [{ key_ops: { includes: 'verify' } }, 'not_for_signatures'],
    [{ key_ops: null }, 'not_for_signatures'],
  ])('%j: %s', (members, expected) => {
    expect(verdict(e1.jwk, members)).toBe(expected)
  })
})

describe('RFC 7518 §6: published secrets', () => {
  test('a private key of every kind', () => {
    for (const key of [r1, e1, e384, e521, d1]) expect(verdict(privateJwkOf(key))).toBe('private')
  })

  test.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'])(
    'the member %s alone, whatever its value',
    (name) => {
      for (const value of ['AQ', '', null, 0, []]) {
        for (const { jwk } of [r1, e1, d1]) expect(verdict(jwk, { [name]: value })).toBe('private')
      }
    },
  )

  test('a symmetric key, with and without its secret', () => {
    expect(verdict({ kty: 'oct', k: 'c2VjcmV0', alg: 'HS256' })).toBe('private')
    expect(verdict({ kty: 'oct' })).toBe('private')
  })

  test('a secret matters more than anything else that is wrong', () => {
    expect(verdict({ kty: 'WAT', d: 'AQ', use: 'enc' })).toBe('private')
  })
})

describe('RFC 7517 §5: kinds of keys that are new or broken', () => {
  test.each<[Jwk, string]>([
    [{}, 'malformed'],
    [{ kty: null }, 'malformed'],
    [{ kty: 1 }, 'malformed'],
    [{ kty: ['RSA'] }, 'malformed'],
    [{ kty: '' }, 'unsupported'],
    [{ kty: 'rsa' }, 'unsupported'],
    [{ kty: 'AKP', alg: 'ML-DSA-44', pub: 'AA' }, 'unsupported'],
    [{ kty: 'EC' }, 'unsupported'],
    [{ kty: 'EC', crv: null }, 'unsupported'],
    [{ kty: 'EC', crv: 'secp256k1' }, 'unsupported'],
    [{ kty: 'EC', crv: 'p-256' }, 'unsupported'],
    [{ kty: 'EC P-256' }, 'malformed'],
    [{ kty: 'OKP', crv: 'X25519', x: 'AA' }, 'unsupported'],
    [{ kty: 'OKP', crv: 'Ed448', x: 'AA' }, 'unsupported'],
    [{ kty: 'OKP', crv: 'P-256' }, 'unsupported'],
    [{ kty: 'EC', crv: 'Ed25519' }, 'unsupported'],
    [{ kty: 'constructor' }, 'unsupported'],
  ])('%j: %s', (jwk, expected) => {
    expect(verdict(jwk)).toBe(expected)
  })

  test('an RSA key that names a curve', () => {
    expect(verdict(r1.jwk, { crv: 'P-256' })).toBe('unsupported')
  })
})

describe('RFC 7518 §3.3, §6.3.1: RSA', () => {
  const modulus = coordinate({ x: r1.jwk['n'] }, 'x')

  test.each([
    ['1024 bits', rsaKey('k', 1024).jwk],
    ['2047 bits', rsaKey('k', 2047).jwk],
    ['2040 bits', rsaKey('k', 2040).jwk],
    ['2047 bits with zeros in front', { ...r1.jwk, n: integer(modulus >> 1n, 300) }],
    ['the exponent 3', rsaKey('k', 2048, 3).jwk],
  ])('%s is weak', (_, jwk) => {
    expect(verdict(jwk)).toBe('weak')
  })

  test.each([
    ['2048 bits exactly', { n: integer(2n ** 2047n, 256) }, RSA],
    ['one less than 2048 bits', { n: integer(2n ** 2047n - 1n, 256) }, 'weak'],
    ['4096 bits', { n: integer(2n ** 4095n + 1n, 512) }, RSA],
    ['no modulus', { n: undefined }, 'malformed'],
    ['an empty modulus', { n: '' }, 'malformed'],
    ['a modulus that is a number', { n: 12345 }, 'malformed'],
    ['a modulus in the other alphabet', { n: '+/+/' }, 'malformed'],
    ['a modulus with padding', { n: `${r1.jwk['n'] as string}=` }, 'malformed'],
    ['no exponent', { e: undefined }, 'malformed'],
    ['an empty exponent', { e: '' }, 'malformed'],
    ['an exponent that is a number', { e: 65537 }, 'malformed'],
    ['an exponent with padding', { e: 'Aw==' }, 'malformed'],
    ['8192 bits', { n: integer(2n ** 8192n - 1n, 1024) }, RSA],
    ['8193 bits, which take long', { n: integer(2n ** 8192n + 1n, 1025) }, 'unsupported'],
    ['the greatest exponent of 32 bits', { e: integer(2n ** 32n - 1n, 4) }, RSA],
    ['an exponent of more', { e: integer(2n ** 32n + 1n, 5) }, 'unsupported'],
    ['the exponent 0', { e: 'AA' }, 'weak'],
    ['the exponent 1', { e: 'AQ' }, 'weak'],
    ['the exponent 2', { e: 'Ag' }, 'weak'],
    ['the exponent 17', { e: 'EQ' }, 'weak'],
    ['the exponent 65535', { e: integer(65535n, 2) }, 'weak'],
    ['the exponent 65536', { e: 'AQAA' }, 'weak'],
    ['the exponent 65537', { e: 'AQAB' }, RSA],
    ['the exponent 65537 with zeros in front', { e: 'AAEAAQ' }, RSA],
    ['the exponent 65538', { e: integer(65538n, 3) }, 'weak'],
    ['the exponent 65539', { e: integer(65539n, 3) }, RSA],
  ])('%s', (_, changes, expected) => {
    expect(verdict(r1.jwk, changes)).toBe(expected)
  })
})

// SP 800-186 §3.2.1, written out as the standard has them and not as powers of two.
const FIELDS = [
  ['P-256', e1.jwk, 32, 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn],
  [
    'P-384',
    e384.jwk,
    48,
    0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffffn,
  ],
  ['P-521', e521.jwk, 66, 2n ** 521n - 1n],
] as const

describe.each(FIELDS)('RFC 7518 §6.2.1: %s', (_, jwk, length, p) => {
  const [x, y] = [coordinate(jwk, 'x'), coordinate(jwk, 'y')]

  test.each([
    ['another y', { y: integer(y ^ 1n, length) }],
    ['another x', { x: integer(x ^ 1n, length) }],
    ['x and y exchanged', { x: integer(y, length), y: integer(x, length) }],
    ['the origin', { x: integer(0n, length), y: integer(0n, length) }],
    ['y beyond the field', { y: integer(p, length) }],
    ['x beyond the field', { x: integer(p, length) }],
    [
      'all ones',
      { x: integer(2n ** BigInt(length * 8) - 1n, length), y: integer(2n ** BigInt(length * 8) - 1n, length) },
    ],
  ])('%s is no point of the curve', (_what, changes) => {
    expect(verdict(jwk, changes)).toBe('invalid_point')
  })

  test('the same point, mirrored, is one', () => {
    expect(verdict(jwk, { y: integer(p - y, length) })).not.toBe('invalid_point')
  })

  test.each([
    ['no x', { x: undefined }],
    ['no y', { y: undefined }],
    ['an empty x', { x: '' }],
    ['an empty y', { y: '' }],
    ['an x that is a number', { x: 1 }],
    ['a y that is null', { y: null }],
    ['x with a zero too many', { x: integer(x, length + 1) }],
    ['y with a zero too many', { y: integer(y, length + 1) }],
    ['x cut off', { x: integer(x >> 8n, length - 1) }],
    ['y cut off', { y: integer(y >> 8n, length - 1) }],
    ['y in hexadecimal', { y: y.toString(16) }],
    ['y with padding', { y: `${jwk['y'] as string}=` }],
  ])('%s is no coordinate', (_what, changes) => {
    expect(verdict(jwk, changes)).toBe('malformed')
  })
})

test('SP 800-186: a coordinate plus the field is the same point, and refused', () => {
  // Only where it still fits the length: P-521 has seven bits to spare.
  const { jwk } = e521
  const p = 2n ** 521n - 1n
  expect(verdict(jwk, { x: integer(coordinate(jwk, 'x') + p, 66) })).toBe('invalid_point')
  expect(verdict(jwk, { y: integer(coordinate(jwk, 'y') + p, 66) })).toBe('invalid_point')
})

describe('RFC 8032 §5.1, RFC 8037 §2: Ed25519', () => {
  test('there are fourteen encodings of small order', () => {
    expect(new Set(smallOrderPoints).size).toBe(14)
  })

  test.each(smallOrderPoints)('%s is of small order', (point) => {
    expect(verdict(smallOrderJwk(point))).toBe('weak')
  })

  test.each([
    '0200000000000000000000000000000000000000000000000000000000000000',
    '0300000000000000000000000000000000000000000000000000000000000080',
    'ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '27e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    // The base point of RFC 8032 and the public key of its first test vector.
    '5866666666666666666666666666666666666666666666666666666666666666',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  ])('%s, a neighbour or an honest key, is not', (point) => {
    expect(verdict(smallOrderJwk(point))).toBe('EdDSA Ed25519')
  })

  test.each([
    ['no x', { x: undefined }],
    ['an empty x', { x: '' }],
    ['31 bytes', { x: Buffer.alloc(31, 7).toString('base64url') }],
    ['33 bytes', { x: Buffer.alloc(33, 7).toString('base64url') }],
    ['a number', { x: 1 }],
    ['padding', { x: `${d1.jwk['x'] as string}=` }],
  ])('%s is no point', (_, changes) => {
    expect(verdict(d1.jwk, changes)).toBe('malformed')
  })
})

test('RFC 7517 §4: members that nobody knows change nothing', () => {
  expect(verdict(e1.jwk, { x5c: ['AAAA'], x5t: 1, ext: true, 'https://x.test': {}, kid: 7 })).toBe('ES256')
})
