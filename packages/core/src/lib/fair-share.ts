import { AsyncResource } from 'node:async_hooks'
import { availableParallelism } from 'node:os'
import { setImmediate, setTimeout } from 'node:timers'
import type { Soon } from './soon.js'

/** A piece of work that can be done here, or by another thread. */
export interface Work<Job, Result> {
  readonly here: (job: Job) => Result
  readonly elsewhere: (job: Job, done: (result: Result) => void) => void
}

interface Waiting<Job, Result> {
  readonly job: Job
  readonly done: (result: Result) => void
}

const MOST = 1 // milliseconds of one turn of the event loop
const WORTH_COUNTING = MOST / 4
const MOST_THREADS = 3 // of the four that libuv has for everybody
const IN_ADVANCE = 8 // jobs for each: that it has done one is heard of when this turn is over
const PATIENCE = 20 // milliseconds until the other threads are taken to be busy with something else

export interface FairShare<Job, Result> {
  /**
   * Does what can only be done here: at once, or in a later turn, after all that came before. To a task that has waited
   * `judge` answers with a promise, so that what is alike and begins in the same turn can share the answer.
   */
  readonly inTurn: <A, B, T>(task: (a: A, b: B) => Soon<T>, a: A, b: B) => Soon<T>
  /** Does the job at once, or in a later turn, or by another thread, whichever comes first. May be part of a task. */
  readonly judge: (job: Job) => Soon<Result>
}

/**
 * Does what comes at once as long as that keeps nobody waiting. What goes beyond the share of a turn waits: a task until
 * its turn comes, and a job also for another thread (the way there and back costs about as much as the job). The other
 * threads are everybody's, for files, names and passwords: what they have not done in time is done here after all.
 *
 * @param cores as many threads are used as there are cores beside ours: more would only take ours in turns
 * @param now milliseconds
 */
export function createFairShare<Job, Result>(
  { here, elsewhere }: Work<Job, Result>,
  cores: number = availableParallelism(),
  now: () => number = () => performance.now(),
): FairShare<Job, Result> {
  const inAdvance = Math.min(cores - 1, MOST_THREADS) * IN_ADVANCE
  const tasks: (() => void)[] = []
  const waiting: Waiting<Job, Result>[] = []
  const lent = new Set<Waiting<Job, Result>>()
  let sent = 0 // with those that were taken back, which the other threads still have before them
  let isWatching = false
  let isLate = false
  let spent = 0
  let begunAhead = 0
  let isTurnCounted = false

  const hasShare = (): boolean => spent <= MOST

  return {
    inTurn(task, a, b) {
      if (hasShare()) return count(task, a, b)
      // What is asked of users on the way, such as a predicate, must not find itself in the request of somebody else.
      const request = new AsyncResource('NewToken')
      return new Promise((resolve, reject) => {
        tasks.push(() => {
          try {
            resolve(request.runInAsyncScope(() => count(task, a, b)))
          } catch (error) {
            reject(error)
          }
        })
      })
    },

    judge(job) {
      if (!hasShare()) {
        return new Promise((done) => {
          waiting.push({ job, done })
          sendElsewhere()
        })
      }
      const result = count(here, job, undefined)
      return isLate ? Promise.resolve(result) : result
    },
  }

  /** The time of a job that is part of a task is not counted twice. */
  function count<A, B, T>(work: (a: A, b: B) => T, a: A, b: B): T {
    const before = spent
    const start = now()
    try {
      return work(a, b)
    } finally {
      spent = before + now() - start
      if (spent > WORTH_COUNTING) countTurn()
    }
  }

  /** A turn ends with the next immediate. A job or two are not worth one: they are counted with what comes later. */
  function countTurn(): void {
    if (isTurnCounted) return
    isTurnCounted = true
    setImmediate(() => {
      isTurnCounted = false
      spent = 0
      begunAhead = 0
      while (hasShare() && (waiting.length > 0 || tasks.length > 0)) goOn()
      feedElsewhere()
    })
  }

  function goOn(): void {
    const next = waiting.shift()
    if (next === undefined) beginLate()
    else next.done(count(here, next.job, undefined))
  }

  function beginLate(): void {
    isLate = true
    tasks.shift()!()
    isLate = false
  }

  /** Where the other threads would run out of jobs, some tasks are begun ahead of their turn: most of them make one. */
  function feedElsewhere(): void {
    while (tasks.length > 0 && Math.max(sent, begunAhead) < inAdvance) {
      begunAhead++
      beginLate()
    }
  }

  function sendElsewhere(): void {
    if (sent >= inAdvance || waiting.length === 0) return
    sent++
    const next = waiting.shift()!
    lent.add(next)
    watch()
    elsewhere(next.job, (result) => {
      sent--
      sendElsewhere()
      feedElsewhere()
      lent.delete(next)
      next.done(result)
    })
  }

  function watch(): void {
    if (isWatching) return
    isWatching = true
    setTimeout(() => {
      isWatching = false
      waiting.unshift(...lent)
      lent.clear()
      if (waiting.length > 0) countTurn()
    }, PATIENCE)
  }
}
