// What every measurement begins with: contestants that do their work, and whether there is time for all rounds.
import { contestants } from '../contestants.js'
import { breaches } from '../contract.js'
import { openWorld, settingsFor } from '../world.js'

export const isQuick = process.argv.includes('--quick')
export const world = openWorld()

/** @typedef {{ name: string, isOurs: boolean, verify: import('../contestants.js').Verify, wrong: string[] }} Entrant */

/**
 * Those that know the algorithm, each set up and checked.
 * @param {import('../world.js').Algorithm} algorithm
 * @returns {Promise<{ field: Entrant[], disqualified: Entrant[] }>}
 */
export async function enter(algorithm) {
  /** @type {Entrant[]} */
  const all = []
  for (const { name, isOurs = false, algorithms, create } of await contestants()) {
    if (!algorithms.includes(algorithm)) continue
    const verify = await create(settingsFor(world, algorithm))
    all.push({ name, isOurs, verify, wrong: await breaches(verify, world, algorithm) })
  }
  const failing = all.filter(({ isOurs, wrong }) => isOurs && wrong.length > 0)
  if (failing.length > 0) throw new Error(failing.map(({ name, wrong }) => `${name} ${wrong.join(', ')}`).join('; '))
  return {
    field: all.filter(({ wrong }) => wrong.every((breach) => !breach.startsWith('refuses'))),
    disqualified: all.filter(({ wrong }) => wrong.length > 0),
  }
}

/** Bytes of garbage, of the megabyte or more that the young generation has even at first. */
export const LITTLE_GARBAGE = 256 * 1024

/**
 * Bytes a call, of no more calls than leave {@link LITTLE_GARBAGE}: what is collected meanwhile could not be counted. It
 * is now and then all the same, and nothing is to be forgotten first that code in use would have to learn again: the
 * median of several tells.
 * @template T
 * @param {readonly T[]} given
 * @param {(one: T) => unknown} call
 */
export async function garbageOf(given, call) {
  const heap = process.memoryUsage().heapUsed
  for (const one of given) await call(one)
  return (process.memoryUsage().heapUsed - heap) / given.length
}

/** @param {object} result */
export const report = (result) => void process.stdout.write(`${JSON.stringify(result)}\n`)

/** Lets everything else have its turn, as between two requests. */
export const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

/** Who comes first in a round is at a disadvantage or has an advantage: each does in turn. @template T @param {readonly T[]} list @param {number} by @returns {T[]} */
export const rotated = (list, by) => [...list.slice(by % list.length), ...list.slice(0, by % list.length)]
