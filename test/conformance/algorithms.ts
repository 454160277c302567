import {
  beyondOrder,
  derSignature,
  ecdsaSignature,
  pkcs1Blocks,
  pssSignature,
  rawRsa,
  scalars,
  signingInputOf,
  withSignature,
} from '../support/forgery.js'
import { d1, e1, e384, r1, strangerEc, strangerRsa, type TestKey } from '../support/keys.js'
import { type SigningAlgorithm, segmentsOf, signatureOf, T, token, tokenBy } from '../support/token.js'
import type { Setup } from '../support/world.js'
import type { ConformanceCase, Refused } from './case.js'
import { bearer, granted, invalidToken, malformed } from './rows.js'

const refusedAlgorithm = invalidToken('algorithm')
const unknownKey = invalidToken('unknown_key')
const badSignature = invalidToken('signature')

const bytesOf = (jwt: string): Buffer => Buffer.from(segmentsOf(jwt)[2], 'base64url')

const accepted: ConformanceCase[] = (
  ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const
).map((alg) => ({
  name: `RFC 7518 §3.1: a token signed with ${alg} is accepted`,
  rules: ['R-8725b-3.1-a', 'R-8725b-3.1-b', 'R-8037-a', 'R-9864-a'],
  given: bearer(tokenBy(alg)),
  expect: granted,
}))

const listed = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const otherAlgorithms: ConformanceCase[] = [
  ...['none', 'None', 'NONE', 'nOnE', 'noNE', 'none ', '', null, 0, true, ['ES256'], { name: 'ES256' }],
  ...listed
    .flatMap((alg) => [alg.toLowerCase(), alg.toUpperCase(), `${alg} `, ` ${alg}`, `\t${alg}`, `${alg}\n`, `${alg}\0`])
    .filter((alg) => !listed.includes(alg)),
  'ES-256',
  'ES256,none',
  'SHA256withECDSA',
  '\uff25\uff33256',
  '\uff25\uff33\uff12\uff15\uff16',
  'E\u017f256',
  'HS256',
  'HS384',
  'HS512',
  'ES256K',
  'Ed448',
  'ML-DSA-44',
  'RSA1_5',
  'RSA-OAEP',
  'dir',
  'SHA256',
  'constructor',
  'toString',
  '__proto__',
  'hasOwnProperty',
].map((alg) => ({
  name: `RFC 8725 §3.1: alg ${JSON.stringify(alg)} is not on the list`,
  rules: ['X09', 'R-8725b-3.1-a', 'R-9068-4-e', 'A-01', 'A-02'],
  given: bearer(token({ header: { alg }, signedAs: 'ES256' })),
  expect: refusedAlgorithm,
}))

const noAlgorithms = ['none', 'None', 'NONE', 'nOnE', 'noNE', 'none ', '', undefined, null, 0, ['ES256']]
/** A header without `alg` has no form; one whose `alg` is no string names no algorithm. */
const verdictOn = (alg: unknown, otherwise: Refused): Refused =>
  alg === undefined ? malformed : typeof alg === 'string' ? otherwise : refusedAlgorithm

const unsigned: ConformanceCase[] = [...noAlgorithms, 'ES256'].map((alg) => ({
  name: `RFC 9068 §4: a token with alg ${JSON.stringify(alg) ?? 'absent'} and an empty signature is refused`,
  rules: ['X08', 'X09', 'R-9068-4-e', 'A-01', 'A-11'],
  given: bearer(token({ header: { alg }, signedAs: 'none' })),
  expect: verdictOn(alg, malformed),
}))

const signatureKept: ConformanceCase[] = noAlgorithms.map((alg) => ({
  name: `RFC 9068 §4: a token whose alg was made ${JSON.stringify(alg) ?? 'absent'} afterwards is refused`,
  rules: ['X08', 'X09', 'R-9068-4-e', 'A-01'],
  given: bearer(withSignature(token({ header: { alg }, signedAs: 'none' }), bytesOf(T))),
  expect: verdictOn(alg, refusedAlgorithm),
}))

