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

/**
 * Does each job at once as long as that keeps nobody waiting: the way to another thread and back costs about as much as
 * the job. What goes beyond the share of a turn waits, and is done by another thread or in a later turn, whichever comes
 * first. The other threads are everybody's, for files, names and passwords: what they have not done in time is done here
 * after all.
 *
 * @param cores as many threads are used as there are cores beside ours: more would only take ours in turns
 * @param now milliseconds
 */
export function createFairShare<Job, Result>(
  { here, elsewhere }: Work<Job, Result>,
  cores: number = availableParallelism(),
  now: () => number = () => performance.now(),
): (job: Job) => Soon<Result> {
  const inAdvance = Math.min(cores - 1, MOST_THREADS) * IN_ADVANCE
  const waiting: Waiting<Job, Result>[] = []
  const lent = new Set<Waiting<Job, Result>>()
  let sent = 0 // with those that were taken back, which the other threads still have before them
  let isWatching = false
  let spent = 0
  let isTurnCounted = false

  return (job) => {
    if (spent <= MOST) return doHere(job)
    return new Promise((done) => {
      waiting.push({ job, done })
      sendElsewhere()
    })
  }

  function doHere(job: Job): Result {
    const start = now()
    const result = here(job)
    spent += now() - start
    if (spent > WORTH_COUNTING) countTurn()
    return result
  }

  /** A turn ends with the next immediate. A job or two are not worth one: they are counted with what comes later. */
  function countTurn(): void {
    if (isTurnCounted) return
    isTurnCounted = true
    setImmediate(() => {
      isTurnCounted = false
      spent = 0
      while (waiting.length > 0 && spent <= MOST) {
        const { job, done } = waiting.shift()!
        done(doHere(job))
      }
    })
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
