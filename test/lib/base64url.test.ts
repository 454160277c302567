import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBase64url } from '../../packages/core/src/lib/base64url.js'
import { decode } from './decode.js'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

describe('RFC 7515 §2: base64url without padding', () => {
  test.each<[string, number[]]>([
    ['', []],
    ['AA', [0]],
    ['_w', [255]],
    ['AAA', [0, 0]],
    ['__8', [255, 255]],
    ['-_-_', [251, 255, 191]],
    ['AAAAAA', [0, 0, 0, 0]],
    // Appendix C of the RFC.
    ['A-z_4ME', [3, 236, 255, 224, 193]],
  ])('%j is %j', (text, bytes) => {
    expect(Uint8Array.from(decode(text)!)).toEqual(Uint8Array.from(bytes))
  })

  test.each([
    ['a length that no bytes have', 'A'],
    ['the same, longer', 'AAAAA'],
    ['padding', 'AA=='],
    ['one sign of padding', 'AAA='],
    ['padding where none is due', 'AAAA='],
    ['padding of a full group', 'AAAA===='],
    ['the plus of the other alphabet', '+AAA'],
    ['the slash of the other alphabet', '/AAA'],
    ['a space in front', ' AAA'],
    ['a space inside', 'AA AA'],
    ['a line feed at the end', 'AAA\n'],
    ['a line feed after a full group', 'AAAA\n\n'],
    ['a tab', 'AA\tA'],
    ['a NUL', 'AAA\0'],
    ['a dot', 'AA.A'],
    ['a tilde', 'AAA~'],
    ['a DEL, the last of ASCII', 'AAA\x7f'],
    ['the first character beyond ASCII', 'AAA\x80'],
    ['a letter whose low byte is an A', 'AAA\u0141'],
    ['full-width letters', '\uff21\uff21\uff21\uff21'],
    ['half of a surrogate pair', 'AAA\ud800'],
    ['a whole surrogate pair', 'AA\u{1f600}'],
    ['one bit too many after one byte', 'AB'],
    ['the highest of the spare bits after one byte', 'AI'],
    ['one bit too many after two bytes', 'AAB'],
    ['the highest of the spare bits after two bytes', 'AAC'],
    ['every spare bit after one byte', '_-'],
    ['spare bits after a full group', 'AAAAAB'],
  ])('%s is refused', (_, text) => {
    expect(decode(text)).toBeUndefined()
  })
})

test('RFC 7515 §2: what an independent encoder writes is read back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const decoded = decode(Buffer.from(bytes).toString('base64url'))
      expect(Uint8Array.from(decoded!)).toEqual(bytes)
    }),
    { numRuns: 500 },
  )
})

test('RFC 7515 §2: text is accepted only if it is the one spelling of its bytes', () => {
  const nearlyBase64url = fc.string({
    unit: fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...alphabet) },
      { weight: 1, arbitrary: fc.constantFrom('=', '+', '/', ' ', '\n', '\r', '\t', '.', '~', '\0', '\u0141', 'é') },
    ),
    maxLength: 24,
  })
  fc.assert(
    fc.property(nearlyBase64url, (text) => {
      const isCanonical = Buffer.from(text, 'base64url').toString('base64url') === text
      expect(decode(text) !== undefined).toBe(isCanonical)
    }),
    { numRuns: 3000 },
  )
})

test('RFC 7515 §2: of all spellings that differ in the last character alone one is accepted', () => {
  for (const length of [1, 2]) {
    const spelling = Buffer.alloc(length, 0xa5).toString('base64url')
    const others = [...alphabet].map((last) => spelling.slice(0, -1) + last)
    const accepted = others.filter((text) => decode(text) !== undefined)
    expect(accepted).toHaveLength(length === 1 ? 4 : 16)
  }
})

test('bytes are written over their letters, or to where there is room', () => {
  const letters = Uint8Array.from(Buffer.from('AQIDBA'))
  expect(decodeBase64url(letters, new Uint8Array(16))).toEqual(Uint8Array.of(1, 2, 3, 4))
  expect(Buffer.from(letters).toString()).toBe('AQIDBA')
  expect(decodeBase64url(letters)).toEqual(Uint8Array.of(1, 2, 3, 4))
  expect(letters).toEqual(Uint8Array.of(1, 2, 3, 4, ...Buffer.from('BA')))
})
