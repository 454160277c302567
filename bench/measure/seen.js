// A token that was seen before: microseconds a call, and bytes of garbage.
import { summary } from '../statistics.js'
import { createSigner, fresh } from '../world.js'
import { enter, garbageOf, isQuick, LITTLE_GARBAGE, report, rotated, world } from './field.js'

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
  nothing.push(await exactGarbageOf((given) => Promise.resolve(given)))
  for (const { name, verify } of rotated(field, round)) {
    results.get(name)?.times.push(await timeOf(verify))
    results.get(name)?.bytes.push(await exactGarbageOf(verify))
  }
}
report({
  bare: summary(nothing),
  contestants: [...results].map(([name, { times, bytes }]) => ({ name, time: summary(times), bytes: summary(bytes) })),
  disqualified: disqualified.map(({ name, wrong }) => ({ name, wrong })),
})

/** As many calls as fit into the span, each with a copy of the token. @param {import('../contestants.js').Verify} verify */
async function timeOf(verify) {
  const copies = Array.from({ length: RING }, () => fresh(token))
  const calls = await callsWithin(SPAN, verify, copies)
  globalThis.gc?.()
  const start = performance.now()
  for (let n = 0; n < calls; n++) await verify(/** @type {string} */ (copies[n % RING]))
  return ((performance.now() - start) / calls) * 1000
}

/** Of as many calls as can be counted. @param {import('../contestants.js').Verify} verify */
async function exactGarbageOf(verify) {
  const copies = Array.from({ length: RING }, () => fresh(token))
  for (let calls = 8; ; calls *= 2) {
    const bytes = await garbageOf(copies.slice(0, calls), verify)
    if (bytes * calls * 2 > LITTLE_GARBAGE || calls * 2 > RING) return bytes
  }
}

/** @param {number} milliseconds @param {import('../contestants.js').Verify} verify @param {readonly string[]} copies */
async function callsWithin(milliseconds, verify, copies) {
  let calls = 0
  for (const start = performance.now(); performance.now() - start < milliseconds / 5; calls += 10) {
    for (let n = 0; n < 10; n++) await verify(/** @type {string} */ (copies[(calls + n) % RING]))
  }
  return calls * 5
}
