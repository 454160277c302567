import { describe, expect, test } from 'vitest'
import { decodeJsonObject, isObject, type JsonValue, parseJsonObject } from '../../packages/core/src/lib/json.js'

const parse = (text: string, maxDepth = 8) => parseJsonObject(text, maxDepth)

describe('RFC 8259: what is one JSON object is read', () => {
  test.each<[string, unknown]>([
    ['{}', {}],
    [' \t\r\n{ } \n', {}],
    ['{"a":1}', { a: 1 }],
    ['{"":0}', { '': 0 }],
    [
      '{"a":null,"b":true,"c":false,"d":-1.5e3,"e":"x","f":[],"g":{}}',
      { a: null, b: true, c: false, d: -1500, e: 'x', f: [], g: {} },
    ],
    ['{"a":[1,[2,{"b":[3]}]]}', { a: [1, [2, { b: [3] }]] }],
    ['{"toString":1,"hasOwnProperty":2,"valueOf":3}', { toString: 1, hasOwnProperty: 2, valueOf: 3 }],
    ['{"a":1e308}', { a: 1e308 }],
    ['{"1":1,"0":2}', { 0: 2, 1: 1 }],
  ])('%s', (text, value) => {
    expect(JSON.parse(JSON.stringify(parse(text)))).toEqual(value)
  })
})

describe('RFC 8259 §7: signs inside of strings are text and no structure', () => {
  test.each([
    ['a colon in a value', '{"a":"b:c"}', { a: 'b:c' }],
    ['a colon in a name', '{"a:b":1}', { 'a:b': 1 }],
    ['nothing but colons', '{":":":::"}', { ':': ':::' }],
    ['a string that looks like a member', '{"a":"\\"a\\":1"}', { a: '"a":1' }],
    ['an escaped quote before a colon', '{"a":"\\":"}', { a: '":' }],
    ['an escaped backslash at the end', '{"a":"\\\\"}', { a: '\\' }],
    ['an escaped backslash and then a member', '{"a":"\\\\","b":":"}', { a: '\\', b: ':' }],
    ['three backslashes and a quote', '{"a":"\\\\\\":","b":1}', { a: '\\":', b: 1 }],
    ['a quote as a code', '{"a":"\\u0022:\\u0022"}', { a: '":"' }],
    ['a backslash as a code', '{"a":"\\u005c","b":1}', { a: '\\', b: 1 }],
    ['opening brackets deeper than the limit', '{"a":"[[[[[[[[[[{{{{{{{{{{"}', { a: '[[[[[[[[[[{{{{{{{{{{' }],
    ['closing brackets', '{"a":"]}]}]}","b":{"c":[1]}}', { a: ']}]}]}', b: { c: [1] } }],
    ['a name with brackets', '{"[{":1}', { '[{': 1 }],
  ])('%s', (_, text, value) => {
    expect(JSON.parse(JSON.stringify(parse(text, 3)))).toEqual(value)
  })
})

describe('RFC 8259 §2: what is not one JSON object is refused', () => {
  test.each([
    '',
    ' ',
    'null',
    'true',
    '1',
    '"{}"',
    '[]',
    '[{}]',
    '{',
    '}',
    '{}}',
    '{{}',
    '{} {}',
    '{},',
    '{}x',
    '{"a":1,}',
    '{,}',
    '{"a"}',
    '{"a":}',
    '{"a" 1}',
    '{"a"::1}',
    "{'a':1}",
    '{a:1}',
    '{"a":1 "b":2}',
    '{"a":01}',
    '{"a":+1}',
    '{"a":.5}',
    '{"a":0x1}',
    '{"a":NaN}',
    '{"a":Infinity}',
    '{"a":undefined}',
    '{"a":"\n"}',
    '{"a":"\\x41"}',
    '{"a":"\\u00g0"}',
    '{"a":"',
    '{"a":"\\',
    '{"a":"b\\"}',
    '{"a":1}//',
    '/**/{"a":1}',
    '\ufeff{}',
    '{}\0',
    '\u00a0{}',
    ']'.repeat(20) + '{}',
  ])('%j', (text) => {
    expect(parse(text)).toBeUndefined()
  })
})

