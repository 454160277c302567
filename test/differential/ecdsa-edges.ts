import { sign } from 'node:crypto'
import { edges, hashOf, honest, type SignatureEdge, type Signing, toBytes, toInteger } from './signature-edge.js'

interface Curve {
  readonly length: number
  readonly order: bigint
  readonly prime: bigint
}

const curves: Readonly<Record<string, Curve>> = {
  ES256: {
    length: 32,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    prime: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
  },
  ES384: {
    length: 48,
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
  },
  ES512: {
    length: 66,
    order: 2n ** 521n - 0x5ae79787c40d069948033feb708f65a2fc44a36477663b851449048e16ec79bf7n,
    prime: 2n ** 521n - 1n,
  },
}

const curveOf = ({ alg }: Signing): Curve => curves[alg]!

function pair(signing: Signing): readonly [r: bigint, s: bigint] {
  const signature = honest(signing)
  const { length } = curveOf(signing)
  return [toInteger(signature.subarray(0, length)), toInteger(signature.subarray(length))]
}

const joined = (r: bigint, s: bigint, length: number): Buffer => Buffer.concat([toBytes(r, length), toBytes(s, length)])

/** R and S as they should be, changed. */
const changed =
  (change: (r: bigint, s: bigint, curve: Curve) => readonly [bigint, bigint]) =>
  (signing: Signing): Buffer =>
    joined(...change(...pair(signing), curveOf(signing)), curveOf(signing).length)

const scalars: Readonly<Record<string, (curve: Curve) => bigint>> = {
  '0': () => 0n,
  '1': () => 1n,
  'n - 1': ({ order }) => order - 1n,
  n: ({ order }) => order,
  'n + 1': ({ order }) => order + 1n,
  p: ({ prime }) => prime,
  'all ones': ({ length }) => 2n ** BigInt(8 * length) - 1n,
}

const scalarPairs = Object.entries(scalars).flatMap(([r, rOf]) =>
  Object.entries(scalars).map(
    ([s, sOf]) => [`R = ${r}, S = ${s}`, changed((_r, _s, curve) => [rOf(curve), sOf(curve)])] as const,
  ),
)

const signedWith =
  (hash: string) =>
  ({ input, key }: Signing): Buffer =>
    sign(hash, Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })

const der = ({ input, key, alg }: Signing): Buffer => sign(hashOf(alg), Buffer.from(input), key.privateKey)

/** Signs until one comes out with a zero in front: such a one is shorter in other encodings. */
function withLeadingZero(at: (curve: Curve) => number) {
  return (signing: Signing): Buffer => {
    for (;;) {
      const signature = honest(signing)
      if (signature[at(curveOf(signing))] === 0) return signature
    }
  }
}

const ecdsa = ['ES256', 'ES384', 'ES512'] as const

/** RFC 7518 §3.4, FIPS 186-5 §6.4.2. */
export const ecdsaEdges: readonly SignatureEdge[] = [
  ...edges(ecdsa, true, { 'S = n - s, which anyone can make': changed((r, s, { order }) => [r, order - s]) }),
  ...edges(['ES256', 'ES512'], true, {
    'R begins with a zero': withLeadingZero(() => 0),
    'S begins with a zero': withLeadingZero(({ length }) => length),
  }),
  ...edges(ecdsa, false, {
    ...Object.fromEntries(scalarPairs),
    'R = 0': changed((_r, s) => [0n, s]),
    'S = 0': changed((r) => [r, 0n]),
    'S = n': changed((r, _s, { order }) => [r, order]),
    'R = n - r': changed((r, s, { order }) => [order - r, s]),
    'R and S exchanged': changed((r, s) => [s, r]),
    'R twice': changed((r) => [r, r]),
    'S + 1': changed((r, s) => [r, s + 1n]),
    'in DER': der,
    'in DER, cut to length': (signing) => der(signing).subarray(0, 2 * curveOf(signing).length),
    'R and S one byte too wide each': (signing) => joined(...pair(signing), curveOf(signing).length + 1),
    'R and S as wide as the next curve has them': (signing) => joined(...pair(signing), 72),
    'R and S with the lowest byte first': (signing) => {
      const { length } = curveOf(signing)
      const signature = honest(signing)
      return Buffer.concat([signature.subarray(0, length).toReversed(), signature.subarray(length).toReversed()])
    },
    'the hash of SHA-1': signedWith('sha1'),
  }),
  ...edges(['ES384', 'ES512'], false, { 'the hash of ES256': signedWith('sha256') }),
  ...edges(['ES256', 'ES384'], false, { 'the hash of ES512': signedWith('sha512') }),
  ...edges(['ES512'], false, {
    'R = r + n, which the width allows': changed((r, s, { order }) => [r + order, s]),
    'S = s + n, which the width allows': changed((r, s, { order }) => [r, s + order]),
    'without the zero in front of R': (signing) => withLeadingZero(() => 0)(signing).subarray(1),
  }),
]
