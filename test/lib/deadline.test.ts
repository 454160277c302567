import { afterEach, describe, expect, test, vi } from 'vitest'
import { endsWithin, startBudget, unlessAborted, withDeadline } from '../../packages/core/src/lib/deadline.js'

const never = new Promise<never>(() => {})

afterEach(() => {
  vi.useRealTimers()
})

describe('work under a deadline', () => {
  test('its value is the value, of a promise or not', async () => {
    expect(await withDeadline(1000, async () => 1)).toBe(1)
    expect(await withDeadline(1000, () => 'no promise')).toBe('no promise')
  })

  test('its error is the error, thrown or rejected', async () => {
    const rejected = withDeadline(1000, async () => {
      throw new Error('rejected')
    })
    const thrown = withDeadline(1000, () => {
      throw new Error('thrown')
    })
    await expect(rejected).rejects.toThrow('rejected')
    await expect(thrown).rejects.toThrow('thrown')
  })

  test('it ends to the millisecond, even if the work does not listen to the signal', async () => {
    vi.useFakeTimers()
    let outcome: unknown = 'waiting'
    const result = withDeadline(1000, () => never).catch((error: unknown) => {
      outcome = error
    })
    await vi.advanceTimersByTimeAsync(999)
    expect(outcome).toBe('waiting')
    await vi.advanceTimersByTimeAsync(1)
    await result
    expect(outcome).toMatchObject({ name: 'TimeoutError', message: 'timed out' })
  })

  test('the signal aborts with the same error, and not before', async () => {
    vi.useFakeTimers()
    let signal = new AbortController().signal
    const result = withDeadline(1000, (given) => {
      signal = given
      return never
    }).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(999)
    expect(signal.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(signal.reason).toBe(await result)
  })

  test('work that fails because of the signal is reported as timed out', async () => {
    vi.useFakeTimers()
    const result = withDeadline(
      1000,
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted in its own way')))
        }),
    ).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(1000)
    expect(await result).toMatchObject({ name: 'TimeoutError' })
  })

  test('no timer is left when the work is done, however it ends', async () => {
    vi.useFakeTimers()
    await withDeadline(1000, () => 1)
    await withDeadline(1000, () => Promise.reject(new Error('its own'))).catch(() => {})
    await withDeadline(1000, () => {
      throw new Error('its own')
    }).catch(() => {})
    expect(vi.getTimerCount()).toBe(0)
  })

  test('no work begins when its time is over', async () => {
    const work = vi.fn(() => 1)
    for (const milliseconds of [0, -5]) {
      await expect(withDeadline(milliseconds, work)).rejects.toMatchObject({ name: 'TimeoutError' })
    }
    expect(work).not.toHaveBeenCalled()
  })

  test('work that fails after the deadline disturbs nobody', async () => {
    const strays: unknown[] = []
    const onStray = (reason: unknown): void => void strays.push(reason)
    process.on('unhandledRejection', onStray)
    try {
      const late = new Promise<never>((_, reject) => {
        setTimeout(() => reject(new Error('late')), 10)
      })
      await expect(withDeadline(1, () => late)).rejects.toThrow('timed out')
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(strays).toEqual([])
    } finally {
      process.off('unhandledRejection', onStray)
    }
  })
})

test('a budget runs down with time, and below zero', () => {
  vi.useFakeTimers()
  const budget = startBudget(2)
  expect(budget.remaining()).toBe(2000)
  vi.advanceTimersByTime(1500)
  expect(budget.remaining()).toBe(500)
  vi.advanceTimersByTime(1000)
  expect(budget.remaining()).toBe(-500)
})

describe('an earlier end', () => {
  test('comes with the reason of the signal, which the work is told as well', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    let told: unknown
    const work = withDeadline(
      60_000,
      (signal) => {
        signal.addEventListener('abort', () => {
          told = signal.reason
        })
        return never
      },
      controller.signal,
    )
    controller.abort(reason)
    await expect(work).rejects.toBe(reason)
    expect(told).toBe(reason)
  })

  test('that has come already lets no work begin', async () => {
    const work = vi.fn(() => never)
    await expect(withDeadline(60_000, work, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
    expect(work).not.toHaveBeenCalled()
  })

  test('leaves no listener when the work is done', async () => {
    const { signal } = new AbortController()
    const remove = vi.spyOn(signal, 'removeEventListener')
    const add = vi.spyOn(signal, 'addEventListener')
    await withDeadline(60_000, () => 1, signal)
    await unlessAborted(signal, Promise.resolve(1))
    expect(add.mock.calls).toHaveLength(2)
    expect(remove.mock.calls).toEqual(add.mock.calls)
  })

  test('of waiting: the work goes on, and nobody waits', async () => {
    const controller = new AbortController()
    const waiting = unlessAborted(controller.signal, never)
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(unlessAborted(controller.signal, Promise.resolve(1))).rejects.toThrow('enough')
  })
})

test('whether work has ended is told; that it failed travels on', async () => {
  expect(await endsWithin(1000, Promise.resolve())).toBe(true)
  expect(await endsWithin(1, never)).toBe(false)
  await expect(endsWithin(1000, Promise.reject(new RangeError('a bug')))).rejects.toThrow('a bug')
})