const pemOf = ({ publicKey }: TestKey): string => publicKey.export({ type: 'spki', format: 'pem' }) as string
const derOf = ({ publicKey }: TestKey): Buffer => publicKey.export({ type: 'spki', format: 'der' })
const spki = pemOf(r1)
const secrets: readonly (readonly [string, string | Uint8Array])[] = [
  ['the SPKI PEM', spki],
  ['the SPKI PEM without its line feed', spki.trimEnd()],
  ['the SPKI PEM after a space', ` ${spki}`],
  ['the SPKI PEM after a line feed', `\n${spki}`],
  ['the SPKI PEM with carriage returns', spki.replaceAll('\n', '\r\n')],
  ['the SPKI PEM without its frame', spki.replaceAll(/-----.*-----|\n/g, '')],
  ['the SPKI DER', derOf(r1)],
  ['the PKCS #1 PEM', r1.publicKey.export({ type: 'pkcs1', format: 'pem' })],
  ['the PKCS #1 DER', r1.publicKey.export({ type: 'pkcs1', format: 'der' })],
  ['the JWK', JSON.stringify(r1.jwk)],
  ['the modulus', Buffer.from(r1.jwk['n'] as string, 'base64url')],
  ['the modulus in base64url', r1.jwk['n'] as string],
  ['the kid', 'r1'],
  ['nothing', ''],
]
const publicKeyAsSecret: ConformanceCase[] = [
  ...secrets.map(([what, secret]) => ({
    name: `RFC 8725 §2.1: HS256 with ${what} of a public RSA key as the secret is refused`,
    rules: ['X09', 'R-9068-4-e', 'A-04', 'A-18'],
    given: bearer(token({ header: { alg: 'HS256', kid: 'r1' }, key: secret })),
    expect: refusedAlgorithm,
  })),
  ...(['HS384', 'HS512'] as const).map((alg) => ({
    name: `RFC 8725 §2.1: ${alg} with the SPKI PEM of a public RSA key as the secret is refused`,
    rules: ['X09', 'R-9068-4-e', 'A-04'],
    given: bearer(token({ header: { alg, kid: 'r1' }, key: spki })),
    expect: refusedAlgorithm,
  })),
  ...[e1, d1].flatMap((key) => {
    const secretsOf: readonly (readonly [string, string | Uint8Array])[] = [
      ['the x-coordinate', Buffer.from(key.jwk['x'] as string, 'base64url')],
      ['the x-coordinate in base64url', key.jwk['x'] as string],
      ['the SPKI PEM', pemOf(key)],
      ['the SPKI DER', derOf(key)],
      ['the JWK', JSON.stringify(key.jwk)],
    ]
    return secretsOf.map(([what, secret]) => ({
      name: `RFC 8725 §2.1: HS256 with ${what} of the public key ${key.kid} as the secret is refused`,
      rules: ['X09', 'R-9068-4-e', 'A-04'],
      given: bearer(token({ header: { alg: 'HS256', kid: key.kid }, key: secret })),
      expect: refusedAlgorithm,
    }))
  }),
  ...(
    [
      ['RS256', r1, 'HS256'],
      ['ES256', e1, 'HS512'], // as long as a signature of that algorithm
      ['EdDSA', d1, 'HS512'],
    ] as const
  ).map(([alg, key, signedAs]) => ({
    name: `RFC 8725 §2.1: an HMAC by the public key under the name of ${alg} is a bad signature`,
    rules: ['X09', 'A-04'],
    given: bearer(token({ header: { alg, kid: key.kid }, key: pemOf(key), signedAs })),
    expect: badSignature,
  })),
]

const onlyPs256: Setup = { options: { algorithms: ['PS256'] } }
const listDecides: ConformanceCase[] = [
  ['PS256', granted],
  ['RS256', refusedAlgorithm],
  ['PS384', refusedAlgorithm],
  ['ES256', refusedAlgorithm],
  ['EdDSA', refusedAlgorithm],
].map(([alg, expect]) => ({
  name: `RFC 8725 §3.1: with PS256 alone on the list and no alg in the JWK, ${alg} is ${expect === granted ? 'accepted' : 'refused'}`,
  rules: ['X09', 'R-8725b-3.1-a', 'A-05'],
  setup: onlyPs256,
  given: bearer(tokenBy(alg as SigningAlgorithm)),
  expect: expect as ConformanceCase['expect'],
}))

