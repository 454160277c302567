import { createHash } from 'node:crypto'
import { edges, honest, type SignatureEdge, type Signing, toBytes, toInteger } from './signature-edge.js'

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n
const PRIME = 2n ** 255n - 19n

const littleEndian = (integer: bigint): Buffer => Buffer.from(toBytes(integer, 32).toReversed())

/** R and the number S as they should be, changed. */
const changed =
  (change: (r: Buffer, s: bigint) => readonly [Buffer, bigint]) =>
  (signing: Signing): Buffer => {
    const signature = honest(signing)
    const s = toInteger(signature.subarray(32).toReversed())
    const [r, changedS] = change(signature.subarray(0, 32), s)
    return Buffer.concat([r, littleEndian(changedS)])
  }

const withBit = (bytes: Buffer, bit: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[31]! ^= bit
  return copy
}

/** RFC 8032 §5.1.7. */
export const eddsaEdges: readonly SignatureEdge[] = edges(['EdDSA', 'Ed25519'], false, {
  'S = s + L': changed((r, s) => [r, s + ORDER]),
  'S = s + 2 L': changed((r, s) => [r, s + 2n * ORDER]),
  'S = s + 7 L': changed((r, s) => [r, s + 7n * ORDER]),
  'S = L - s': changed((r, s) => [r, ORDER - s]),
  'S = s + 1': changed((r, s) => [r, s + 1n]),
  'S = 0': changed((r) => [r, 0n]),
  'S = L': changed((r) => [r, ORDER]),
  'S with its highest bit set': changed((r, s) => [r, s | (1n << 255n)]),
  'R with its sign turned': changed((r, s) => [withBit(r, 0x80), s]),
  'R = 0': changed((_r, s) => [littleEndian(0n), s]),
  'R is the neutral point': changed((_r, s) => [littleEndian(1n), s]),
  'R is the neutral point and S = 0': changed(() => [littleEndian(1n), 0n]),
  'R is the neutral point beyond the field': changed((_r, s) => [littleEndian(PRIME + 1n), s]),
  'R is the neutral point beyond the field and S = 0': changed(() => [littleEndian(PRIME + 1n), 0n]),
  'R is of order 2 and S = 0': changed(() => [littleEndian(PRIME - 1n), 0n]),
  'R is of order 4 and S = 0': changed(() => [littleEndian(0n), 0n]),
  'R and S exchanged': (signing) => {
    const signature = honest(signing)
    return Buffer.concat([signature.subarray(32), signature.subarray(0, 32)])
  },
  'R and S with the highest byte first': (signing) => {
    const signature = honest(signing)
    return Buffer.concat([signature.subarray(0, 32).toReversed(), signature.subarray(32).toReversed()])
  },
  'over the hash': (signing) => {
    const digest = createHash('sha512').update(signing.input).digest().toString('latin1')
    return honest({ ...signing, input: digest })
  },
})
