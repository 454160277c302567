import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFirstLoads, type FirstLoads } from '../../packages/core/src/issuer/first-loads.js'
import { type Budget, startBudget } from '../../packages/core/src/lib/deadline.js'
import { LoadError } from '../../packages/core/src/lib/exchange.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Loads until its budget is ended by others, as an issuer does that does not answer. */
const hang = ({ signal }: Budget): Promise<never> =>
  new Promise((_, reject) => {
    signal!.addEventListener('abort', () => reject(signal!.reason))
  })
const fill = (firstLoads: FirstLoads, number: number, budget = startBudget(60)): Promise<unknown>[] =>
  Array.from({ length: number }, () => firstLoads(budget, hang).catch((error: unknown) => error))

/** What a race with those that have not settled comes to. */
const they = async (what: string): Promise<string> => what

const TOO_MANY = new LoadError('keys', 'Too many issuers are waiting to be asked for the first time', {
  isTransient: true,
})

test('what is loaded, and why it cannot be, is passed on', async () => {
  const firstLoads = createFirstLoads()
  expect(await firstLoads(startBudget(1), async () => 'keys')).toBe('keys')
  const failure = new LoadError('keys', 'it answered 403')
  await expect(firstLoads(startBudget(1), () => Promise.reject(failure))).rejects.toBe(failure)
  const bug = new RangeError('a bug')
  await expect(firstLoads(startBudget(1), () => Promise.reject(bug))).rejects.toBe(bug)
  expect(vi.getTimerCount()).toBe(0)
})

test('a load has the time that is left after waiting', async () => {
  const firstLoads = createFirstLoads()
  void fill(firstLoads, 10)
  const left = firstLoads(startBudget(2), async (budget) => budget.remaining())
  await vi.advanceTimersByTimeAsync(1100)
  expect(await left).toBe(1000)
})

test('a turn that has lasted a second ends as soon as another one waits, as a time that is over', async () => {
  const firstLoads = createFirstLoads()
  const [oldest, ...others] = fill(firstLoads, 10)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await Promise.race([oldest, ...others, they('go on while nobody waits')])).toBe('go on while nobody waits')
  const next = firstLoads(startBudget(1), async () => 'its turn')
  await vi.advanceTimersByTimeAsync(100)
  expect(await next).toBe('its turn')
  expect(await oldest).toEqual(TOO_MANY)
  expect(await Promise.race([...others, they('go on')]), 'one is enough').toBe('go on')
})

test('as many turns end as others wait', async () => {
  const firstLoads = createFirstLoads()
  const turns = fill(firstLoads, 10)
  await vi.advanceTimersByTimeAsync(10_000)
  void fill(firstLoads, 4)
  await vi.advanceTimersByTimeAsync(900)
  for (const error of await Promise.all(turns.slice(0, 4))) expect(error).toEqual(TOO_MANY)
  expect(await Promise.race([...turns.slice(4), they('go on')])).toBe('go on')
})

test('who waits for longer than there is time has failed, for this time, and leaves nothing behind', async () => {
  const firstLoads = createFirstLoads()
  const turns = fill(firstLoads, 10)
  const late = firstLoads(startBudget(0.3), async () => 'too late').catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(299)
  expect(await Promise.race([late, they('wait')])).toBe('wait')
  await vi.advanceTimersByTimeAsync(1)
  expect(await late).toEqual(TOO_MANY)
  const timers = vi.getTimerCount()
  await vi.advanceTimersByTimeAsync(1000)
  expect(await Promise.race([...turns, they('go on')]), 'no turn is ended for it').toBe('go on')
  expect(vi.getTimerCount()).toBe(timers)
})

test('more than a thousand do not wait', async () => {
  const firstLoads = createFirstLoads()
  void fill(firstLoads, 10 + 1000)
  await expect(firstLoads(startBudget(5), async () => 'served')).rejects.toEqual(TOO_MANY)
})
