import { describe, expect, test } from 'vitest'
import { createFairShare, type Work } from '../../packages/core/src/lib/fair-share.js'

const nextTurn = () => new Promise(setImmediate)

/** Work that takes so many milliseconds here, by a clock of its own, and that another thread finishes when it is told to. */
function working(milliseconds: number, cores: number) {
  const here: number[] = []
  const elsewhere: { readonly job: number; readonly finish: () => void }[] = []
  let now = 0
  const work: Work<number, string> = {
    here(job) {
      now += milliseconds
      here.push(job)
      return `${job} here`
    },
    elsewhere(job, done) {
      let isDone = false
      const finish = (): void => {
        if (!isDone) done(`${job} elsewhere`)
        isDone = true
      }
      elsewhere.push({ job, finish })
    },
  }
  return { take: createFairShare(work, cores, () => now), here, elsewhere }
}

describe('work is done at once, as long as that keeps nobody waiting', () => {
  test('a millisecond of each turn of the event loop is for it', async () => {
    const { take } = working(0.7, 2)
    for (let round = 0; round < 3; round++) {
      expect([take(1), take(2)]).toEqual(['1 here', '2 here'])
      await nextTurn()
    }
  })

  test('many small jobs are counted too', async () => {
    const { take, here } = working(1 / 16, 2)
    const results = Array.from({ length: 100 }, (_, n) => take(n))
    expect(here).toHaveLength(17) // the last one begins when all is spent, and not beyond
    expect(results[17]).toBeInstanceOf(Promise)
  })
})

describe('what goes beyond waits', () => {
  test('for another thread: a few jobs for each core beside ours, and never for all of the pool', () => {
    for (const [cores, threads] of [
      [2, 1],
      [3, 2],
      [64, 3],
    ] as const) {
      const { take, elsewhere } = working(1.1, cores)
      for (let n = 0; n < 50; n++) void take(n)
      expect(elsewhere.map(({ job }) => job)).toEqual(Array.from({ length: 8 * threads }, (_, n) => n + 1))
      elsewhere[0]?.finish()
      expect(elsewhere).toHaveLength(8 * threads + 1)
    }
  })

  test('or for a later turn, whichever comes first, and each job is done once', async () => {
    const { take, here, elsewhere } = working(0.4, 2)
    const results = Promise.all(Array.from({ length: 20 }, async (_, n) => take(n)))
    while (here.length + elsewhere.length < 20) {
      elsewhere.at(-1)?.finish()
      await nextTurn()
    }
    for (const { finish } of elsewhere) finish()
    expect((await results).map((result) => Number.parseInt(result, 10))).toEqual(
      Array.from({ length: 20 }, (_, n) => n),
    )
    expect([here.length > 3, elsewhere.length > 1]).toEqual([true, true])
    expect([...here, ...elsewhere.map(({ job }) => job)].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, n) => n),
    )
  })

  test('but not for threads that are busy with something else: what they were given is done here after all', async () => {
    const { take, here, elsewhere } = working(0.4, 2)
    const results = await Promise.all(Array.from({ length: 40 }, async (_, n) => take(n)))
    expect(results).toEqual(Array.from({ length: 40 }, (_, n) => `${n} here`))
    expect([here.length, elsewhere.length]).toEqual([40, 8])
    for (const { finish } of elsewhere.slice(0, 4)) finish() // too late, and no harm
    void Promise.all(Array.from({ length: 40 }, async (_, n) => take(n)))
    expect(elsewhere).toHaveLength(12) // no more than they have room for
  })

  test('where there is but one core, for a later turn alone', async () => {
    const { take, here, elsewhere } = working(0.6, 1)
    const results = Promise.all([1, 2, 3, 4, 5].map(async (n) => take(n)))
    expect(here).toEqual([1, 2])
    expect(await results).toEqual(['1 here', '2 here', '3 here', '4 here', '5 here'])
    expect(elsewhere).toEqual([])
  })
})
