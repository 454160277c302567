import { createHash } from 'node:crypto'
import { pkcs1Blocks, pssSignature, rawRsa } from '../support/forgery.js'
import { signatureOf } from '../support/token.js'
import { edges, hashOf, honest, type SignatureEdge, type Signing, toBytes, toInteger } from './signature-edge.js'

const LENGTH = 256

const modulusOf = ({ key }: Signing): bigint => toInteger(Buffer.from(key.jwk['n'] as string, 'base64url'))

/** The number that a signature is, changed. */
const changed =
  (change: (s: bigint, n: bigint) => bigint, length = LENGTH) =>
  (signing: Signing): Buffer =>
    toBytes(change(toInteger(honest(signing)), modulusOf(signing)), length)

const numbers: Readonly<Record<string, (signing: Signing) => Buffer>> = {
  'the number 1': changed(() => 1n),
  'the number 2': changed(() => 2n),
  'the number n - 1': changed((_s, n) => n - 1n),
  'the number n': changed((_s, n) => n),
  'the number n + 1': changed((_s, n) => n + 1n),
  'the number n - s': changed((s, n) => n - s),
  'the number s + 1': changed((s) => s + 1n),
  'the number s + n, a byte longer': changed((s, n) => s + n, LENGTH + 1),
}

const paddedAs =
  (alg: 'RS256' | 'RS512' | 'PS256' | 'PS384' | 'PS512') =>
  ({ input, key }: Signing): Buffer =>
    signatureOf(input, key, alg)

const [rightBlock, ...wrongBlocks] = Object.entries(pkcs1Blocks).map(
  ([name, block]) => [`a block ${name}`, ({ input, key }: Signing): Buffer => rawRsa(key, block(`${input}.`))] as const,
)

const pkcs1 = ['RS256', 'RS384', 'RS512'] as const
const pss = ['PS256', 'PS384', 'PS512'] as const

const salted =
  (saltLength: number) =>
  ({ input, key }: Signing): Buffer =>
    pssSignature(`${input}.`, key, saltLength)

/** What may be wrong in the block that RSASSA-PSS signs (RFC 8017 §9.1.1). */
interface PssBlock {
  readonly saltLength?: number
  readonly trailer?: number
  readonly separator?: number
  readonly dirtyAt?: number
  readonly maskHash?: string
  readonly prefixLength?: number
}

const pssBlock =
  (wrong: PssBlock) =>
  (signing: Signing): Buffer => {
    const { trailer = 0xbc, separator = 1, dirtyAt, prefixLength = 8, maskHash = hashOf(signing.alg) } = wrong
    const digest = (data: Uint8Array): Buffer => createHash(hashOf(signing.alg)).update(data).digest()
    const messageHash = digest(Buffer.from(signing.input))
    const salt = Buffer.alloc(wrong.saltLength ?? messageHash.length, 7)
    const hash = digest(Buffer.concat([Buffer.alloc(prefixLength), messageHash, salt]))
    const data = Buffer.concat([Buffer.alloc(LENGTH - salt.length - hash.length - 2), Buffer.from([separator]), salt])
    if (dirtyAt !== undefined) data[dirtyAt] = 1
    const mask = maskOf(hash, data.length, maskHash)
    const masked = data.map((byte, i) => byte ^ mask[i]!)
    masked[0]! &= 0x7f // one bit less than the modulus
    return rawRsa(signing.key, Buffer.concat([masked, hash, Buffer.from([trailer])]))
  }

/** MGF1, RFC 8017 §B.2.1. */
function maskOf(seed: Buffer, length: number, hash: string): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 20) }, (_, counter) =>
    createHash(hash)
      .update(seed)
      .update(Buffer.from([0, 0, 0, counter]))
      .digest(),
  )
  return Buffer.concat(blocks).subarray(0, length)
}

/** RFC 8017 §8.1.2 and §8.2.2, RFC 7518 §3.3 and §3.5. */
export const rsaEdges: readonly SignatureEdge[] = [
  ...edges([...pkcs1, ...pss], false, numbers),
  ...edges(['RS256'], true, Object.fromEntries([rightBlock!])),
  ...edges(['RS256'], false, {
    ...Object.fromEntries(wrongBlocks),
    'the padding of PS256': paddedAs('PS256'),
    'the hash of RS512': paddedAs('RS512'),
  }),
  ...edges(['RS384', 'RS512'], false, { 'the hash of RS256': paddedAs('RS256') }),
  ...edges(pss, true, { 'a block as it should be': pssBlock({}) }),
  ...edges(pss, false, {
    'the padding of RS256': paddedAs('RS256'),
    'a block with another trailer': pssBlock({ trailer: 0xcc }),
    'a block with another separator': pssBlock({ separator: 2 }),
    'a block without a separator': pssBlock({ separator: 0 }),
    'a block with a one among the zeros': pssBlock({ dirtyAt: 1 }),
    'a block masked by SHA-1': pssBlock({ maskHash: 'sha1' }),
    'a block over seven zeros': pssBlock({ prefixLength: 7 }),
    'a salt that is empty': pssBlock({ saltLength: 0 }),
    'a salt of 20 bytes': pssBlock({ saltLength: 20 }),
    'a salt of 31 bytes': pssBlock({ saltLength: 31 }),
    'a salt of 65 bytes': pssBlock({ saltLength: 65 }),
  }),
  ...edges(['PS256'], false, {
    'no salt': salted(0),
    'the longest salt': salted(LENGTH - 2 - 32),
    'the hash of PS384': paddedAs('PS384'),
    'the hash of PS512': paddedAs('PS512'),
  }),
  ...edges(['PS384', 'PS512'], false, { 'the hash of PS256': paddedAs('PS256') }),
]
