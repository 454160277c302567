import { describe, expect, test } from 'vitest'
import {
  findTrustedIssuer,
  type TrustedIssuer,
  type TrustedIssuers,
} from '../../packages/core/src/issuer/trusted-issuer.js'
import { parseJwt } from '../../packages/core/src/jwt/parse.js'
import { asyncRefusalOf } from '../jwt/rejection.js'
import { token } from '../support/token.js'

const listed = ['https://as.test', 'https://other.test/', 'https://tenant.test/t1'].map(
  (issuer) => ({ issuer }) as TrustedIssuer,
)
const atHand = (iss: string): TrustedIssuer | undefined => listed.find(({ issuer }) => issuer === iss)
const issuers: TrustedIssuers = { listed, atHand, find: atHand }
const find = async (iss: unknown): Promise<TrustedIssuer> =>
  findTrustedIssuer(issuers, parseJwt(token({ claims: { iss } })))

describe('RFC 9068 §4, RFC 8725 §3.8: iss is one of the trusted issuers, to the letter', () => {
  test.each(['https://as.test', 'https://other.test/', 'https://tenant.test/t1'])('%s is', async (iss) => {
    expect((await find(iss)).issuer).toBe(iss)
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
  ])('%j is not', async (iss) => {
    expect(await asyncRefusalOf(() => find(iss))).toBe(
      'invalid_token/unknown_issuer: iss is not one of the trusted issuers; they must be equal to the letter',
    )
  })

  test.each([[null], [1], [true], [['https://as.test']], [{ toString: 'https://as.test' }]])(
    '%j is no issuer',
    async (iss) => {
      expect(await asyncRefusalOf(() => find(iss))).toBe('invalid_token/malformed: iss is not a string')
    },
  )

  test('it is required', async () => {
    expect(await asyncRefusalOf(() => find(undefined))).toBe('invalid_token/missing_claim: iss is missing')
  })
})
