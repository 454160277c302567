import { d1, e1, e384, e521, r1, strangerEc, strangerRsa, type TestKey } from '../support/keys.js'
import { type SigningAlgorithm, signatureOf } from '../support/token.js'

/** A signature at the edge of what its algorithm allows. */
export interface SignatureEdge {
  readonly name: string
  readonly algorithms: readonly SigningAlgorithm[]
  /** Whether it verifies. */
  readonly valid: boolean
  readonly make: (signing: Signing) => Buffer
}

export interface Signing {
  readonly input: string
  readonly alg: SigningAlgorithm
  readonly key: TestKey
}

export const edgeKeys: Readonly<Record<string, TestKey>> = {
  ...{ RS256: r1, RS384: r1, RS512: r1, PS256: r1, PS384: r1, PS512: r1 },
  ...{ ES256: e1, ES384: e384, ES512: e521, EdDSA: d1, Ed25519: d1 },
}

export const honest = ({ input, key, alg }: Signing): Buffer => signatureOf(input, key, alg)

export const hashOf = (alg: SigningAlgorithm): string => `sha${alg.slice(2)}`

export function edges(
  algorithms: readonly SigningAlgorithm[],
  valid: boolean,
  makers: Readonly<Record<string, (signing: Signing) => Buffer>>,
): SignatureEdge[] {
  return Object.entries(makers).map(([name, make]) => ({ name, algorithms, valid, make }))
}

export function toInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString('hex')}`)
}

export function toBytes(integer: bigint, length: number): Buffer {
  return Buffer.from(integer.toString(16).padStart(2 * length, '0'), 'hex')
}

const all = Object.keys(edgeKeys) as SigningAlgorithm[]
const decoded = (segment = ''): Buffer => Buffer.from(segment, 'base64url')

const over =
  (change: (input: string) => string) =>
  (signing: Signing): Buffer =>
    honest({ ...signing, input: change(signing.input) })

/** OpenSSL takes an RSA-PSS signature without its leading zeros, and one in 256 has one: that is a case of its own. */
function withoutLeadingZero(signing: Signing): Buffer {
  const attempts = Array.from({ length: 10 }, () => honest(signing))
  return attempts.find(([first]) => first !== 0) ?? Buffer.alloc(0)
}

/** What is true of every algorithm. */
export const commonEdges: readonly SignatureEdge[] = [
  ...edges(all, true, { 'as it should be': honest }),
  ...edges(all, false, {
    'no byte': () => Buffer.alloc(0),
    'one byte': (signing) => honest(signing).subarray(0, 1),
    'the first half': (signing) => honest(signing).subarray(0, honest(signing).length / 2),
    'all but the first byte': (signing) => withoutLeadingZero(signing).subarray(1),
    'all but the last byte': (signing) => honest(signing).subarray(0, -1),
    'a zero in front': (signing) => Buffer.concat([Buffer.alloc(1), honest(signing)]),
    'a zero behind': (signing) => Buffer.concat([honest(signing), Buffer.alloc(1)]),
    'twice in a row': (signing) => Buffer.concat([honest(signing), honest(signing)]),
    'all zeros': (signing) => Buffer.alloc(honest(signing).length),
    'all ones': (signing) => Buffer.alloc(honest(signing).length, 0xff),
    backwards: (signing) => Buffer.from(honest(signing).toReversed()),
    'in hexadecimal': (signing) => Buffer.from(honest(signing).toString('hex')),
    'in base64url twice': (signing) => Buffer.from(honest(signing).toString('base64url')),
    'over another text': over((input) => `${input}A`),
    'over the text and the second dot': over((input) => `${input}.`),
    'over the header alone': over((input) => input.slice(0, input.indexOf('.'))),
    'over the payload alone': over((input) => input.slice(input.indexOf('.') + 1)),
    'over nothing': over(() => ''),
    'over the decoded segments': (signing) => {
      const [header, payload] = signing.input.split('.')
      return honest({
        ...signing,
        input: `${decoded(header).toString('latin1')}.${decoded(payload).toString('latin1')}`,
      })
    },
  }),
  ...edges(['RS256', 'PS512'], false, { 'of a stranger': (signing) => honest({ ...signing, key: strangerRsa }) }),
  ...edges(['ES256'], false, { 'of a stranger': (signing) => honest({ ...signing, key: strangerEc }) }),
]