const pairs: readonly (readonly [alg: SigningAlgorithm, key: TestKey, signedAs: SigningAlgorithm])[] = [
  ['RS256', e1, 'ES256'],
  ['PS256', e1, 'ES256'],
  ['EdDSA', e1, 'ES256'],
  ['ES384', e1, 'ES384'],
  ['ES256', e384, 'ES256'],
  ['ES512', e384, 'ES512'],
  ['ES256', r1, 'RS256'],
  ['Ed25519', r1, 'PS256'],
  ['ES256', d1, 'EdDSA'],
  ['RS256', d1, 'EdDSA'],
]
const wrongPairs: ConformanceCase[] = pairs.map(([alg, key, signedAs]) => ({
  name: `RFC 8725 §3.1: ${alg} with the key ${key.kid} is no pair`,
  rules: ['X09', 'R-8725b-3.1-b', 'R-7518-3.4-a'],
  given: bearer(token({ header: { alg, kid: key.kid }, key, signedAs })),
  expect: unknownKey,
}))

const tRs256 = tokenBy('RS256')
const tPs256 = tokenBy('PS256')
const tEs384 = tokenBy('ES384')
const tEs512 = tokenBy('ES512')
const tEdDsa = tokenBy('EdDSA')
const otherToken = token({ claims: { sub: 'u2' } })

/** With one bit changed. */
function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at]! ^= 1
  return copy
}

/** With 32 bytes of it replaced by a number. */
function replaced(bytes: Uint8Array, at: 0 | 32, scalar: bigint): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy.set(Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex'), at)
  return copy
}

