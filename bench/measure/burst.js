// 256 new ES256 tokens at once: the longest time for which nothing else gets a turn; and what 64 copies of one token cost.
import { availableParallelism } from 'node:os'
import { median, summary } from '../statistics.js'
import { createSigner, fresh } from '../world.js'
import { enter, isQuick, nextTurn, report, rotated, world } from './field.js'

const ROUNDS = isQuick ? 1 : 15
const WARMING = isQuick ? 0 : 6
const BURST = 256
const COPIES = 64

const { field } = await enter('ES256')
const sign = createSigner(world, 'ES256')
/** @type {Map<string, { blocked: number[], copies: number[], one: number[] }>} */
const results = new Map(field.map(({ name }) => [name, { blocked: [], copies: [], one: [] }]))

for (let round = -WARMING; round < ROUNDS; round++) {
  const tokens = Array.from({ length: BURST }, () => sign())
  const [copied, single] = [sign(), sign()]
  for (const { name, verify } of rotated(field, round + WARMING)) {
    const result = results.get(name)
    const given = tokens.map(fresh)
    await nextTurn()
    const blocked = await longestBlock(() => Promise.all(given.map((token) => verify(token))))
    if (round < 0) continue
    result?.blocked.push(blocked)
    const copies = Array.from({ length: COPIES }, () => fresh(copied))
    result?.copies.push(await cpuOf(() => Promise.all(copies.map((token) => verify(token)))))
    result?.one.push(await cpuOf(() => verify(fresh(single))))
  }
}
report({
  cores: availableParallelism(),
  contestants: [...results].map(([name, { blocked, copies, one }]) => ({
    name,
    blocked: summary(blocked),
    copies: median(copies) / median(one),
  })),
})

/** The longest time between two turns of the event loop while this goes on, in milliseconds. @param {() => Promise<unknown>} work */
async function longestBlock(work) {
  let longest = 0
  let isDone = false
  let last = performance.now()
  const watch = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (!isDone) setImmediate(watch)
  }
  setImmediate(watch)
  await work()
  isDone = true
  await nextTurn()
  return longest
}

/** Microseconds of processor time. @param {() => unknown} work */
async function cpuOf(work) {
  await nextTurn()
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}