describe('RFC 7515 §4, RFC 7519 §4: an object with one name twice is refused', () => {
  test.each([
    ['twice in a row', '{"a":1,"a":1}'],
    ['with another member between', '{"a":1,"b":2,"a":1}'],
    ['three times', '{"a":1,"a":2,"a":3}'],
    ['the empty name', '{"":1,"":2}'],
    ['a value and an object', '{"a":1,"a":{"b":1}}'],
    ['an object and a value, which takes the members of the object away', '{"a":{"b":1,"c":2},"a":1}'],
    ['in an object inside', '{"a":{"b":1,"b":2}}'],
    ['in an array inside', '{"a":[0,{"b":1,"b":2}]}'],
    ['in an object that is itself lost', '{"a":{"b":1,"b":2},"a":{}}'],
    ['spelt with a code', '{"a":1,"\\u0061":2}'],
    ['spelt with a code in upper case', '{"k":1,"\\u006B":2}'],
    ['spelt with an escape that is not needed', '{"a/b":1,"a\\/b":2}'],
    ['a code and a short escape', '{"\\n":1,"\\u000a":2}'],
    ['a surrogate pair and its codes', '{"\u{1f600}":1,"\\ud83d\\ude00":2}'],
    ['__proto__', '{"__proto__":1,"__proto__":2}'],
    ['__proto__ spelt with a code', '{"__proto__":1,"\\u005f_proto__":2}'],
    ['constructor', '{"constructor":1,"constructor":2}'],
    ['a colon inside the other value, to make the count even', '{"a":"::","a":1}'],
    ['a name that is an array index', '{"0":1,"0":2}'],
  ])('%s', (_, text) => {
    expect(JSON.parse(text)).toBeTypeOf('object') // JSON.parse itself sees nothing wrong
    expect(parse(text)).toBeUndefined()
  })

  test.each([
    ['in two objects', '{"a":{"x":1},"b":{"x":1}}'],
    ['in two objects of an array', '{"a":[{"x":1},{"x":1}]}'],
    ['in an object and inside of it', '{"a":{"a":{"a":1}}}'],
    ['but for the case', '{"a":1,"A":1}'],
    ['but for a space', '{"a":1,"a ":1}'],
    ['but for the Unicode form', '{"\u00e9":1,"e\u0301":1}'],
  ])('the same name %s is no repetition', (_, text) => {
    expect(parse(text)).toBeDefined()
  })
})

describe('RFC 8259 §7: a name is the same however it is spelt', () => {
  // What strangers have sent before must not matter: V8 remembers the names of objects that it has parsed.
  const sentBefore = ['\\', 'n\\u0', 'a\\', '\\u0'].map((name) => JSON.stringify({ iss: 'x', [name]: 1 }))

  test.each([
    ['\\u0061', 'a'],
    ['n\\u00e4me', 'n\u00e4me'],
    ['a\\u0062', 'ab'],
    ['\\u0061ud', 'aud'],
    ['\\/x', '/x'],
    ['\\ud83d\\ude00', '\u{1f600}'],
    ['\\udc00', '\udc00'],
  ])('"%s"', (spelling, name) => {
    for (const text of sentBefore) {
      JSON.parse(text)
      parse(text)
      expect(Object.keys(parse(`{"iss":"x","${spelling}":1}`)!)).toEqual(['iss', name])
    }
  })

  test.each(['\\n', '\\u000a', '\\u0000x', '\\"', 'a\\u0022', '\\\\', 'a\\u005cb', '\\\\u0061', '\\t\\/'])(
    'one that needs escapes is refused: "%s"',
    (spelling) => {
      expect(parse(`{"iss":"x","${spelling}":1}`)).toBeUndefined()
      expect(parse(`{"a":[{"b":{"${spelling}":1}}]}`)).toBeUndefined()
    },
  )

  test('values are what they were', () => {
    const value = '\u00e4/\\\\u0061\\"\n\0\ud800\u{1f600}\x1f \\\\\\n'
    const spelt = [...value]
      .flatMap((character) => character.split(''))
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    expect(parse(`{"a":"${spelt.join('')}","b":["https:\\/\\/as.example.com\\/"]}`)).toEqual({
      a: value,
      b: ['https://as.example.com/'],
    })
    expect(parse(`{"a":${JSON.stringify(value)}}`)).toEqual({ a: value })
  })

  test('an escape outside of a string is none', () => {
    for (const text of ['{\\u0022a":1}', '{"a":1\\u007d', '{"a":[1\\u002c2]}', '{"a":1}\\u0020', '\\/{}'])
      expect(parse(text)).toBeUndefined()
  })
})

