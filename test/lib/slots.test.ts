import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { createSlots, type Slots, SlotsFull } from '../../packages/core/src/lib/slots.js'

/** Work that ends when it is told to, and the order in which work begins. */
function bench(slots: Slots) {
  const begun: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  return {
    begun,
    run: (name: string, signal?: AbortSignal): Promise<string> =>
      slots.run(() => {
        begun.push(name)
        return new Promise((resolve, reject) => {
          ends.set(name, (error) => (error === undefined ? resolve(name) : reject(error)))
        })
      }, signal),
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
  const broken = slots.run(work)
  const next = slots.run(async () => 'next')
  await expect(broken).rejects.toThrow('broken')
  expect(await next).toBe('next')
  expect(await slots.run(async () => 'later')).toBe('later')
})

test('whoever is aborted leaves the queue with the reason, and leaves room', async () => {
  const { begun, run, end } = bench(createSlots({ size: 1, waiting: 2 }))
  const controller = new AbortController()
  void run('a')
  const waiting = run('b', controller.signal)
  const other = run('c')
  const reason = new Error('too late')
  controller.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  const last = run('d')
  end('a')
  await settled()
  end('c')
  await settled()
  end('d')
  expect(await Promise.all([other, last])).toEqual(['c', 'd'])
  expect(begun).toEqual(['a', 'c', 'd'])
})

test('whoever is aborted before does not begin, and takes no slot', async () => {
  const { begun, run, end } = bench(createSlots({ size: 1, waiting: 1 }))
  const reason = new Error('too late')
  await expect(run('a', AbortSignal.abort(reason))).rejects.toBe(reason)
  const next = run('b')
  await expect(run('c', AbortSignal.abort(reason))).rejects.toBe(reason)
  void run('d')
  await expect(run('e', AbortSignal.abort(reason))).rejects.toBe(reason) // not SlotsFull
  await settled()
  end('b')
  expect(await next).toBe('b')
  await settled()
  expect(begun).toEqual(['b', 'd'])
})

test('work that has begun is not stopped by its signal, and nothing of the signal is kept', async () => {
  const { run, end } = bench(createSlots({ size: 1, waiting: 1 }))
  const controller = new AbortController()
  const removed = vi.spyOn(controller.signal, 'removeEventListener')
  const results = [run('a', controller.signal), run('b', controller.signal)]
  await settled()
  end('a')
  await settled()
  expect(removed).toHaveBeenCalledOnce()
  controller.abort()
  end('b')
  expect(await Promise.all(results)).toEqual(['a', 'b'])
})

test('whatever happens in whatever order, no slot is lost and none is given twice', async () => {
  const step = fc.record({ kind: fc.constantFrom('run', 'end', 'fail', 'abort'), which: fc.nat(30) })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.nat(3),
      fc.array(step, { maxLength: 40 }),
      async (size, waiting, steps) => {
        const slots = createSlots({ size, waiting })
        const ends: ((fail: boolean) => void)[] = []
        const controllers: AbortController[] = []
        const outcomes: Promise<unknown>[] = []
        let underWay = 0
        const run = (signal?: AbortSignal): Promise<unknown> =>
          slots
            .run(async () => {
              underWay++
              await new Promise<void>((resolve, reject) => {
                ends.push((fail) => (fail ? reject(new Error('broken')) : resolve()))
              }).finally(() => underWay--)
            }, signal)
            .catch((error: unknown) => error)
        for (const { kind, which } of steps) {
          if (kind === 'run') {
            const controller = new AbortController()
            controllers.push(controller)
            outcomes.push(run(controller.signal))
          } else if (kind === 'abort') controllers[which]?.abort()
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
