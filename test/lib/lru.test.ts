import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLru } from '../../packages/core/src/lib/lru.js'

test('one too many, and the least recently used one goes', () => {
  const lru = createLru<number>(2)
  lru.set('a', 1)
  lru.set('b', 2)
  expect(lru.size).toBe(2)
  lru.set('c', 3)
  expect([lru.size, lru.get('a'), lru.get('b'), lru.get('c')]).toEqual([2, undefined, 2, 3])
})

test('getting is using, and so is setting', () => {
  const lru = createLru<number>(2)
  lru.set('a', 1)
  lru.set('b', 2)
  lru.get('a')
  lru.set('c', 3)
  expect([lru.get('b'), lru.get('a')]).toEqual([undefined, 1])
  lru.set('c', 4)
  lru.set('d', 5)
  expect([lru.get('a'), lru.get('c'), lru.get('d')]).toEqual([undefined, 4, 5])
})

test('asking for what is not there makes no entry', () => {
  const lru = createLru<number>(2)
  expect(lru.get('a')).toBeUndefined()
  expect(lru.size).toBe(0)
})

test('what is deleted is gone, and makes room', () => {
  const lru = createLru<number>(2)
  lru.set('a', 1)
  lru.set('b', 2)
  expect([lru.delete('a'), lru.delete('a'), lru.size]).toEqual([true, false, 1])
  lru.set('c', 3)
  expect([lru.get('a'), lru.get('b'), lru.get('c')]).toEqual([undefined, 2, 3])
})

test('a value of undefined and keys that objects are born with are like any other', () => {
  const lru = createLru<number | undefined>(2)
  lru.set('__proto__', undefined)
  lru.set('constructor', 1)
  expect(lru.get('__proto__')).toBeUndefined()
  lru.set('a', 2)
  expect([lru.get('constructor'), lru.size]).toEqual([undefined, 2])
})

test('whatever is done, it holds the last so many that were used', () => {
  const step = fc.record({
    kind: fc.constantFrom('get', 'set', 'delete'),
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  })
  fc.assert(
    fc.property(fc.nat(4), fc.array(step, { maxLength: 60 }), (maxEntries, steps) => {
      const lru = createLru<number>(maxEntries)
      let model: [string, number][] = [] // the latest at the end
      for (const [value, { kind, key }] of steps.entries()) {
        const entry = model.find(([name]) => name === key)
        const rest = model.filter(([name]) => name !== key)
        if (kind === 'get') expect(lru.get(key)).toBe(entry?.[1])
        if (kind === 'set') lru.set(key, value)
        if (kind === 'delete') expect(lru.delete(key)).toBe(entry !== undefined)
        if (kind === 'get' && entry !== undefined) model = [...rest, entry]
        if (kind === 'set') model = [...rest, [key, value] as [string, number]].slice(-maxEntries || Infinity)
        if (kind === 'delete') model = rest
        expect(lru.size).toBe(model.length)
      }
    }),
  )
})
