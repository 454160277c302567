import { describe, expect, test } from 'vitest'
import { doors } from '../support/doors.js'
import { describeTable } from './play.js'
import { table } from './table.js'

describeTable(doors)

describe('the table itself', () => {
  const cases = Object.values(table).flat()

  test('it has at least 120 cases, and every one of them runs at four doors at least', () => {
    expect(cases.length).toBeGreaterThanOrEqual(120)
    expect(doors.length).toBeGreaterThanOrEqual(4)
  })

  test('no two cases have one name', () => {
    const names = cases.map(({ name }) => name)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  test('every case cites a rule', () => {
    expect(cases.filter(({ rules }) => rules.length === 0)).toEqual([])
  })

  test.each([
    'X01',
    'X02',
    'X03',
    'X04',
    'X05',
    'X06',
    'X07',
    'X08',
    'X09',
    'X10',
    'X11',
    'X12',
    'X13',
    'X14',
    'X15',
    'X21',
    'X23',
    'X25',
    'X26',
    'X27',
    'X28',
    'X30',
    'X31',
  ])('row %s of the response table has a case', (row) => {
    expect(cases.some(({ rules }) => rules.includes(row))).toBe(true)
  })
})
