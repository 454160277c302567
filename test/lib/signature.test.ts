import { sign as signBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import * as node from '../../packages/core/src/lib/signature-node.js'
import * as webcrypto from '../../packages/core/src/lib/signature-webcrypto.js'
import { d1, e1, e384, e521, r1, type TestKey } from '../support/keys.js'
import { type SigningAlgorithm, signatureOf } from '../support/token.js'

const text = 'header.payload'
const data = new Uint8Array(Buffer.from(text))

const signers: [SigningAlgorithm, TestKey][] = [
  ['RS256', r1],
  ['RS384', r1],
  ['RS512', r1],
  ['PS256', r1],
  ['PS384', r1],
  ['PS512', r1],
  ['ES256', e1],
  ['ES384', e384],
  ['ES512', e521],
  ['EdDSA', d1],
  ['Ed25519', d1],
]

const bytes = (signature: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(signature)

describe.each([
  ['node:crypto', node],
  ['WebCrypto', webcrypto],
])('RFC 7518 §3.1 with %s', (_, { importPublicKey, verifySignature }) => {
  const keyOf = ({ jwk }: TestKey, alg: string) => importPublicKey(jwk, alg)

  test.each(signers)('%s: its signature verifies, and a changed one does not', async (alg, key) => {
    const publicKey = await keyOf(key, alg)
    const signature = bytes(signatureOf(text, key, alg))
    expect(await verifySignature(publicKey, data, signature)).toBe(true)
    expect(await verifySignature(publicKey, data.subarray(1), signature)).toBe(false)
    for (const at of [0, signature.length >> 1, signature.length - 1]) {
      const changed = bytes(signature)
      changed[at]! ^= 1
      expect(await verifySignature(publicKey, data, bytes(changed))).toBe(false)
    }
  })

  test.each(signers)('%s: a signature of another length is false and no error', async (alg, key) => {
    const publicKey = await keyOf(key, alg)
    const signature = signatureOf(text, key, alg)
    const lengths = [
      new Uint8Array(),
      signature.subarray(1),
      signature.subarray(0, -1),
      Buffer.concat([signature, Buffer.alloc(1)]),
    ]
    for (const wrong of lengths) expect(await verifySignature(publicKey, data, bytes(wrong))).toBe(false)
  })

  test.each(['none', 'HS256', 'RS1', 'Ed448', 'rs256', ''])(
    '%j is no algorithm: there is no key for it',
    async (alg) => {
      await expect(keyOf(e1, alg)).rejects.toThrow()
    },
  )

  test('a key verifies what it was made ready for, and a signature by another algorithm is false and no error', async () => {
    const isOneAlgorithm = (a: string, b: string) => a === b || [a, b].every((alg) => alg.startsWith('Ed'))
    for (const [alg, key] of signers) {
      const signature = bytes(signatureOf(text, key, alg))
      for (const [otherAlg, other] of signers) {
        expect(await verifySignature(await keyOf(other, otherAlg), data, signature)).toBe(isOneAlgorithm(alg, otherAlg))
      }
    }
  })

  test('RFC 7518 §3.5: a PSS salt has the length of the hash and no other', async () => {
    const publicKey = await keyOf(r1, 'PS256')
    for (const saltLength of [0, 20, 31, 33]) {
      const signature = signBytes('sha256', Buffer.from(text), { key: r1.privateKey, padding: 6, saltLength })
      expect(await verifySignature(publicKey, data, signature)).toBe(false)
    }
  })

  test('RFC 8017 §8.1.2: a PSS signature without its leading zero byte is refused', async () => {
    const publicKey = await keyOf(r1, 'PS256')
    const sign = () => signBytes('sha256', Buffer.from(text), { key: r1.privateKey, padding: 6, saltLength: 32 })
    let signature = sign()
    while (signature[0] !== 0) signature = sign() // one in 256 has one
    expect(await verifySignature(publicKey, data, signature)).toBe(true)
    expect(await verifySignature(publicKey, data, bytes(signature.subarray(1)))).toBe(false)
  })

  test('RFC 7518 §3.4: an ECDSA signature in DER is refused', async () => {
    const publicKey = await keyOf(e1, 'ES256')
    expect(await verifySignature(publicKey, data, bytes(signBytes('sha256', Buffer.from(text), e1.privateKey)))).toBe(
      false,
    )
  })
})

/** Signs until R or S begins with a byte that satisfies; that takes some hundred signatures at most. */
function ecdsaSignatureWith(
  alg: 'ES256' | 'ES384' | 'ES512',
  key: TestKey,
  wanted: (r: Uint8Array, s: Uint8Array) => boolean,
): Uint8Array<ArrayBuffer> {
  for (;;) {
    const signature = bytes(signatureOf(text, key, alg))
    const half = signature.length / 2
    if (wanted(signature.subarray(0, half), signature.subarray(half))) return signature
  }
}

describe('RFC 7518 §3.4: R and S are numbers of a fixed length, whatever they begin with', () => {
  test.each([
    ['ES256', e1, 'zero bits in front of R', (r: Uint8Array) => r[0] === 0],
    ['ES256', e1, 'zero bits in front of S', (_: Uint8Array, s: Uint8Array) => s[0] === 0],
    ['ES256', e1, 'a zero and then a high bit', (r: Uint8Array) => r[0] === 0 && r[1]! >= 0x80],
    ['ES256', e1, 'high bits', (r: Uint8Array, s: Uint8Array) => r[0]! >= 0x80 && s[0]! >= 0x80],
    ['ES256', e1, 'no high bit', (r: Uint8Array, s: Uint8Array) => r[0]! < 0x80 && s[0]! < 0x80],
    ['ES384', e384, 'high bits', (r: Uint8Array, s: Uint8Array) => r[0]! >= 0x80 && s[0]! >= 0x80],
    ['ES512', e521, 'a whole first byte of zeros', (r: Uint8Array, s: Uint8Array) => r[0] === 0 && s[0] === 0],
    ['ES512', e521, 'the top bit set', (r: Uint8Array, s: Uint8Array) => r[0] === 1 && s[0] === 1],
  ] as const)('%s with $2', async (alg, key, _, wanted) => {
    const signature = ecdsaSignatureWith(alg, key, wanted)
    for (const { importPublicKey, verifySignature } of [node, webcrypto]) {
      expect(await verifySignature(await importPublicKey(key.jwk, alg), data, signature)).toBe(true)
    }
  })

  test('all zeros are a number too, and no signature', async () => {
    const publicKey = await node.importPublicKey(e1.jwk, 'ES256')
    expect(node.verifySignature(publicKey, data, bytes(new Uint8Array(64)))).toBe(false)
  })
})

test('what is verified by other threads, once a turn has had its share, comes out the same', async () => {
  const key = await node.importPublicKey(e521.jwk, 'ES512')
  const good = bytes(signatureOf(text, e521, 'ES512'))
  const bad = bytes(signatureOf('other', e521, 'ES512'))
  const noKey = { signatureLength: 132, key: {}, digest: 'sha512', isEcdsa: true } as never
  const given = Array.from({ length: 60 }, (_, n) => n % 3)
  const verdicts = given.map((n) => node.verifySignature(n === 2 ? noKey : key, data, n === 0 ? good : bad))
  expect(verdicts.at(-1)).toBeInstanceOf(Promise)
  expect(await Promise.all(verdicts.map(async (verdict) => verdict))).toEqual(given.map((n) => n === 0))
})

test('what OpenSSL refuses by an error is false: a key that is none', async () => {
  await new Promise(setImmediate)
  const noKey = { signatureLength: 256, key: {}, digest: 'sha256' } as never
  expect(node.verifySignature(noKey, data, bytes(new Uint8Array(256)))).toBe(false)
})
