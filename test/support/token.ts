import { constants, createHmac, type KeyObject, sign as signBytes } from 'node:crypto'
import { A, I, NOW } from './fixture.js'
import { d1, e1, e384, e521, r1, type TestKey } from './keys.js'

export type SigningAlgorithm = `${'RS' | 'PS' | 'ES' | 'HS'}${'256' | '384' | '512'}` | 'EdDSA' | 'Ed25519' | 'none'

/** A key pair's private half, or for HMAC the secret. */
export type SigningKey = TestKey | KeyObject | string | Uint8Array

export function b64u(data: string | Uint8Array): string {
  return Buffer.from(data as string).toString('base64url')
}

/** Signs any two texts. Nothing is validated: what comes out may be as wrong as what goes in. */
export function sign(
  header: string | Uint8Array,
  payload: string | Uint8Array,
  key: SigningKey,
  alg: SigningAlgorithm,
): string {
  return signSegments(b64u(header), b64u(payload), key, alg)
}

/** As {@link sign}, for segments that are spelt in a way of their own. */
export function signSegments(header: string, payload: string, key: SigningKey, alg: SigningAlgorithm): string {
  const input = `${header}.${payload}`
  return `${input}.${b64u(signatureOf(input, key, alg))}`
}

export function signatureOf(input: string, key: SigningKey, alg: SigningAlgorithm): Buffer {
  const data = Buffer.from(input, 'latin1')
  const hash = `sha${alg.slice(2)}`
  switch (alg.slice(0, 2)) {
    case 'RS':
      return signBytes(hash, data, privateKeyOf(key))
    case 'PS':
      return signBytes(hash, data, {
        key: privateKeyOf(key),
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      })
    case 'ES':
      return signBytes(hash, data, { key: privateKeyOf(key), dsaEncoding: 'ieee-p1363' })
    case 'HS':
      return createHmac(hash, key as string | Uint8Array)
        .update(data)
        .digest()
    case 'Ed':
      return signBytes(null, data, privateKeyOf(key))
    default:
      return Buffer.alloc(0)
  }
}

function privateKeyOf(key: SigningKey): KeyObject {
  return 'privateKey' in (key as TestKey) ? (key as TestKey).privateKey : (key as KeyObject)
}

export type Members = Record<string, unknown>

/** Header and claims of `T`, the valid token that every other one is a variation of. */
export const HEADER: Members = { alg: 'ES256', kid: 'e1', typ: 'at+jwt' }
export const CLAIMS: Members = {
  iss: I,
  aud: A,
  sub: 'u1',
  client_id: 'c1',
  jti: 'jti-1',
  iat: NOW,
  exp: NOW + 300,
  scope: 'read',
}

export interface TokenSpec {
  /** Changes to {@link HEADER}; `undefined` removes a member. */
  readonly header?: Members
  /** Changes to {@link CLAIMS}; `undefined` removes a claim. */
  readonly claims?: Members
  /** The payload as it is, in place of claims. */
  readonly payload?: string | Uint8Array
  /** The key that signs; without it the fixture's key of that `alg`. */
  readonly key?: SigningKey
  /** How it signs, where the header does not say so or says something else. */
  readonly signedAs?: SigningAlgorithm
}

/** T with changes, re-signed correctly unless `key` or `signedAs` say otherwise. */
export function token({ header, claims, payload, key, signedAs }: TokenSpec = {}): string {
  const changedHeader = { ...HEADER, ...header }
  const alg = signedAs ?? (changedHeader['alg'] as SigningAlgorithm)
  const payloadText = payload ?? JSON.stringify({ ...CLAIMS, ...claims })
  return sign(JSON.stringify(changedHeader), payloadText, key ?? keyFor(alg), alg)
}

/** T signed by another algorithm of the fixture's keys, with that key's `kid`. */
export function tokenBy(alg: SigningAlgorithm, { header, ...others }: TokenSpec = {}): string {
  return token({ header: { alg, kid: keyFor(alg).kid, ...header }, ...others })
}

/** The claims of T with changes, as JSON text. */
export function claimsText(changes: Members = {}): string {
  return JSON.stringify({ ...CLAIMS, ...changes })
}

/** The three segments of a token. */
export function segmentsOf(jwt: string): [string, string, string] {
  return jwt.split('.') as [string, string, string]
}

function keyFor(alg: SigningAlgorithm): TestKey {
  if (alg === 'ES384') return e384
  if (alg === 'ES512') return e521
  if (alg.startsWith('Ed')) return d1
  return alg.startsWith('RS') || alg.startsWith('PS') ? r1 : e1
}

export const T: string = token()
