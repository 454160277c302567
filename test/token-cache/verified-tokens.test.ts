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
    const known = remembered(tokens, 1_000_000)
    expect(known).toHaveLength(96) // twelve rows of eight
    expect(known.at(0)).toBeGreaterThan(999_000)
    expect(known.at(-1)).toBe(999_999)
  })

  test.each([
    [10_000, 8000, 0],
    [10_000, 9000, 500],
    [10_000, 10_000, 3000],
    [8, 8, 0],
  ])('of %d places %d tokens that come again and again leave few out', (places, count, most) => {
    const tokens = tokensOf<number>(places)
    let unknown = 0
    for (let round = 0; round < 5; round++) {
      for (let n = 0; n < count; n++) {
        if (tokens.get(tokenNo(n)) !== undefined) continue
        tokens.add(tokenNo(n), n)
        if (round === 4) unknown++
      }
    }
    expect(unknown).toBeLessThanOrEqual(most)
  })

  test('one that was verified again is there once, with what was learned last', () => {
    const tokens = tokensOf<number>(8)
    for (let n = 0; n < 7; n++) tokens.add(tokenNo(n), n)
    for (let again = 0; again < 20; again++) tokens.add(tokenNo(3), 100 + again)
    expect(remembered(tokens, 7)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(tokens.get(tokenNo(3))).toBe(119)
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
