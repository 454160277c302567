import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decode } from './decode.js'

test('RFC 7515 §2: what was encoded comes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const decoded = decode(Buffer.from(bytes).toString('base64url'))
      expect(Buffer.compare(Buffer.from(decoded!), Buffer.from(bytes))).toBe(0)
    }),
  )
})

test('RFC 7515 §2: of every text only the one spelling of some bytes is read', () => {
  const awkward = fc.oneof(
    fc.base64String({ maxLength: 24 }),
    fc.string({
      unit: fc.constantFrom('A', 'B', 'Q', 'w', '_', '-', '+', '/', '=', ' ', '\n', '\0', 'é'),
      maxLength: 9,
    }),
    fc.string({ unit: 'binary', maxLength: 9 }),
    fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  )
  let read = 0
  let refused = 0
  fc.assert(
    fc.property(awkward, (text) => {
      const bytes = Buffer.from(text, 'base64url')
      const isCanonical = bytes.toString('base64url') === text
      if (isCanonical) read++
      else refused++
      const decoded = decode(text)
      expect(decoded !== undefined).toBe(isCanonical)
      if (decoded !== undefined) expect(Buffer.compare(Buffer.from(decoded), bytes)).toBe(0)
    }),
    { numRuns: 5000 },
  )
  expect(Math.min(read, refused)).toBeGreaterThan(500)
})
