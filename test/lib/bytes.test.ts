import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asciiBytes, takeBytes } from '../../packages/core/src/lib/bytes.js'

test('no two takers have a byte in common, however much they take', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 40 }), (lengths) => {
      const taken = lengths.map((length, mark) => takeBytes(length).fill(mark))
      expect(taken.map(({ length }) => length)).toEqual(lengths)
      for (const [mark, bytes] of taken.entries()) expect(bytes.every((byte) => byte === mark)).toBe(true)
    }),
  )
})

test('ASCII is a byte for each character', () => {
  const all = Array.from({ length: 128 }, (_, code) => code)
  expect(asciiBytes(String.fromCharCode(...all))).toEqual(Uint8Array.from(all))
  expect(asciiBytes('')).toEqual(new Uint8Array())
  expect(asciiBytes('a'.repeat(100_000))).toHaveLength(100_000)
})

test.each(['\x80', 'é', 'aé', 'éa', 'éé', '\u0141', '€', '\u{1f600}', '\ud800', 'é'.repeat(20_000)])(
  'anything else is not: %j',
  (text) => {
    expect(asciiBytes(text)).toBeUndefined()
  },
)
