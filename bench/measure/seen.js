// A token that was seen before: microseconds a call, and bytes of garbage.
import { summary } from '../statistics.js'
import { createSigner, fresh } from '../world.js'
import { enter, isQuick, report, rotated, world } from './field.js'

const ROUNDS = isQuick ? 3 : 21
const SPAN = isQuick ? 5 : 25 // milliseconds for each contestant in each round
const RING = 2000

const { field, disqualified } = await enter('RS256')
const token = createSigner(world, 'RS256')()
/** @type {Map<string, { times: number[], bytes: number[] }>} */
const results = new Map(field.map(({ name }) => [name, { times: [], bytes: [] }]))
/** @type {number[]} */
const nothing = []

for (let round = 0; round < ROUNDS; round++) {
  nothing.push((await take((given) => Promise.resolve(given))).bytes)
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

/** As many calls as fit into the span, each with a copy of the token. @param {import('../contestants.js').Verify} verify */
async function take(verify) {
  const copies = Array.from({ length: RING }, () => fresh(token))
  const calls = await callsWithin(SPAN, verify, copies)
  globalThis.gc?.()
  const heap = process.memoryUsage().heapUsed
  const start = performance.now()
  for (let n = 0; n < calls; n++) await verify(copies[n % RING])
  const time = ((performance.now() - start) / calls) * 1000
  return { time, bytes: (process.memoryUsage().heapUsed - heap) / calls }
}

/** @param {number} milliseconds @param {import('../contestants.js').Verify} verify @param {readonly string[]} copies */
async function callsWithin(milliseconds, verify, copies) {
  let calls = 0
  for (const start = performance.now(); performance.now() - start < milliseconds / 5; calls += 10) {
    for (let n = 0; n < 10; n++) await verify(copies[(calls + n) % RING])
  }
  return calls * 5
}
