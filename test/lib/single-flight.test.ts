import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSingleFlight } from '../../packages/core/src/lib/single-flight.js'

const unhandled = vi.fn()
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => {
  unhandled.mockReset()
  process.on('unhandledRejection', unhandled)
})
afterEach(async () => {
  await settled()
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
})

test('all who ask for one key while it is under way share one piece of work', async () => {
  const fly = createSingleFlight<number>()
  let land: (value: number) => void = () => {}
  const work = vi.fn(() => new Promise<number>((resolve) => (land = resolve)))
  const results = [fly('a', work), fly('a', work)]
  await settled()
  results.push(fly('a', work))
  land(7)
  expect(await Promise.all(results)).toEqual([7, 7, 7])
  expect(work).toHaveBeenCalledOnce()
})

test('keys have nothing to do with one another', async () => {
  const fly = createSingleFlight<string>()
  const keys = ['a', 'b', '__proto__', 'constructor', '']
  expect(await Promise.all(keys.map((key) => fly(key, async () => `for ${key}`)))).toEqual(
    keys.map((key) => `for ${key}`),
  )
})

test('what is done is forgotten, by those who waited for it already', async () => {
  const fly = createSingleFlight<number>()
  let count = 0
  const work = async (): Promise<number> => ++count
  expect(await fly('a', work)).toBe(1)
  expect(await fly('a', work)).toBe(2)
})

test.each<[string, () => Promise<number>]>([
  ['rejects', () => Promise.reject(new Error('broken'))],
  [
    'throws',
    () => {
      throw new Error('broken')
    },
  ],
])('work that %s fails for all who share it, and is forgotten', async (_, work) => {
  const fly = createSingleFlight<number>()
  const broken = [fly('a', work), fly('a', async () => 1)]
  const outcomes = await Promise.allSettled(broken)
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected'])
  expect(new Set(outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason)).size).toBe(1)
  expect(await fly('a', async () => 2)).toBe(2)
})

test('work that asks for its own key again does not begin anew', async () => {
  const fly = createSingleFlight<number>()
  let count = 0
  const work = async (): Promise<number> => {
    count++
    void fly('a', work)
    return count
  }
  expect(await fly('a', work)).toBe(1)
  expect(count).toBe(1)
})
