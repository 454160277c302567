import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBase64url, decodeBase64urlText } from '../../packages/core/src/lib/base64url.js'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const encode = (bytes: string | readonly number[]) => Buffer.from(bytes as string).toString('base64url')

test.each(['', 'a', 'é', '\u{1f600}', '\ufffd', 'a\ufffdb', '\ufeff{}', '\0', 'x'.repeat(12_000)])(
  'RFC 7519 §7.2: UTF-8 comes out as it was written: %j',
  (text) => {
    expect(decodeBase64urlText(encode(text))).toBe(text)
  },
)

test.each([
  ['a byte that begins nothing', [0xff]],
  ['half a character', [0x61, 0xc3]],
  ['a spelling that is too long', [0xc0, 0xaf]],
  ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
  ['beyond the last character', [0xf4, 0x90, 0x80, 0x80]],
  ['a bad byte beside a replacement character', [0xef, 0xbf, 0xbd, 0xff]],
])('RFC 7519 §7.2: bytes that are no UTF-8 are refused: %s', (_what, bytes) => {
  expect(decodeBase64urlText(encode(bytes))).toBeUndefined()
})

test('text after text: nothing of the longer one before is left', () => {
  expect(decodeBase64urlText(encode('a long text before'))).toBe('a long text before')
  expect(decodeBase64urlText(encode('b'))).toBe('b')
})

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
    expect(Uint8Array.from(decodeBase64url(text)!)).toEqual(Uint8Array.from(bytes))
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
    expect(decodeBase64url(text)).toBeUndefined()
  })
})

test('RFC 7515 §2: what an independent encoder writes is read back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const decoded = decodeBase64url(Buffer.from(bytes).toString('base64url'))
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
      expect(decodeBase64url(text) !== undefined).toBe(isCanonical)
    }),
    { numRuns: 3000 },
  )
})

test('RFC 7515 §2: of all spellings that differ in the last character alone one is accepted', () => {
  for (const length of [1, 2]) {
    const spelling = Buffer.alloc(length, 0xa5).toString('base64url')
    const others = [...alphabet].map((last) => spelling.slice(0, -1) + last)
    const accepted = others.filter((text) => decodeBase64url(text) !== undefined)
    expect(accepted).toHaveLength(length === 1 ? 4 : 16)
  }
})

test("bytes are the caller's: the next ones are not written over them", () => {
  const first = decodeBase64url('AQID')
  expect(decodeBase64url('BAUG')).toEqual(Uint8Array.of(4, 5, 6))
  expect(first).toEqual(Uint8Array.of(1, 2, 3))
})

test.each([16_384, 16_385, 16_386, 16_387, 100_000])('a text of %d bytes is none too many', (length) => {
  const bytes = Uint8Array.from({ length }, (_, at) => (at * 7) % 256)
  const text = Buffer.from(bytes).toString('base64url')
  expect(Buffer.compare(decodeBase64url(text)!, bytes)).toBe(0)
  expect(decodeBase64url(`${text.slice(0, -4)}é${text.slice(-3)}`)).toBeUndefined()
  expect(decodeBase64url(`é${text.slice(1)}`)).toBeUndefined()
})
