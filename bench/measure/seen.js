// A token that was seen before: microseconds a call, and bytes of garbage.
import { summary } from '../statistics.js'
import { createSigner, fresh } from '../world.js'
import { enter, isQuick, report, rotated, world } from './field.js'

const ROUNDS = isQuick ? 5 : 25
const CALLS = isQuick ? 300 : 2000

const { field, disqualified } = await enter('RS256')
const token = createSigner(world, 'RS256')()
/** @type {Map<string, { times: number[], bytes: number[] }>} */
const results = new Map(field.map(({ name }) => [name, { times: [], bytes: [] }]))
/** @type {number[]} */
const nothing = []
const ready = Promise.resolve()

for (let round = 0; round < ROUNDS; round++) {
  nothing.push((await take(() => ready)).bytes)
  for (const { name, verify } of rotated(field, round)) {
    const { time, bytes } = await take(verify)
    results.get(name)?.times.push(time)
    results.get(name)?.bytes.push(bytes)
  }
}
report({
  bare: summary(nothing),
  contestants: [...results].map(([name, { times, bytes }]) => ({ name, time: summary(times), bytes: summary(bytes) })),
  disqualified: disqualified.map(({ name, wrong }) => ({ name, wrong })),
})

/** @param {import('../contestants.js').Verify} verify */
async function take(verify) {
  const copies = Array.from({ length: CALLS }, () => fresh(token))
  for (const copy of copies.slice(0, 50)) await verify(copy)
  globalThis.gc?.()
  const heap = process.memoryUsage().heapUsed
  const start = performance.now()
  for (const copy of copies) await verify(copy)
  const time = ((performance.now() - start) / CALLS) * 1000
  return { time, bytes: (process.memoryUsage().heapUsed - heap) / CALLS }
}
