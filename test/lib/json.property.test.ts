import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJsonObject } from '../../packages/core/src/lib/json.js'

// JSON as it is written: names have a spelling, and an object may have one twice.

type Written =
  | { readonly text: string; readonly is: 'scalar' }
  | { readonly is: 'array'; readonly items: readonly Written[] }
  | { readonly is: 'object'; readonly members: readonly Member[] }

interface Member {
  readonly name: string
  /** With quotes and escapes. */
  readonly spelling: string
  readonly value: Written
}

const poison = ['__proto__', 'constructor', 'prototype']
const awkward = [...'":{}[],\\/ \n\u0000é\u{1f600}', '\ud800', 'a', 'b']

const awkwardString = fc.oneof(
  fc.string({ unit: fc.constantFrom(...awkward), maxLength: 6 }),
  fc.constantFrom(...poison, 'a', 'b', ''),
)

/** One of the many ways in which JSON can spell a string. */
const spelling = (text: string): fc.Arbitrary<string> =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((escaped) => `"${Array.from({ length: text.length }, (_, i) => spell(text[i]!, escaped[i]!)).join('')}"`)

const spell = (unit: string, escaped: boolean): string =>
  escaped || (unit >= '\ud800' && unit <= '\udfff')
    ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
    : JSON.stringify(unit).slice(1, -1)

const scalar: fc.Arbitrary<Written> = fc
  .oneof(
    awkwardString.chain(spelling),
    fc.constantFrom('0', '-0', '1.5', '1e400', '-1e400', 'true', 'false', 'null', '9007199254740993'),
  )
  .map((text) => ({ is: 'scalar', text }))

const { value } = fc.letrec<{ value: Written; array: Written; object: Written }>((tie) => ({
  value: fc.oneof({ maxDepth: 5 }, { weight: 3, arbitrary: scalar }, tie('array'), {
    weight: 2,
    arbitrary: tie('object'),
  }),
  array: fc.array(tie('value'), { maxLength: 3 }).map((items) => ({ is: 'array', items })),
  object: fc
    .array(
      fc
        .tuple(awkwardString, tie('value'))
        .chain(([name, value]) => spelling(name).map((spelling) => ({ name, spelling, value }))),
      { maxLength: 4 },
    )
    .map((members) => ({ is: 'object', members })),
}))

function textOf(written: Written): string {
  if (written.is === 'scalar') return written.text
  if (written.is === 'array') return `[${written.items.map(textOf).join(' ,')}]`
  return `{ ${written.members.map(({ spelling, value }) => `${spelling} :${textOf(value)}`).join(',\n')}}`
}

function depthOf(written: Written): number {
  if (written.is === 'scalar') return 0
  const children = written.is === 'array' ? written.items : written.members.map(({ value }) => value)
  return 1 + Math.max(0, ...children.map(depthOf))
}

function repeatsAName(written: Written): boolean {
  if (written.is === 'scalar') return false
  if (written.is === 'array') return written.items.some(repeatsAName)
  const names = written.members.map(({ name }) => name)
  return new Set(names).size < names.length || written.members.some(({ value }) => repeatsAName(value))
}

function needsEscapeInAName(written: Written): boolean {
  if (written.is === 'scalar') return false
  if (written.is === 'array') return written.items.some(needsEscapeInAName)
  const isOdd = (name: string): boolean => [...name].some((character) => character < ' ' || '"\\'.includes(character))
  return written.members.some(({ name, value }) => isOdd(name) || needsEscapeInAName(value))
}

function hasInfinity(written: Written): boolean {
  if (written.is === 'scalar') return written.text.endsWith('e400')
  const children = written.is === 'array' ? written.items : written.members.map(({ value }) => value)
  return children.some(hasInfinity)
}

/** What a caller should get, worked out from what was written and not by parsing it. */
function expected(written: Written): unknown {
  if (written.is === 'scalar') return JSON.parse(written.text)
  if (written.is === 'array') return written.items.map(expected)
  const members = written.members.filter(({ name }) => !poison.includes(name))
  return Object.assign(
    Object.create(null),
    Object.fromEntries(members.map(({ name, value }) => [name, expected(value)])),
  )
}

test('RFC 8259: a text is accepted exactly when it is an object without a repeated name, not too deep and finite', () => {
  fc.assert(
    fc.property(value, fc.integer({ min: 1, max: 5 }), (written, maxDepth) => {
      const parsed = parseJsonObject(textOf(written), maxDepth)
      const isGood =
        written.is === 'object' &&
        !repeatsAName(written) &&
        !needsEscapeInAName(written) &&
        !hasInfinity(written) &&
        depthOf(written) <= maxDepth
      expect(parsed !== undefined).toBe(isGood)
      if (isGood) expect(parsed).toStrictEqual(expected(written))
    }),
    { numRuns: 4000 },
  )
})

test('RFC 8259: text that JSON.parse refuses is refused', () => {
  const broken = fc.tuple(value, fc.nat(), fc.constantFrom('', ...'"\\:{}[],x0')).map(([written, at, insert]) => {
    const text = textOf(written)
    const i = at % (text.length + 1)
    return text.slice(0, i) + insert + text.slice(insert === '' ? i + 1 : i)
  })
  fc.assert(
    fc.property(broken, (text) => {
      fc.pre(isInvalid(text))
      expect(parseJsonObject(text, 16)).toBeUndefined()
    }),
    { numRuns: 3000 },
  )
})

function isInvalid(text: string): boolean {
  try {
    JSON.parse(text)
    return false
  } catch {
    return true
  }
}
