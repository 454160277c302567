import { describe, expect, test } from 'vitest'
import { findTrustedIssuer, type TrustedIssuer } from '../../packages/core/src/issuer/trusted-issuer.js'
import { parseJwt } from '../../packages/core/src/jwt/parse.js'
import { refusalOf } from '../jwt/rejection.js'
import { token } from '../support/token.js'

const issuers = new Map(
  ['https://as.test', 'https://other.test/', 'https://tenant.test/t1'].map((issuer) => [
    issuer,
    { issuer } as TrustedIssuer,
  ]),
)
const find = (iss: unknown): TrustedIssuer => findTrustedIssuer(issuers, parseJwt(token({ claims: { iss } })))

describe('RFC 9068 §4, RFC 8725 §3.8: iss is one of the trusted issuers, to the letter', () => {
  test.each(['https://as.test', 'https://other.test/', 'https://tenant.test/t1'])('%s is', (iss) => {
    expect(find(iss).issuer).toBe(iss)
  })

  test.each([
    'https://as.test/',
    'https://as.test ',
    ' https://as.test',
    'https://other.test',
    'HTTPS://as.test',
    'https://AS.test',
    'https://as.test:443',
    'https://as.test/.',
    'https://as.test?',
    'https://as.test#',
    'https://\u0430s.test',
    'http://as.test',
    'as.test',
    '',
    '__proto__',
    'constructor',
    'size',
    'https://tenant.test/t2',
    'https://tenant.test/',
  ])('%j is not', (iss) => {
    expect(refusalOf(() => find(iss))).toBe(
      'invalid_token/unknown_issuer: iss is not one of the trusted issuers; they must be equal to the letter',
    )
  })

  test.each([[null], [1], [true], [['https://as.test']], [{ toString: 'https://as.test' }]])(
    '%j is no issuer',
    (iss) => {
      expect(refusalOf(() => find(iss))).toBe('invalid_token/malformed: iss is not a string')
    },
  )

  test('it is required', () => {
    expect(refusalOf(() => find(undefined))).toBe('invalid_token/missing_claim: iss is missing')
  })
})
