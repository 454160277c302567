import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { elsewhere } from './elsewhere.js'
import { table } from './table.js'

const root = new URL('../../', import.meta.url)

describe('what is shown outside of the table is where it is said to be', () => {
  test.each(elsewhere)('$rule: $test: $what', ({ test: path, what }) => {
    const file = new URL(path, root)
    expect(existsSync(file)).toBe(true)
    const source = readFileSync(file, 'utf8')
    expect(namesIn(source)).toContain(what)
  })
})

test('nothing is listed twice', () => {
  const entries = elsewhere.map(({ rule, test: path, what }) => `${rule} ${path} ${what}`)
  expect(entries.filter((entry, index) => entries.indexOf(entry) !== index)).toEqual([])
})

test('rules have one form here and in the table', () => {
  const cited = [...Object.values(table).flat(), ...elsewhere.map(({ rule }) => ({ rules: [rule] }))]
  const rules = new Set(cited.flatMap(({ rules: those }) => those))
  expect([...rules].filter((rule) => !/^(?:X\d\d|A-\d{2,3}a?|R-[A-Z\d]+b?(?:-[A-Za-z\d.]+)*)$/.test(rule))).toEqual([])
})

/** The names of tests and of groups of tests, as they are written. */
function namesIn(source: string): string[] {
  const calls = source.matchAll(/(?:\b(?:test|describe)|\)|>)\(\s*(?:'([^'\n]*)'|`([^`\n]*)`)/g)
  return [...calls].map(([, quoted, template]) => quoted ?? template ?? '')
}
