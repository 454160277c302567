// What remembered tokens weigh, and whether a million of them, good or bad, weigh more.
import { createVerifier } from '@resource-server/core'
import { AUDIENCE, createSigner } from '../world.js'
import { isQuick, nextTurn, report, world } from './field.js'

const ENTRIES = isQuick ? 2000 : 10_000
const MANY = isQuick ? 10_000 : 1_000_000

const { issuer, jwksUri } = world
const sign = createSigner(world, 'Ed25519') // the cheapest to sign
const bad = createSigner(world, 'RS256')().slice(0, -43) // the cheapest to refuse
const create = (/** @type {number} */ maxEntries) =>
  createVerifier({ issuer: { issuer, jwksUri }, audience: AUDIENCE, tokenCache: { maxEntries } })

const verifier = create(ENTRIES)
await feed(create(1), 1000, () => sign()) // so that what the process itself needs is there
const empty = await heap()
await feed(verifier, ENTRIES, () => sign())
const full = await heap()
await feed(verifier, MANY, () => sign())
const later = await heap()
await feed(verifier, MANY, (n) => `${bad}${String(n).padStart(42, 'A')}A`)
const afterBad = await heap()

report({
  entries: ENTRIES,
  many: MANY,
  bytesEach: (full - empty) / ENTRIES,
  growthByGood: (later - full) / (full - empty),
  growthByBad: (afterBad - later) / (full - empty),
})

/**
 * @param {import('@resource-server/core').Verifier} fed @param {number} count @param {(n: number) => string} tokenNo
 */
async function feed(fed, count, tokenNo) {
  for (let n = 0; n < count; n++) {
    await fed.verify(tokenNo(n)).catch(() => {})
    if (n % 64 === 0) await nextTurn()
  }
}

async function heap() {
  for (let n = 0; n < 4; n++) {
    await nextTurn()
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}
