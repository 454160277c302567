import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Attempts, createAttempts } from '../../packages/core/src/keys/attempts.js'
import { LoadError } from '../../packages/core/src/lib/exchange.js'
import { e1, ecKey } from '../support/keys.js'
import { issuerWith, settled, UNAVAILABLE, UNKNOWN } from './source.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const attempts = (random = 1): Attempts => createAttempts({ timeout: 5, clock: Date.now, random: () => random })
const never = (): Promise<never> => new Promise(() => {})
const failing =
  (details: object = {}) =>
  () =>
    Promise.reject(new LoadError('keys', 'down', details))

describe('RFC 9110 §10.2.3: an issuer that asks to be left alone is left alone', () => {
  test.each([
    [undefined, 1],
    [0, 1],
    [1, 1],
    [7, 7],
    [30, 30],
    [31, 30],
    [86_400, 30],
  ])('Retry-After %s: for %d s', async (retryAfter, pause) => {
    const under = attempts()
    await under.make(failing({ retryAfter }))
    expect(under.pause).toBe(pause)
  })

  test('for as long as it says, where the pause would be shorter', async () => {
    const under = attempts()
    for (let i = 0; i < 3; i++) {
      await under.make(failing())
      vi.advanceTimersByTime(30_000)
    }
    await under.make(failing({ retryAfter: 2 }))
    expect(under.pause).toBe(8)
  })
})

describe('an attempt that will never end, as on platforms that stop what belongs to a request', () => {
  test('is waited for while it may still end, and then another one begins', async () => {
    const under = attempts()
    void under.make(never)
    vi.advanceTimersByTime(5900)
    const joined = vi.fn(async () => {})
    void under.make(joined)
    expect(joined).not.toHaveBeenCalled()
    vi.advanceTimersByTime(100)
    await under.make(joined)
    expect(joined).toHaveBeenCalledTimes(1)
    expect(under.failures).toBe(0)
  })

  test('that ends after all does not change what a later one has found', async () => {
    const under = attempts()
    let fail: (error: LoadError) => void = () => {}
    const first = under.make(
      () =>
        new Promise((_, reject) => {
          fail = reject
        }),
    )
    vi.advanceTimersByTime(6000)
    await under.make(async () => {})
    fail(new LoadError('keys', 'late'))
    await first
    expect(under.failures).toBe(0)
    expect(under.lastError).toBeUndefined()
    expect(under.pause).toBe(0)
  })

  test('nor does it end one that is under way', async () => {
    const under = attempts()
    let succeed = (): void => {}
    const first = under.make(() => new Promise((resolve) => (succeed = resolve)))
    vi.advanceTimersByTime(6000)
    void under.make(never)
    succeed()
    await first
    expect(under.current).toBeDefined()
  })
})

test('an answer that comes after that to a later question is history', async () => {
  vi.useRealTimers()
  const next = ecKey('next', 'P-256')
  const issuer = issuerWith([e1], { timeout: 0.1 })
  const releaseFirst = issuer.hold()
  expect(await issuer.ask('e1')).toBe(UNAVAILABLE)
  await delay(1100) // until it is not waited for any more
  issuer.flow()
  issuer.advance(1)
  issuer.answer = [next]
  expect(await issuer.ask('next')).toBe('keys: 1')
  issuer.answer = [e1]
  releaseFirst()
  await settled()
  expect(await issuer.ask('next')).toBe('keys: 1')
  expect(await issuer.ask('e1', () => false)).toBe(UNKNOWN)
  expect(issuer.loads).toBe(2)
})

test('a failure is recent for as long as is asked, and a success ends that', async () => {
  const under = attempts()
  expect(under.hasFailedWithin(60)).toBe(false)
  await under.make(failing())
  vi.advanceTimersByTime(59_999)
  expect(under.hasFailedWithin(60)).toBe(true)
  vi.advanceTimersByTime(1)
  expect(under.hasFailedWithin(60)).toBe(false)
  await under.make(failing())
  vi.setSystemTime(Date.now() - 1) // a clock that was set back
  expect(under.hasFailedWithin(60)).toBe(false)
  vi.setSystemTime(Date.now() + 5000)
  expect(under.hasFailedWithin(60)).toBe(true)
  await under.make(async () => {})
  expect(under.hasFailedWithin(60)).toBe(false)
})

test('an attempt ends a little before whoever began it stops waiting, so that he is told why', async () => {
  let remaining = 0
  await attempts().make(async (budget) => {
    remaining = budget.remaining()
  })
  expect(remaining).toBeLessThan(5000)
  expect(remaining).toBeGreaterThan(4900)
})
