import { expect, test, vi } from 'vitest'
import { createSharedByText } from '../../packages/core/src/lib/shared-by-text.js'

test('the same text stands for the same, and another for another', () => {
  const make = vi.fn((text: string) => [text])
  const of = createSharedByText(make)
  expect(of('a')).toBe(of('a'))
  expect(of('b')).toEqual(['b'])
  expect(make.mock.calls).toEqual([['a'], ['b']])
})

test('of 1,000,000 texts a thousand are kept at most', () => {
  let made = 0
  const of = createSharedByText(() => ++made)
  for (let n = 0; n < 1_000_000; n++) of(`text ${n}`)
  const before = made
  for (let n = 0; n < 1_000_000; n += 100) of(`text ${n}`)
  expect(made - before).toBeGreaterThanOrEqual(10_000 - 10)
})

test('a text of over 200 characters is not kept', () => {
  const of = createSharedByText((text) => [text])
  expect(of('x'.repeat(200))).toBe(of('x'.repeat(200)))
  expect(of('x'.repeat(201))).not.toBe(of('x'.repeat(201)))
})
