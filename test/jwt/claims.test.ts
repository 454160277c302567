import { describe, expect, test } from 'vitest'
import { type ClaimRules, problemWithClaims, requireValidClaims } from '../../packages/core/src/jwt/claims.js'
import type { JsonObject } from '../../packages/core/src/lib/json.js'
import type { VerifiedJwt } from '../../packages/core/src/verified-token.js'
import { A, NOW } from '../support/fixture.js'
import { CLAIMS, type Members } from '../support/token.js'
import { refusalOf } from './rejection.js'

const RULES: ClaimRules = { audience: [A], profile: 'jwt', claims: [], clockTolerance: 10 }

interface Given {
  readonly rules?: Partial<ClaimRules>
  /** Milliseconds past the second. */
  readonly late?: number
}

/** How T with these changes is judged: `expired: exp has passed`, or `fine`. */
function verdict(changes: Members, { rules, late = 0 }: Given = {}): string {
  const claims = Object.fromEntries(
    Object.entries({ ...CLAIMS, ...changes }).filter(([, value]) => value !== undefined),
  )
  const problem = problemWithClaims(claims as JsonObject, { ...RULES, ...rules }, NOW * 1000 + late)
  return problem === undefined ? 'fine' : `${problem.reason}: ${problem.detail}`
}

test('RFC 9068 §4: the claims of a good token are fine', () => {
  expect(verdict({})).toBe('fine')
  expect(refusalOf(() => requireValidClaims({ claims: CLAIMS } as unknown as VerifiedJwt, RULES, NOW * 1000))).toBe(
    'passed',
  )
})

test('RFC 9068 §4: a problem is a refused token', () => {
  const claims = { ...CLAIMS, exp: NOW - 11 }
  expect(refusalOf(() => requireValidClaims({ claims } as unknown as VerifiedJwt, RULES, NOW * 1000))).toBe(
    'invalid_token/expired: exp has passed',
  )
})

describe('RFC 7519 §2: NumericDate', () => {
  const noDates = ['1800000000', '', null, true, false, [NOW], {}, -1, -0.5, 2 ** 53, 1e300]

  test.each(['exp', 'nbf', 'iat'])('%s that is none is refused', (name) => {
    for (const value of noDates) expect(verdict({ [name]: value })).toBe(`malformed: ${name} is not a NumericDate`)
  })

  test('zero, fractions and the largest exact number are dates', () => {
    expect(verdict({ exp: Number.MAX_SAFE_INTEGER, nbf: 0, iat: 0 })).toBe('fine')
    expect(verdict({ exp: NOW + 0.5, nbf: NOW - 0.5, iat: NOW - 0.5 })).toBe('fine')
  })

  test('types are judged even where the time would be refused anyway', () => {
    expect(verdict({ exp: NOW - 1000, iat: 'yesterday' })).toBe('malformed: iat is not a NumericDate')
  })
})

describe('RFC 7519 §4.1.4: exp', () => {
  test('is required', () => {
    expect(verdict({ exp: undefined })).toBe('missing_claim: exp is missing')
    expect(verdict({ exp: undefined, nbf: 'x' })).toBe('missing_claim: exp is missing')
  })

  test.each<[number, number, number, string]>([
    // exp relative to now, tolerance, milliseconds past the second
    [300, 10, 0, 'fine'],
    [0, 10, 0, 'fine'],
    [-9, 10, 0, 'fine'],
    [-9, 10, 999, 'fine'],
    [-9.5, 10, 0, 'fine'],
    [-9.5, 10, 499, 'fine'],
    [-9.5, 10, 500, 'expired: exp has passed'],
    [-10, 10, 0, 'expired: exp has passed'],
    [-11, 10, 0, 'expired: exp has passed'],
    [1, 0, 0, 'fine'],
    [0, 0, 0, 'expired: exp has passed'],
    [-299, 300, 0, 'fine'],
    [-300, 300, 0, 'expired: exp has passed'],
  ])('now plus %d s with a tolerance of %d s, %d ms into the second: %s', (offset, clockTolerance, late, expected) => {
    expect(verdict({ exp: NOW + offset, iat: undefined }, { rules: { clockTolerance }, late })).toBe(expected)
  })
})

describe('RFC 7519 §4.1.5: nbf, and iat likewise', () => {
  test.each<[number, number, boolean]>([
    [-100, 10, true],
    [0, 10, true],
    [10, 10, true],
    [10.5, 10, false],
    [11, 10, false],
    [0, 0, true],
    [1, 0, false],
    [300, 300, true],
    [301, 300, false],
  ])('now plus %d s with a tolerance of %d s: %s', (offset, clockTolerance, isFine) => {
    const given = { rules: { clockTolerance } }
    const exp = NOW + 1000
    expect(verdict({ exp, nbf: NOW + offset }, given)).toBe(isFine ? 'fine' : 'not_yet_valid: nbf has not come yet')
    expect(verdict({ exp, iat: NOW + offset }, given)).toBe(isFine ? 'fine' : 'not_yet_valid: iat lies in the future')
  })

  test('are judged in whole seconds, so that a fraction too early is refused', () => {
    const exp = NOW + 1000
    for (const name of ['nbf', 'iat']) {
      expect(verdict({ exp, [name]: NOW + 10.5 }, { late: 1000 })).toBe('fine')
      expect(verdict({ exp, [name]: NOW + 10.5 }, { late: 999 })).toMatch(/^not_yet_valid: /)
    }
  })

  test('are optional', () => {
    expect(verdict({ nbf: undefined, iat: undefined })).toBe('fine')
  })
})

