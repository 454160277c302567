import { generateKeyPairSync, type KeyObject } from 'node:crypto'

export type Jwk = Record<string, unknown>

/** A key pair of an issuer: it signs with `privateKey` and publishes `jwk`. */
export interface TestKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly jwk: Jwk
}

export function rsaKey(kid: string, modulusLength = 2048, publicExponent = 65537): TestKey {
  return published(kid, generateKeyPairSync('rsa', { modulusLength, publicExponent }))
}

export function ecKey(kid: string, namedCurve: 'P-256' | 'P-384' | 'P-521' | 'secp256k1'): TestKey {
  return published(kid, generateKeyPairSync('ec', { namedCurve }))
}

export function ed25519Key(kid: string): TestKey {
  return published(kid, generateKeyPairSync('ed25519'))
}

/** The same pair under another `kid`, or with other members in its JWK; `undefined` removes a member. */
export function republished(key: TestKey, kid: string, members: Jwk = {}): TestKey {
  return { ...key, kid, jwk: JSON.parse(JSON.stringify({ ...key.jwk, kid, ...members })) as Jwk }
}

export function privateJwkOf({ kid, privateKey }: TestKey): Jwk {
  return { ...privateKey.export({ format: 'jwk' }), kid }
}

function published(kid: string, pair: { privateKey: KeyObject; publicKey: KeyObject }): TestKey {
  return { kid, ...pair, jwk: { ...pair.publicKey.export({ format: 'jwk' }), kid } }
}

// Generated once per process; the names are those of the fixtures in the standards table, and the `kid` of each key.
export const r1: TestKey = rsaKey('r1')
export const e1: TestKey = ecKey('e1', 'P-256')
export const e384: TestKey = ecKey('e384', 'P-384')
export const e521: TestKey = ecKey('e521', 'P-521')
export const d1: TestKey = ed25519Key('d1')

/** What the issuer publishes. */
export const publicKeys: readonly Jwk[] = [r1, e1, e384, e521, d1].map(({ jwk }) => jwk)

/** Keys that no issuer of the fixtures publishes. */
export const strangerRsa: TestKey = rsaKey('stranger-rsa')
export const strangerEc: TestKey = ecKey('stranger-ec', 'P-256')
