import type { Random } from '../fuzz/random.js'
import type { Member } from './draft.js'

const numbers = [
  ...['0', '-0', '1', '-1', '1.5', '1e3', '1E+2', '1e-400', '0.1', '9007199254740991', '9007199254740993', '1e308'],
  ...['-1e308', '1800000000', '123456789012345678901234567890', '5e-324'],
]

const strings = [
  ...[
    '',
    ' ',
    'x',
    'a b',
    'é',
    'ß',
    '😀',
    '\u2028',
    '\u0000',
    '\ud800',
    '"',
    '\\',
    '/',
    '\n',
    '[{:,',
    '}]',
    '{"a":1,"a":2}',
    'null',
  ],
  ...['https://api.test/v1', 'https://as.test', 'at+jwt', 'ES256'],
]

const names = [
  ...[
    'a',
    'b',
    '',
    ' ',
    'é',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'length',
    '0',
    ':,',
    '/',
  ],
  ...['alg', 'kid', 'crit', 'iss', 'aud', 'exp', 'nbf', 'cnf', 'nonce'],
]

/** The JSON text of any value of at most so many levels. */
export function jsonText(random: Random, depth: number): string {
  const kinds = depth > 0 ? 7 : 5
  switch (random.integer(kinds)) {
    case 0:
      return random.pick(['true', 'false'])
    case 1:
      return 'null'
    case 2:
      return random.pick(numbers)
    case 3:
      return stringText(random, random.pick(strings))
    case 4:
      return stringText(random, random.word(1 + random.integer(20)))
    case 5:
      return arrayText(random, random.integer(4), depth - 1)
    default:
      return objectText(random, random.shuffled(names).slice(0, random.integer(4)), depth - 1)
  }
}

function arrayText(random: Random, length: number, depth: number): string {
  return `[${Array.from({ length }, () => jsonText(random, depth)).join(spaced(random, ','))}]`
}

function objectText(random: Random, distinct: readonly string[], depth: number): string {
  const members = distinct.map((name): Member => [stringText(random, name), jsonText(random, depth)])
  return `{${members.map(([name, value]) => `${name}${spaced(random, ':')}${value}`).join(spaced(random, ','))}}`
}

export function spaced(random: Random, character: string): string {
  return random.chance(0.8)
    ? character
    : `${random.pick(['', ' ', '\t', '\n'])}${character}${random.pick(['', '  ', '\r\n'])}`
}

/** A string as JSON, sometimes with escapes that nobody needs. */
export function stringText(random: Random, value: string): string {
  return random.chance(0.9) ? JSON.stringify(value) : escaped(value)
}

export function escaped(value: string): string {
  const units = Array.from({ length: value.length }, (_, i) => value.charCodeAt(i).toString(16).padStart(4, '0'))
  return `"${units.map((unit) => `\\u${unit}`).join('')}"`
}

/** Arrays and objects in one another, so many levels deep. */
export function nested(random: Random, levels: number): string {
  const inside = random.pick(['', '1', '"x"'])
  if (random.chance(0.5)) return '['.repeat(levels) + inside + ']'.repeat(levels)
  return '{"a":'.repeat(levels - 1) + '{}' + '}'.repeat(levels - 1)
}