describe('RFC 7519 §4.1.3, RFC 9068 §4: aud', () => {
  const WRONG = 'audience: aud does not name this API'
  const MALFORMED = 'malformed: aud is not a string or an array of strings'

  test.each<[unknown, string]>([
    [A, 'fine'],
    [[A], 'fine'],
    [['https://x.test', A], 'fine'],
    [[A, A], 'fine'],
    [`${A}/`, WRONG],
    [`${A} `, WRONG],
    [A.slice(0, -1), WRONG],
    [A.toUpperCase(), WRONG],
    ['https://api.test', WRONG],
    [`${A} https://x.test`, WRONG],
    [`${A},https://x.test`, WRONG],
    ['*', WRONG],
    ['.*', WRONG],
    ['', WRONG],
    [[], WRONG],
    [[''], WRONG],
    [null, MALFORMED],
    [1, MALFORMED],
    [true, MALFORMED],
    [{ [A]: A }, MALFORMED],
    [[A, 1], MALFORMED],
    [[A, null], MALFORMED],
    [[[A]], MALFORMED],
    [[{ toString: A }], MALFORMED],
  ])('%j: %s', (aud, expected) => {
    expect(verdict({ aud })).toBe(expected)
  })

  test('is required', () => {
    expect(verdict({ aud: undefined })).toBe('missing_claim: aud is missing')
  })

  test('may name any one of several', () => {
    const rules = { audience: ['https://a.test', 'https://b.test'] }
    expect(verdict({ aud: 'https://b.test' }, { rules })).toBe('fine')
    expect(verdict({ aud: ['https://c.test', 'https://a.test'] }, { rules })).toBe('fine')
    expect(verdict({ aud: ['https://c.test', 'https://d.test'] }, { rules })).toBe(WRONG)
  })

  test('is not compared where the issuer names none, but is of its type all the same', () => {
    const rules = { audience: null }
    expect(verdict({ aud: undefined }, { rules })).toBe('fine')
    expect(verdict({ aud: 'https://elsewhere.test' }, { rules })).toBe('fine')
    expect(verdict({ aud: 1 }, { rules })).toBe(MALFORMED)
  })
})

describe('RFC 7519 §4.1: claims that are strings', () => {
  test.each(['sub', 'client_id', 'jti'])('%s that is none is refused', (name) => {
    for (const value of [1, null, true, ['a'], { a: 1 }]) {
      expect(verdict({ [name]: value })).toBe(`malformed: ${name} is not a string`)
    }
  })

  test('they are optional, and may be empty', () => {
    expect(verdict({ sub: undefined, client_id: undefined, jti: undefined })).toBe('fine')
    expect(verdict({ sub: '', client_id: '', jti: '' })).toBe('fine')
  })

  test('other claims may be anything', () => {
    expect(verdict({ scope: 1, acr: [], azp: null, act: {} })).toBe('fine')
  })
})

describe('RFC 9068 §2.2: what the profile requires', () => {
  const rules = { profile: 'rfc9068' } as const

  test.each(['sub', 'client_id', 'jti', 'iat'])('%s', (name) => {
    expect(verdict({ [name]: undefined }, { rules })).toBe(
      `missing_claim: ${name} is missing, which the profile rfc9068 requires`,
    )
  })

  test.each(['sub', 'client_id', 'jti'])('%s that is not empty', (name) => {
    expect(verdict({ [name]: '' }, { rules })).toBe(`malformed: ${name} is empty`)
  })

  test('with all of it a token is fine', () => {
    expect(verdict({}, { rules })).toBe('fine')
  })
})

test('RFC 9068 §4: of several problems the first is reported: types, audience, times, profile', () => {
  const all: Members = { jti: undefined, nbf: NOW + 100, exp: NOW - 100, aud: 'x', sub: 1 }
  const rules = { profile: 'rfc9068' } as const
  expect(verdict(all, { rules })).toBe('malformed: sub is not a string')
  expect(verdict({ ...all, sub: 'u1' }, { rules })).toBe('audience: aud does not name this API')
  expect(verdict({ ...all, sub: 'u1', aud: A }, { rules })).toBe('expired: exp has passed')
  expect(verdict({ ...all, sub: 'u1', aud: A, exp: NOW + 100 }, { rules })).toBe('not_yet_valid: nbf has not come yet')
  expect(verdict({ ...all, sub: 'u1', aud: A, exp: NOW + 100, nbf: NOW }, { rules })).toBe(
    'missing_claim: jti is missing, which the profile rfc9068 requires',
  )
})
