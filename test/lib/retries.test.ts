import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startBudget } from '../../packages/core/src/lib/deadline.js'
import { LoadError } from '../../packages/core/src/lib/exchange.js'
import type { LoadedJson, LoadJson } from '../../packages/core/src/lib/load-json.js'
import { withRetries } from '../../packages/core/src/lib/retries.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const loaded: LoadedJson = { document: {} as never, bytes: 2, mediaType: '', maxAge: undefined }
const passing = (details: object = {}): LoadError => new LoadError('keys', 'down', { isTransient: true, ...details })

/** How a request that is answered like this, time after time, comes out; and when it was made, in milliseconds. */
async function outcome(
  answers: readonly (Error | undefined)[],
  { retries = 1, random = 0, seconds = 5 } = {},
): Promise<{ outcome: unknown; at: readonly number[] }> {
  const at: number[] = []
  const startedAt = performance.now()
  const load: LoadJson = async () => {
    at.push(Math.round(performance.now() - startedAt))
    const answer = answers[at.length - 1]
    if (answer !== undefined) throw answer
    return loaded
  }
  const loading = withRetries(
    load,
    retries,
    () => random,
  )('https://as.test/x', startBudget(seconds)).then(
    () => 'loaded',
    (error: unknown) => error,
  )
  await vi.runAllTimersAsync()
  return { outcome: await loading, at }
}

describe('a request that failed for a passing reason', () => {
  test('is made again after a pause, longer or shorter by chance', async () => {
    expect(await outcome([passing()])).toEqual({ outcome: 'loaded', at: [0, 100] })
    expect(await outcome([passing()], { random: 0.5 })).toEqual({ outcome: 'loaded', at: [0, 200] })
    expect(await outcome([passing()], { random: 1 })).toEqual({ outcome: 'loaded', at: [0, 300] })
  })

  test('is made again as often as is said, and the last failure counts', async () => {
    const [first, second, third] = [passing(), passing(), passing()]
    expect(await outcome([first], { retries: 0 })).toEqual({ outcome: first, at: [0] })
    expect(await outcome([first, second])).toEqual({ outcome: second, at: [0, 100] })
    expect(await outcome([first, second, third], { retries: 2 })).toEqual({ outcome: third, at: [0, 100, 200] })
  })

  test('is not made again, and nobody pauses for it, where its time was ended', async () => {
    const controller = new AbortController()
    const failure = passing()
    const load = vi.fn(async () => {
      controller.abort()
      throw failure
    })
    const loading = withRetries(load, 2, () => 0)('https://as.test/x', startBudget(60, controller.signal))
    await expect(loading).rejects.toBe(failure)
    expect(load).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is not made again where there is no time left for the pause', async () => {
    const failure = passing()
    expect(await outcome([failure], { seconds: 0.1 })).toEqual({ outcome: failure, at: [0] })
    expect(await outcome([failure], { seconds: 0.101 })).toEqual({ outcome: 'loaded', at: [0, 100] })
  })

  test('RFC 9110 §10.2.3: is not made again sooner than the server asks', async () => {
    const failure = passing({ retryAfter: 1 })
    expect(await outcome([failure])).toEqual({ outcome: failure, at: [0] })
    expect(await outcome([passing({ retryAfter: 0 })])).toEqual({ outcome: 'loaded', at: [0, 100] })
  })
})

test.each([
  ['for a reason that will last', new LoadError('keys', 'gone', { status: 404 })],
  ['by a bug', Object.assign(new RangeError('a bug'), { isTransient: true })],
])('a request that failed %s is not made again', async (_, failure) => {
  expect(await outcome([failure])).toEqual({ outcome: failure, at: [0] })
})

test('one that went well is made once', async () => {
  expect(await outcome([])).toEqual({ outcome: 'loaded', at: [0] })
})
