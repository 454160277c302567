import { describe, expect, test } from 'vitest'
import { pkcs1Blocks } from '../support/forgery.js'
import { e1, ecKey, ed25519Key, type Jwk, r1, republished, type TestKey } from '../support/keys.js'
import { smallOrderJwk, smallOrderPoints, unusable, unusableOkp, unusableRsa, usable } from '../support/odd-keys.js'
import { b64u, CLAIMS, HEADER, type SigningAlgorithm, signatureOf } from '../support/token.js'
import { createJudges, type Judges } from './judge.js'
import { settings } from './settings.js'

// The keys that an issuer publishes, judged by both sides: each one signs a token that is fine otherwise.

type Sign = (input: string) => Buffer

const tokenFor = (alg: string, kid: unknown, sign: Sign, more: Jwk = {}): string => {
  const input = `${b64u(JSON.stringify({ ...HEADER, alg, kid, ...more }))}.${b64u(JSON.stringify(CLAIMS))}`
  return `${input}.${b64u(sign(input))}`
}

/** A set of two: the other key is one that can always be used. */
const judgesFor = (jwk: Jwk): Judges =>
  createJudges(
    settings[0]!,
    [jwk, e1.jwk].map((each) => ({
      kid: each['kid'] as string,
      jwk: each,
      jwkForJose: each,
      signs: [],
      signatureOf: () => Buffer.alloc(0),
    })),
  )

async function accepting(jwk: Jwk, token: string): Promise<string[]> {
  const { ours, jose } = judgesFor(jwk)
  const sides = { ours: (await ours(token)).ok, jose: (await jose(token)).ok }
  return Object.entries(sides).flatMap(([side, ok]) => (ok ? [side] : []))
}

const ec = ecKey('ec', 'P-256')
const ed = ed25519Key('ed')

const ecWith = (members: Jwk): TestKey => republished(ec, 'changed', members)
const edWith = (members: Jwk): TestKey => republished(ed, 'changed', members)
const rsaWith = (members: Jwk): TestKey => republished(r1, 'changed', members)

const bytesOf = ({ jwk }: TestKey, name: string): Buffer => Buffer.from(jwk[name] as string, 'base64url')
const zeroBefore = (bytes: Buffer): string => b64u(Buffer.concat([Buffer.alloc(1), bytes]))

/** The same 32 bytes: the last of 43 characters has two bits too many, which are zero in the one right spelling. */
const withSpareBit = (coordinate: string): string =>
  coordinate.slice(0, -1) + String.fromCharCode(coordinate.charCodeAt(42) + 1)

const usedByBoth: Readonly<Record<string, [TestKey, SigningAlgorithm]>> = {
  ...Object.fromEntries(Object.entries(usable).map(([name, key]) => [name, [key, 'ES256']])),
  'ext false': [ecWith({ ext: false }), 'ES256'],
  'a member of another key type': [ecWith({ n: 'AQ' }), 'ES256'],
  'a certificate that is none': [ecWith({ x5c: 1 }), 'ES256'],
  'a modulus with a zero in front': [rsaWith({ n: zeroBefore(bytesOf(r1, 'n')) }), 'RS256'],
  'an exponent with a zero in front': [rsaWith({ e: 'AAEAAQ' }), 'RS256'],
}

const usedByJose: Readonly<Record<string, [TestKey, SigningAlgorithm]>> = {
  'a coordinate with padding': [unusable['a coordinate with padding']!, 'ES256'],
  'a coordinate with a zero in front': [ecWith({ x: zeroBefore(bytesOf(ec, 'x')) }), 'ES256'],
  'a coordinate with bits to spare': [ecWith({ y: withSpareBit(ec.jwk['y'] as string) }), 'ES256'],
  'the RSA exponent 3': [unusableRsa['the exponent 3']!, 'RS256'],
  'the RSA exponent 17': [unusableRsa['the exponent 17']!, 'RS256'],
  'an RSA modulus in an array': [unusableRsa['a modulus that is a list']!, 'RS256'],
  'an RSA key that names a curve': [rsaWith({ crv: 'P-256' }), 'RS256'],
}

const others = (keys: Readonly<Record<string, TestKey>>, ...names: readonly string[]): [string, TestKey][] =>
  Object.entries(keys).filter(([name]) => !names.includes(name))

