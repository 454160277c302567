import { AsyncLocalStorage } from 'node:async_hooks'
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
  const { inTurn, judge } = createFairShare(work, cores, () => now)
  /** A task of so many milliseconds, with a job at its end, but for those that fail. */
  const task = (job: number, milliseconds = 0.1) =>
    inTurn(
      (made, time) => {
        now += time
        begun.push(made)
        if (made < 0) throw new RangeError('of no use')
        return judge(made)
      },
      job,
      milliseconds,
    )
  const begun: number[] = []
  return { take: judge, judge, inTurn, task, begun, here, elsewhere }
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

describe('a task is begun at once, or when its turn comes', () => {
  test('its own time is counted, and that of its job only once', async () => {
    const { task, begun } = working(0.2, 1)
    const results = Array.from({ length: 10 }, (_, n) => task(n, 0.1))
    expect(begun).toEqual([0, 1, 2, 3]) // three take 0.9 ms, and the fourth begins before the millisecond is over
    expect(results.slice(0, 5)).toEqual(['0 here', '1 here', '2 here', '3 here', expect.any(Promise)])
    await nextTurn()
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  test('what waits has cost nothing yet, apart from what keeps the other threads busy', async () => {
    const { task, begun, here, elsewhere } = working(1, 2)
    for (let n = 0; n < 256; n++) void task(n)
    expect(begun).toEqual([0])
    await nextTurn()
    expect([here, begun.length, elsewhere.length]).toEqual([[0, 1], 10, 8])
    elsewhere[0]?.finish()
    expect(begun).toHaveLength(10) // eight in a turn are enough
  })

  test('all are done in the end, each once, in the order in which they came', async () => {
    for (const cores of [1, 2]) {
      const { task, begun, elsewhere } = working(0.3, cores)
      const results = Promise.all(Array.from({ length: 50 }, async (_, n) => task(n)))
      for (let turn = 0; begun.length < 50; turn++) {
        if (turn % 2 === 0) for (const { finish } of elsewhere) finish()
        await nextTurn()
      }
      for (const { finish } of elsewhere) finish()
      expect((await results).map((result) => Number.parseInt(result, 10))).toEqual(
        Array.from({ length: 50 }, (_, n) => n),
      )
      expect(begun).toEqual(Array.from({ length: 50 }, (_, n) => n))
    }
  })

  test('those that came before go first, and who comes in a later turn waits behind them', async () => {
    const { task, begun } = working(0.6, 1)
    for (let n = 0; n < 6; n++) void task(n)
    await nextTurn()
    void task(6)
    expect(begun).toEqual([0, 1, 2, 3])
    while (begun.length < 7) await nextTurn()
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  test('what fails is begun ahead of its turn no more often than what makes a job', async () => {
    const { task, begun } = working(1.1, 2)
    void task(0)
    for (let n = 1; n < 50; n++) void Promise.resolve(task(-n, 0.3)).catch(() => {})
    expect(begun).toEqual([0])
    await nextTurn()
    expect(begun).toHaveLength(1 + 4 + 8) // in its turn, and ahead
  })

  test('tasks that have waited and begin in one turn hear of their jobs after the last of them', async () => {
    const { inTurn, take, judge } = working(0.4, 1)
    const seen: string[] = []
    const task = async (name: string, job: number) => {
      seen.push(name)
      await judge(job)
      seen.push(`${name} done`)
    }
    for (let n = 0; n < 3; n++) void take(n)
    await Promise.all(['a', 'b', 'c', 'd'].map(async (name, n) => inTurn(task, name, n)))
    expect(seen).toEqual(['a', 'b', 'c', 'a done', 'b done', 'c done', 'd', 'd done'])
  })

  test('a task that has waited finds itself in the request that it came with', async () => {
    const { inTurn, take } = working(1.1, 1)
    const requests = new AsyncLocalStorage<string>()
    const look = async () => [requests.getStore(), await Promise.resolve().then(() => requests.getStore())]
    void take(0)
    const all = ['one', 'other'].map((name) => requests.run(name, async () => inTurn(look, name, 0)))
    expect(await Promise.all(all)).toEqual([
      ['one', 'one'],
      ['other', 'other'],
    ])
  })

  test('a failure is the caller’s, at once or later', async () => {
    const { inTurn, take } = working(1.1, 1)
    const fail = (message: string) => {
      throw new RangeError(message)
    }
    expect(() => inTurn(fail, 'at once', 0)).toThrow(new RangeError('at once'))
    void take(1)
    await expect(inTurn(fail, 'later', 0)).rejects.toThrow(new RangeError('later'))
  })

  test('a task that waits for something is waited for', async () => {
    const { inTurn, take } = working(1.1, 1)
    const wait = async (value: string) => value
    expect(await inTurn(wait, 'at once', 0)).toBe('at once')
    void take(1)
    expect(await inTurn(wait, 'later', 0)).toBe('later')
  })
})
