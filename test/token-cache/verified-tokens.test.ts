import { describe, expect, test } from 'vitest'
import type { AccessToken } from '../../packages/core/src/access-token.js'
import { createVerifiedTokens } from '../../packages/core/src/jwt/verified-tokens.js'

const TAIL = 'x'.repeat(43)
const tokenNo = (n: number): string => `header.claims-${n}.${String(n).padStart(86, 's')}`

/** Remembers that a value stands for a token. */
function tokensOf<T>(maxEntries: number) {
  const tokens = createVerifiedTokens<T>(maxEntries)
  return {
    get: (token: string) => tokens.get(token)?.vouched,
    add: (token: string, value: T) => tokens.add({ token } as AccessToken, value),
  }
}

test('a token is known when it has been added, and only then', () => {
  const tokens = tokensOf<number>(10)
  expect(tokens.get(tokenNo(1))).toBeUndefined()
  tokens.add(tokenNo(1), 1)
  expect(tokens.get(tokenNo(1))).toBe(1)
  expect(tokens.get(tokenNo(2))).toBeUndefined()
})

describe('CVE-2026-35030: two tokens that share what they are found by are two tokens', () => {
  test.each([
    ['another payload', `h.p.${TAIL}`, `h.q.${TAIL}`],
    ['another header', `h.p.${TAIL}`, `j.p.${TAIL}`],
    ['the other half of the signature', `h.p.a${TAIL}`, `h.p.b${TAIL}`],
    ['nothing but the tail', `h.p.${TAIL}`, TAIL],
    ['something in front', `h.p.${TAIL}`, ` h.p.${TAIL}`],
  ])('%s', (_, known, other) => {
    const tokens = tokensOf<string>(10)
    tokens.add(known, 'known')
    expect(tokens.get(other)).toBeUndefined()
    expect(tokens.get(known)).toBe('known')
  })

  test('the later one takes the place of the earlier, and no second one', () => {
    const tokens = tokensOf<string>(2)
    tokens.add(tokenNo(1), 'first')
    for (const payload of ['p', 'q', 'r', 's']) tokens.add(`h.${payload}.${TAIL}`, payload)
    expect(tokens.get(`h.p.${TAIL}`)).toBeUndefined()
    expect(tokens.get(`h.s.${TAIL}`)).toBe('s')
    expect(tokens.get(tokenNo(1))).toBe('first')
  })

  test('a text shorter than a tail is one like any other', () => {
    const tokens = tokensOf<string>(2)
    tokens.add('a', 'short')
    expect([tokens.get('a'), tokens.get(''), tokens.get('b')]).toEqual(['short', undefined, undefined])
  })
})

describe('memory is bounded', () => {
  const remembered = (tokens: ReturnType<typeof tokensOf<number>>, count: number): number[] =>
    Array.from({ length: count }, (_, n) => n).filter((n) => tokens.get(tokenNo(n)) !== undefined)

  test('of 1,000,000 tokens the last ones are known, as many as there is room for', () => {
    const tokens = tokensOf<number>(100)
    for (let n = 0; n < 1_000_000; n++) tokens.add(tokenNo(n), n)
    expect(remembered(tokens, 1_000_000)).toEqual(Array.from({ length: 100 }, (_, n) => 999_900 + n))
  })

  test('as many as there is room for are all kept, whatever the order of their use', () => {
    const tokens = tokensOf<number>(50)
    for (let round = 0; round < 5; round++) {
      for (let n = 0; n < 50; n++) if (tokens.get(tokenNo(n)) === undefined) tokens.add(tokenNo(n), n)
    }
    expect(remembered(tokens, 50)).toHaveLength(50)
  })

  test('tokens that come once push out none that comes often', () => {
    const tokens = tokensOf<number>(10)
    for (let n = 0; n < 5; n++) tokens.add(tokenNo(n), n)
    for (let n = 100; n < 10_000; n++) {
      for (let often = 0; often < 5; often++) expect(tokens.get(tokenNo(often))).toBe(often)
      tokens.add(tokenNo(n), n)
    }
  })

  test('where every one was used, the hand finds one all the same', () => {
    const tokens = tokensOf<number>(3)
    for (let n = 0; n < 3; n++) tokens.add(tokenNo(n), n)
    for (let n = 0; n < 3; n++) tokens.get(tokenNo(n))
    tokens.add(tokenNo(3), 3)
    expect(remembered(tokens, 4)).toEqual([1, 2, 3])
  })

  test('there is room for one, and for none', () => {
    const one = tokensOf<number>(1)
    one.add(tokenNo(1), 1)
    one.add(tokenNo(2), 2)
    expect([one.get(tokenNo(1)), one.get(tokenNo(2))]).toEqual([undefined, 2])
    const none = tokensOf<number>(0)
    none.add(tokenNo(1), 1)
    expect(none.get(tokenNo(1))).toBeUndefined()
  })
})