const usedByNeither: Readonly<Record<string, [TestKey, SigningAlgorithm]>> = {
  ...Object.fromEntries(others(unusable, 'a coordinate with padding').map(([name, key]) => [name, [key, 'ES256']])),
  ...Object.fromEntries(
    others(unusableRsa, 'the exponent 3', 'the exponent 17', 'a modulus that is a list').map(([name, key]) => [
      `an RSA key with ${name}`,
      [key, 'RS256'],
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(unusableOkp).map(([name, key]) => [`an OKP key with ${name}`, [key, 'Ed25519']]),
  ),
  'use null': [ecWith({ use: null }), 'ES256'],
  'use in capitals': [ecWith({ use: 'SIG' }), 'ES256'],
  'alg null': [ecWith({ alg: null }), 'ES256'],
  'a kid that is a number': [ecWith({ kid: 7 }), 'ES256'],
  'a curve in an array': [ecWith({ crv: ['P-256'] }), 'ES256'],
}

/** What jose does not do. In each case the issuer has published the key for signatures. */
const usedByUs: Readonly<Record<string, [TestKey, SigningAlgorithm]>> = {
  // RFC 9864 §2.2: two names of one algorithm.
  'alg EdDSA, for a token that says Ed25519': [edWith({ alg: 'EdDSA' }), 'Ed25519'],
  'alg Ed25519, for a token that says EdDSA': [edWith({ alg: 'Ed25519' }), 'EdDSA'],
  // RFC 7517 §4.3: verify is among the operations; the others and `ext` say nothing about verifying.
  'key_ops with sign': [ecWith({ key_ops: ['verify', 'sign'] }), 'ES256'],
  'key_ops with encrypt': [ecWith({ key_ops: ['verify', 'encrypt'] }), 'ES256'],
  'key_ops with an operation that nobody knows': [ecWith({ key_ops: ['verify', 'x'] }), 'ES256'],
  'key_ops with an operation that is a number': [ecWith({ key_ops: ['verify', 1] }), 'ES256'],
  'key_ops with an operation twice': [ecWith({ key_ops: ['verify', 'verify'] }), 'ES256'],
  'ext as a string': [ecWith({ ext: 'true' }), 'ES256'],
}

describe.each([
  { who: 'both sides', keys: usedByBoth, sides: ['ours', 'jose'] },
  { who: 'jose alone', keys: usedByJose, sides: ['jose'] },
  { who: 'us alone', keys: usedByUs, sides: ['ours'] },
  { who: 'neither side', keys: usedByNeither, sides: [] },
])('RFC 7517 §4: a key that is used by $who', ({ keys, sides }) => {
  test.each(Object.entries(keys))('%s', async (_name, [key, alg]) => {
    const token = tokenFor(alg, key.jwk['kid'], (input) => signatureOf(input, key, alg))
    expect(await accepting(key.jwk, token)).toEqual(sides)
  })
})

describe('keys that verify what nobody has signed', () => {
  test('RFC 8017 §3.1: RSA with the exponent 1, where the block is its own signature', async () => {
    const { jwk, kid } = unusableRsa['the exponent 1']!
    const token = tokenFor('RS256', kid, (input) => pkcs1Blocks.right(`${input}.`))
    expect(await accepting(jwk, token)).toEqual(['jose'])
  })

  const takesSmallOrder = Number.parseInt(process.versions.node, 10) < 24 // later ones refuse such keys by themselves

  // For points of order 2, 4 and 8 it depends on the hash whether the equation holds, so many texts are tried.
  test.each(smallOrderPoints)('RFC 8032 §5.1.7: the point of small order %s', async (point) => {
    const jwk = smallOrderJwk(point)
    const { ours, jose } = judgesFor(jwk)
    const accepted = { ours: 0, jose: 0 }
    for (let jti = 0; jti < 200 && accepted.jose < 2; jti++) {
      for (const r of [point, smallOrderPoints[2]!]) {
        const forged = Buffer.concat([Buffer.from(r, 'hex'), Buffer.alloc(32)])
        const token = tokenFor('EdDSA', jwk['kid'], () => forged, { jti })
        if ((await ours(token)).ok) accepted.ours++
        if ((await jose(token)).ok) accepted.jose++
      }
    }
    expect(accepted.ours).toBe(0)
    if (takesSmallOrder) expect(accepted.jose).toBeGreaterThan(0)
  })
})
