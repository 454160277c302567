import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { isPlainObject, membersOf } from '../../packages/core/src/lib/plain-object.js'

describe('an object as settings are written', () => {
  test.each<[string, unknown]>([
    ['a literal', {}],
    ['a literal with members', { a: 1 }],
    ['one without a prototype', Object.create(null)],
    ['one of another realm', runInNewContext('({ a: 1 })')],
    ['what JSON holds', JSON.parse('{"__proto__":1}')],
    ['a frozen one', Object.freeze({ a: 1 })],
  ])('%s is one', (_, value) => {
    expect(isPlainObject(value)).toBe(true)
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'a'],
    ['a function', () => {}],
    ['an array', []],
    ['a promise', Promise.resolve({})],
    ['a Map', new Map()],
    ['a date', new Date()],
    ['one that inherits', Object.create({ a: 1 })],
    ['one that inherits from one that inherits nothing', Object.create(Object.create(null))],
  ])('%s is none', (_, value) => {
    expect(isPlainObject(value)).toBe(false)
  })
})

test('all of its own members are taken, and nothing else is there', () => {
  const symbol = Symbol('s')
  const value = Object.defineProperty({ a: 1, [symbol]: 2 }, 'hidden', { value: 3 })
  const members = membersOf(value)
  expect(Reflect.ownKeys(members)).toEqual(['a', 'hidden', symbol])
  expect([members['a'], members['hidden'], members[symbol]]).toEqual([1, 3, 2])
  expect(Object.getPrototypeOf(members)).toBeNull()
  expect(members['toString']).toBeUndefined()
})
