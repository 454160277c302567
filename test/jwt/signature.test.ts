import { expect, test } from 'vitest'
import { parseJwt } from '../../packages/core/src/jwt/parse.js'
import { requireAllowedAlgorithm, requireSignature } from '../../packages/core/src/jwt/signature.js'
import { candidatesIn, importKeySet } from '../../packages/core/src/keys/key-set.js'
import type { JsonObject } from '../../packages/core/src/lib/json.js'
import type { PublicKey } from '../../packages/core/src/lib/signature.js'
import { e1, strangerEc, type TestKey } from '../support/keys.js'
import { CLAIMS, HEADER, T, token } from '../support/token.js'
import { asyncRefusalOf, refusalOf } from './rejection.js'

async function es256({ kid, jwk }: TestKey): Promise<PublicKey> {
  const [key] = candidatesIn(await importKeySet([jwk as JsonObject], () => {}), 'ES256', kid)
  return key!
}

const NO_KEY = 'invalid_token/signature: no key of the issuer verifies the signature'

test('RFC 8725 §3.1: the algorithm is one of the list, to the letter', () => {
  const jwt = parseJwt(T)
  const NOT_ALLOWED = 'invalid_token/algorithm: alg is not among the allowed algorithms of this issuer'
  expect(refusalOf(() => requireAllowedAlgorithm(jwt, new Set(['RS256', 'ES256'])))).toBe('passed')
  for (const allowed of [[], ['RS256'], ['es256'], ['ES256 '], ['ES2560']]) {
    expect(refusalOf(() => requireAllowedAlgorithm(jwt, new Set(allowed)))).toBe(NOT_ALLOWED)
  }
})

test('RFC 7515 §5.2: what is signed is what comes back', async () => {
  const { header, claims } = await requireSignature([await es256(e1)], parseJwt(T))
  expect(header).toEqual(HEADER)
  expect(claims).toEqual(CLAIMS)
})

test('RFC 7515 §5.2: each candidate is tried, in whatever place the right one is', async () => {
  const [right, wrong] = [await es256(e1), await es256(strangerEc)]
  for (const candidates of [[right], [right, wrong], [wrong, right], [wrong, wrong, wrong, right]]) {
    expect(await asyncRefusalOf(() => requireSignature(candidates, parseJwt(T)))).toBe('passed')
  }
})

test('RFC 7515 §5.2: no candidate, or none that verifies, is a bad signature', async () => {
  const wrong = await es256(strangerEc)
  for (const candidates of [[], [wrong], [wrong, wrong]]) {
    expect(await asyncRefusalOf(() => requireSignature(candidates, parseJwt(T)))).toBe(NO_KEY)
  }
  const forged = token({ key: strangerEc })
  expect(await asyncRefusalOf(async () => requireSignature([await es256(e1)], parseJwt(forged)))).toBe(NO_KEY)
})

test('RFC 7515 §5.2: the signature covers the header, the dot and the payload', async () => {
  const key = await es256(e1)
  const [header, payload, signature] = T.split('.')
  for (const changed of [
    `${token({ header: { kid: 'other' } }).split('.')[0]}.${payload}.${signature}`,
    `${header}.${token({ claims: { sub: 'admin' } }).split('.')[1]}.${signature}`,
  ]) {
    expect(await asyncRefusalOf(() => requireSignature([key], parseJwt(changed)))).toBe(NO_KEY)
  }
})
