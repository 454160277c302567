import { expect, test } from 'vitest'
import { isQuotable, quotedString } from '../../packages/core/src/lib/quoted-string.js'

test('RFC 6750 §3: every character of %x20-21 / %x23-5B / %x5D-7E may stand in a challenge, and no other', () => {
  const quotable = Array.from({ length: 0x180 }, (_, code) => String.fromCharCode(code))
    .filter(isQuotable)
    .join('')
  expect(quotable).toBe(" !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~")
})

test.each(['a"', '"a', 'a\nb', 'a\n', '\na', 'a\r\nSet-Cookie: b', 'a\\', 'é', '\u2028', '\u{1f600}'])(
  'RFC 6750 §3: %j may not',
  (text) => {
    expect(isQuotable(text)).toBe(false)
  },
)

test('RFC 9110 §5.6.4: a quoted-string is written between quotes', () => {
  expect(quotedString('orders of acme, inc')).toBe('"orders of acme, inc"')
  expect(quotedString('')).toBe('""')
})