const badSignatures: ConformanceCase[] = (
  [
    ['of the right length, all zeros (ES256)', withSignature(T, Buffer.alloc(64))],
    ['with R = 0 (ES256)', withSignature(T, ecdsaSignature(scalars.zero, scalars.one))],
    ['with S = 0 (ES256)', withSignature(T, ecdsaSignature(scalars.one, scalars.zero))],
    ['with R = S = 1 (ES256)', withSignature(T, ecdsaSignature(scalars.one, scalars.one))],
    ['with R = S = n (ES256)', withSignature(T, ecdsaSignature(scalars.order, scalars.order))],
    ['with R = S = n + 1 (ES256)', withSignature(T, ecdsaSignature(scalars['order + 1'], scalars['order + 1']))],
    ['with R = S = p (ES256)', withSignature(T, ecdsaSignature(scalars.prime, scalars.prime))],
    ['all ones (ES256)', withSignature(T, Buffer.alloc(64, 0xff))],
    ['in DER (ES256)', withSignature(T, derSignature(T, e1))],
    ['cut in half (ES256)', withSignature(T, bytesOf(T).subarray(0, 32))],
    ['of one byte (ES256)', withSignature(T, Buffer.from([1]))],
    ['one byte short (ES256)', withSignature(T, bytesOf(T).subarray(0, 63))],
    ['one byte long (ES256)', withSignature(T, Buffer.concat([bytesOf(T), Buffer.alloc(1)]))],
    [
      'padded as for ES384 (ES256)',
      withSignature(
        T,
        Buffer.concat([Buffer.alloc(16), bytesOf(T).subarray(0, 32), Buffer.alloc(16), bytesOf(T).subarray(32)]),
      ),
    ],
    ['with a bit flipped (ES256)', withSignature(T, flipped(bytesOf(T), 40))],
    ['of another token (ES256)', withSignature(T, bytesOf(otherToken))],
    ['over another payload (ES256)', `${segmentsOf(T)[0]}.${segmentsOf(otherToken)[1]}.${segmentsOf(T)[2]}`],
    [
      'over another header (ES256)',
      `${segmentsOf(token({ header: { typ: 'JWT' } }))[0]}.${segmentsOf(T)[1]}.${segmentsOf(T)[2]}`,
    ],
    ['by a stranger (ES256)', token({ key: strangerEc })],
    ['by a stranger (RS256)', tokenBy('RS256', { key: strangerRsa })],
    ['with SHA-512 (ES256)', token({ key: e1, signedAs: 'ES512' })],
    ['with R = n and S as it was (ES256)', withSignature(T, replaced(bytesOf(T), 0, scalars.order))],
    ['with R as it was and S = n (ES256)', withSignature(T, replaced(bytesOf(T), 32, scalars.order))],
    ['with R as it was and S = 0 (ES256)', withSignature(T, replaced(bytesOf(T), 32, scalars.zero))],
    ['all zeros (ES384)', withSignature(tEs384, Buffer.alloc(96))],
    ['all ones (ES384)', withSignature(tEs384, Buffer.alloc(96, 0xff))],
    ['cut in half (ES384)', withSignature(tEs384, bytesOf(tEs384).subarray(0, 48))],
    ['all zeros (ES512)', withSignature(tEs512, Buffer.alloc(132))],
    ['with R = S = 1 (ES512)', withSignature(tEs512, Buffer.alloc(132).fill(1, 65, 66).fill(1, 131))],
    ['all zeros (RS256)', withSignature(tRs256, Buffer.alloc(256))],
    ['one, as a number (RS256)', withSignature(tRs256, Buffer.from([1]))],
    ['one byte short (RS256)', withSignature(tRs256, bytesOf(tRs256).subarray(0, 255))],
    ['after a zero byte (RS256)', withSignature(tRs256, Buffer.concat([Buffer.alloc(1), bytesOf(tRs256)]))],
    ['with a bit flipped (RS256)', withSignature(tRs256, flipped(bytesOf(tRs256), 200))],
    ['cut in half (RS256)', withSignature(tRs256, bytesOf(tRs256).subarray(0, 128))],
    ['of another token (RS256)', withSignature(tRs256, bytesOf(tokenBy('RS256', { claims: { sub: 'u2' } })))],
    ['that is the modulus (RS256)', withSignature(tRs256, Buffer.from(r1.jwk['n'] as string, 'base64url'))],
    ['made by PS256 (RS256)', withSignature(tRs256, signatureOf(signingInputOf(tRs256).toString(), r1, 'PS256'))],
    ['made by RS512 (RS256)', withSignature(tRs256, signatureOf(signingInputOf(tRs256).toString(), r1, 'RS512'))],
    ['made by RS256 (PS256)', withSignature(tPs256, signatureOf(signingInputOf(tPs256).toString(), r1, 'RS256'))],
    ['without a salt (PS256)', withSignature(tPs256, pssSignature(tPs256, r1, 0))],
    ['with a salt of 20 bytes (PS256)', withSignature(tPs256, pssSignature(tPs256, r1, 20))],
    ['with a salt of 64 bytes (PS256)', withSignature(tPs256, pssSignature(tPs256, r1, 64))],
    ['all zeros (EdDSA)', withSignature(tEdDsa, Buffer.alloc(64))],
    ['with a bit flipped (EdDSA)', withSignature(tEdDsa, flipped(bytesOf(tEdDsa), 40))],
    ['with S beyond the order (EdDSA)', withSignature(tEdDsa, beyondOrder(bytesOf(tEdDsa)))],
    ['cut in half (EdDSA)', withSignature(tEdDsa, bytesOf(tEdDsa).subarray(0, 32))],
    ['of another token (EdDSA)', withSignature(tEdDsa, bytesOf(tokenBy('EdDSA', { claims: { sub: 'u2' } })))],
    ['one byte long (EdDSA)', withSignature(tEdDsa, Buffer.concat([bytesOf(tEdDsa), Buffer.alloc(1)]))],
    ...Object.entries(pkcs1Blocks)
      .filter(([what]) => what !== 'right')
      .map(([what, blockOf]): [string, string] => [
        `${what} (RS256)`,
        withSignature(tRs256, rawRsa(r1, blockOf(tRs256))),
      ]),
  ] as const
).map(([what, credential]) => ({
  name: `RFC 7515 §5.2: a signature ${what} is refused`,
  rules: ['X09', 'R-7518-3.4-a', 'A-08', 'A-11', 'A-14'],
  given: bearer(credential),
  expect: badSignature,
}))

export const algorithms: readonly ConformanceCase[] = [
  ...accepted,
  ...otherAlgorithms,
  ...unsigned,
  ...signatureKept,
  ...publicKeyAsSecret,
  ...listDecides,
  ...wrongPairs,
  ...badSignatures,
]
