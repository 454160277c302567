import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { createSlots, type Slots, SlotsFull } from '../../packages/core/src/lib/slots.js'

afterEach(() => {
  vi.useRealTimers()
})

const LONG = 60_000 // milliseconds

/** Work that ends when it is told to, and the order in which work begins. */
function bench(slots: Slots) {
  const begun: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  return {
    begun,
    run: (name: string, patience = LONG): Promise<string> =>
      slots.run(() => {
        begun.push(name)
        return new Promise((resolve, reject) => {
          ends.set(name, (error) => (error === undefined ? resolve(name) : reject(error)))
        })
      }, patience),
    end: (name: string, error?: Error): void => ends.get(name)!(error),
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('so much is under way at once, and the rest follows in the order of arrival', async () => {
  const { begun, run, end } = bench(createSlots({ size: 2, waiting: 3 }))
  const results = ['a', 'b', 'c', 'd', 'e'].map((name) => run(name))
  await settled()
  expect(begun).toEqual(['a', 'b'])
  end('b')
  await settled()
  expect(begun).toEqual(['a', 'b', 'c'])
  end('a')
  end('c')
  await settled()
  expect(begun).toEqual(['a', 'b', 'c', 'd', 'e'])
  end('d')
  end('e')
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('one more than may wait is refused at once, and so until there is room', async () => {
  const { begun, run, end } = bench(createSlots({ size: 1, waiting: 1 }))
  const results = [run('a'), run('b')]
  await expect(run('c')).rejects.toBeInstanceOf(SlotsFull)
  end('a')
  await settled()
  results.push(run('d'))
  await expect(run('e')).rejects.toMatchObject({ name: 'SlotsFull' })
  end('b')
  await settled()
  end('d')
  expect(await Promise.all(results)).toEqual(['a', 'b', 'd'])
  expect(begun).toEqual(['a', 'b', 'd'])
})

test('where nothing may wait, nothing does', async () => {
  const { run, end } = bench(createSlots({ size: 1, waiting: 0 }))
  const first = run('a')
  await expect(run('b')).rejects.toBeInstanceOf(SlotsFull)
  end('a')
  await first
  const next = run('c')
  await settled()
  end('c')
  expect(await next).toBe('c')
})

test('a newcomer does not overtake one who waits', async () => {
  const { begun, run, end } = bench(createSlots({ size: 1, waiting: 2 }))
  const first = run('a')
  void run('b')
  await settled()
  end('a')
  await first
  void run('c')
  await settled()
  expect(begun).toEqual(['a', 'b'])
})

test.each<[string, () => Promise<never>]>([
  ['rejects', () => Promise.reject(new Error('broken'))],
  [
    'throws',
    () => {
      throw new Error('broken')
    },
  ],
])('work that %s frees its slot', async (_, work) => {
  const slots = createSlots({ size: 1, waiting: 1 })
  const broken = slots.run(work, LONG)
  const next = slots.run(async () => 'next', LONG)
  await expect(broken).rejects.toThrow('broken')
  expect(await next).toBe('next')
  expect(await slots.run(async () => 'later', LONG)).toBe('later')
})

test('whoever has had no slot in time leaves the queue, and leaves room', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { begun, run, end } = bench(createSlots({ size: 1, waiting: 2 }))
  void run('a')
  const waiting = run('b', 1000).catch((error: unknown) => error)
  const other = run('c', 1001)
  await vi.advanceTimersByTimeAsync(999)
  await expect(run('one too many')).rejects.toBeInstanceOf(SlotsFull)
  await vi.advanceTimersByTimeAsync(1)
  expect(await waiting).toBeInstanceOf(SlotsFull)
  const last = run('d')
  end('a')
  await settled()
  await vi.advanceTimersByTimeAsync(1000)
  end('c')
  await settled()
  end('d')
  expect(await Promise.all([other, last])).toEqual(['c', 'd'])
  expect(begun).toEqual(['a', 'c', 'd'])
  expect(vi.getTimerCount()).toBe(0)
})

test('whatever happens in whatever order, no slot is lost and none is given twice', async () => {
  const step = fc.record({ kind: fc.constantFrom('run', 'end', 'fail', 'pass'), which: fc.nat(30) })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.nat(3),
      fc.array(step, { maxLength: 40 }),
      async (size, waiting, steps) => {
        vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
        const slots = createSlots({ size, waiting })
        const ends: ((fail: boolean) => void)[] = []
        const outcomes: Promise<unknown>[] = []
        let underWay = 0
        const run = (patience = LONG): Promise<unknown> =>
          slots
            .run(async () => {
              underWay++
              await new Promise<void>((resolve, reject) => {
                ends.push((fail) => (fail ? reject(new Error('broken')) : resolve()))
              }).finally(() => underWay--)
            }, patience)
            .catch((error: unknown) => error)
        for (const { kind, which } of steps) {
          if (kind === 'run') outcomes.push(run(which * 100))
          else if (kind === 'pass') vi.advanceTimersByTime(which * 30)
          else ends.splice(which, 1)[0]?.(kind === 'fail')
          if (which % 3 === 0) await settled()
          expect(underWay).toBeLessThanOrEqual(size)
        }
        await settled()
        while (ends.length > 0) {
          ends.shift()!(false)
          await settled()
        }
        await Promise.all(outcomes)
        // As many as at the beginning get in, and not one more.
        const refill = Array.from({ length: size + waiting }, () => run())
        expect(await run()).toBeInstanceOf(SlotsFull)
        await settled()
        expect(underWay).toBe(size)
        while (ends.length > 0) {
          ends.shift()!(false)
          await settled()
        }
        expect(await Promise.all(refill)).toEqual(refill.map(() => undefined))
      },
    ),
    { numRuns: 100 },
  )
})