describe('the nesting of JSON is bounded', () => {
  const nested = (depth: number, open = '[', close = ']') => `{"a":${open.repeat(depth - 1)}${close.repeat(depth - 1)}}`

  test.each([
    ['arrays', nested(4)],
    ['objects', `${'{"a":'.repeat(4)}1${'}'.repeat(4)}`],
    ['both', '{"a":[{"b":[1]}]}'],
    ['the deepest in the middle', '{"x":[],"a":[[[]]],"y":[]}'],
  ])('four levels of %s pass where four are allowed and not where three are', (_, text) => {
    expect(parse(text, 4)).toBeDefined()
    expect(parse(text, 3)).toBeUndefined()
  })

  test('levels that were closed do not count', () => {
    expect(parse('{"a":[[]],"b":[[]],"c":[[]],"d":{"e":{}}}', 3)).toBeDefined()
  })

  test('a hundred thousand levels are refused before anything recurses', () => {
    for (const text of [nested(100_000), `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, '['.repeat(100_000)]) {
      expect(parse(text, 16)).toBeUndefined()
    }
  })
})

describe('RFC 7519 §2: numbers are finite', () => {
  test.each(['1e400', '-1e400', '1e99999', `1${'0'.repeat(400)}`])('%s is refused wherever it stands', (number) => {
    expect(parse(`{"a":${number}}`)).toBeUndefined()
    expect(parse(`{"a":[{"b":[${number}]}]}`)).toBeUndefined()
  })

  test('one that is too small to tell from zero is zero', () => {
    expect(parse('{"a":1e-400}')).toMatchObject({ a: 0 })
  })
})

describe('RFC 8725 §3.7: text is UTF-8', () => {
  const decode = (bytes: Uint8Array) => decodeJsonObject(bytes, 8)
  const around = (...bytes: number[]) => Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')])

  test.each<[string, number[], string]>([
    ['two bytes', [0xc3, 0xa9], 'é'],
    ['three bytes', [0xe2, 0x82, 0xac], '€'],
    ['four bytes', [0xf0, 0x9f, 0x98, 0x80], '\u{1f600}'],
    ['a byte order mark inside a string', [0xef, 0xbb, 0xbf], '\ufeff'],
    ['the character that decoders put in place of errors', [0xef, 0xbf, 0xbd], '\ufffd'],
  ])('%s are read', (_, bytes, character) => {
    expect(decode(around(...bytes))).toMatchObject({ a: character })
  })

  test.each<[string, Uint8Array]>([
    ['a lone continuation byte', around(0x80)],
    ['a sequence that breaks off', around(0xc3)],
    ['an overlong quote', around(0xc0, 0xa2)],
    ['an overlong NUL', around(0xc0, 0x80)],
    ['a surrogate', around(0xed, 0xa0, 0x80)],
    ['a pair of surrogates (CESU-8)', around(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80)],
    ['beyond Unicode', around(0xf4, 0x90, 0x80, 0x80)],
    ['a byte that UTF-8 never has', around(0xff)],
    ['Latin-1', around(0xe9)],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
    ['UTF-16 with its mark', Buffer.from('\ufeff{"a":1}', 'utf16le')],
    ['a byte order mark in front', Buffer.from('\ufeff{"a":1}')],
    ['nothing', Buffer.alloc(0)],
  ])('%s is refused', (_, bytes) => {
    expect(decode(bytes)).toBeUndefined()
  })
})

describe('names that are poison to merge', () => {
  const poison =
    '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"prototype":{"admin":true},"a":{"__proto__":{"admin":true},"b":[{"__proto__":1,"c":2}]}}'

  test('are left out at every level', () => {
    expect(JSON.stringify(parse(poison))).toBe('{"a":{"b":[{"c":2}]}}')
  })

  test('do nothing to whoever merges the result', () => {
    const merged = Object.assign({}, parse(poison)) as Record<string, unknown>
    expect(merged['admin']).toBeUndefined()
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
  })
})

describe('the result', () => {
  const object = parse('{"a":{"b":[{"c":[1]}],"d":{}}}')!
  const inside = (value: JsonValue | undefined): JsonValue[] =>
    typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(inside)] : []

  test('has no prototype anywhere', () => {
    const objects = inside(object).filter((value) => !Array.isArray(value))
    expect(objects).toHaveLength(4)
    for (const each of objects) expect(Object.getPrototypeOf(each)).toBeNull()
    expect('toString' in object).toBe(false)
    expect(object['constructor']).toBeUndefined()
  })

  test('is frozen all the way down', () => {
    expect(inside(object)).toHaveLength(6)
    for (const each of inside(object)) expect(Object.isFrozen(each)).toBe(true)
  })
})

test('isObject tells objects from everything else that JSON and JavaScript have', () => {
  expect([{}, Object.create(null), parse('{}')].map(isObject)).toEqual([true, true, true])
  expect([null, undefined, [], '', 'a', 0, true, () => {}, Symbol('a'), 1n].filter(isObject)).toEqual([])
})
