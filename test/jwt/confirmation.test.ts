import { expect, test } from 'vitest'
import { requireProvenConfirmation } from '../../packages/core/src/confirmation.js'
import { parseJsonObject } from '../../packages/core/src/lib/json.js'
import type { VerifiedJwt } from '../../packages/core/src/verified-token.js'
import { refusalOf } from './rejection.js'

const confirmed = (claims: Record<string, unknown>): string =>
  refusalOf(() =>
    requireProvenConfirmation({ claims: parseJsonObject(JSON.stringify(claims), 16) } as unknown as VerifiedJwt),
  )

const UNPROVEN =
  'invalid_token/unproven_confirmation: the token is bound to a key (cnf) that this verifier cannot see proven'
const NO_KEY = 'invalid_token/malformed: cnf names no key'

test('RFC 7800 §3.1: a token without cnf is bound to nothing', () => {
  expect(confirmed({ sub: 'u1' })).toBe('passed')
})

test.each([
  [{ jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' }],
  [{ 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' }],
  [{ jkt: 'a', 'x5t#S256': 'b' }],
  [{ jwk: { kty: 'EC' } }],
  [{ kid: 'k' }],
  [{ 'a method of tomorrow': 1 }],
])('RFC 9449 §6, RFC 8705 §3.1: a token that is bound is refused: %j', (cnf) => {
  expect(confirmed({ cnf })).toBe(UNPROVEN)
})

test.each([[null], [false], [0], [''], ['jkt'], [[]], [['jkt']], [{}]])(
  'RFC 7800 §3.1: cnf %j is no confirmation',
  (cnf) => {
    expect(confirmed({ cnf })).toBe(NO_KEY)
  },
)

test.each(['jkt', 'x5t#S256'])('RFC 9449 §6.1, RFC 8705 §3.1: cnf.%s is a thumbprint', (name) => {
  for (const value of [null, 1, '', [], ['a'], {}, true]) {
    expect(confirmed({ cnf: { [name]: value } })).toBe(NO_KEY)
  }
})

test('RFC 8705 §3.1: an empty member is malformed, whatever its name', () => {
  expect(confirmed({ cnf: { kid: '' } })).toBe(NO_KEY)
  expect(confirmed({ cnf: { jkt: 'a', kid: '' } })).toBe(NO_KEY)
  expect(confirmed({ cnf: { kid: 0 } })).toBe(UNPROVEN)
})
