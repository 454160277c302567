import { expect, test } from 'vitest'
import { printable } from '../../packages/core/src/lib/printable.js'

test.each<[string, unknown, unknown]>([
  ['nothing', undefined, undefined],
  ['a number', 5, 5],
  ['plain text', 'a b', 'a b'],
  ['letters of all kinds', 'é€\u{1f511}', 'é€\u{1f511}'],
  ['control characters', 'a\r\n\u001bb\0', 'a\ufffd\ufffd\ufffdb\ufffd'],
  ['what hides or turns text around', 'a\u200b\u202e\ufeffb', 'a\ufffd\ufffd\ufffdb'],
  ['what some take for the end of a line', 'a\u2028\u2029\u0085b', 'a\ufffd\ufffd\ufffdb'],
  ['half a character', 'a\ud800b', 'a\ufffdb'],
  ['long text', 'x'.repeat(300), 'x'.repeat(256)],
  ['null', null, 'null'],
  ['a boolean', true, '(boolean)'],
  ['an object', { canary: 1 }, '(object)'],
  ['a list', ['a\n', 1, null, ['b'], { c: 1 }], ['a\ufffd', '(number)', 'null', '(object)', '(object)']],
  ['a long list', Array.from({ length: 30 }, () => 'a'), Array.from({ length: 20 }, () => 'a')],
])('%s', (_, value, shown) => {
  expect(printable(value)).toEqual(shown)
})
