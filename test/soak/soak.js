// A day in the life of a process that trusts a hundred issuers, as fast as it goes: keys rotate, issuers go down for
// minutes and for hours, strangers invent keys all along. Time is virtual; keys, signatures and the package are real.
// Prints what came of it as JSON, and ends because there is nothing left to do.

import { generateKeyPairSync, sign } from 'node:crypto'
import { createVerifier } from '@resource-server/core'

const ISSUERS = 100
const STEP = 120 // seconds
const DAY = 24 * 60 * 60
const AUDIENCE = 'https://api.example.com'
const START = 1_800_000_000

let now = START
let seed = 1
/** The same day in every run. */
const random = () => {
  seed = (seed * 48_271) % 2_147_483_647
  return seed / 2_147_483_647
}
const between = (least, most) => Math.floor(least + random() * (most - least))

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const keyPairs = Array.from({ length: 8 }, () => generateKeyPairSync('ec', { namedCurve: 'P-256' }))

function tokenOf(issuer, kid, { privateKey }) {
  const input = `${base64url({ alg: 'ES256', kid, typ: 'at+jwt' })}.${base64url({ iss: issuer, aud: AUDIENCE, sub: 'c1', exp: START + 2 * DAY })}`
  return `${input}.${sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

/** One issuer: a key every few hours, published before it signs and withdrawn after; and outages. */
function createIssuer(i) {
  const issuer = `https://as${i}.example.com`
  const keys = []
  for (let from = START - DAY; from < START + DAY; from += between(3 * 3600, 7 * 3600)) {
    const kid = `k${keys.length}`
    const pair = keyPairs[(i + keys.length) % keyPairs.length]
    const last = keys.at(-1)
    if (last !== undefined) last.until = from + 3600
    keys.push({
      kid,
      from,
      until: Infinity,
      token: tokenOf(issuer, kid, pair),
      jwk: { ...pair.publicKey.export({ format: 'jwk' }), kid },
    })
  }
  const outages = []
  for (let from = START + between(0, 4 * 3600); from < START + DAY; from += between(3 * 3600, 8 * 3600)) {
    outages.push({ from, until: from + [300, 1800, 3500, 3500, 2 * 3600][between(0, 5)] })
  }
  const fetches = { good: 0, failed: 0 }
  return {
    issuer,
    keys,
    fetches,
    outage: () => outages.find(({ from, until }) => from <= now && now < until),
    wasDownWithin: (seconds) => outages.some(({ from, until }) => from <= now && until > now - seconds),
    signingKey: () => keys.findLast(({ from }) => from + 600 <= now),
    withdrawnKey: () => keys.findLast(({ until }) => until <= now),
    async fetch() {
      if (this.outage() !== undefined) {
        fetches.failed++
        return new Response('', { status: 503 })
      }
      fetches.good++
      return Response.json({ keys: keys.filter(({ from, until }) => from <= now && now < until).map(({ jwk }) => jwk) })
    },
  }
}

const issuers = Array.from({ length: ISSUERS }, (_, i) => createIssuer(i))
const byOrigin = new Map(issuers.map((each) => [each.issuer, each]))
const verifier = createVerifier({
  issuer: issuers.map(({ issuer }) => ({ issuer, jwksUri: `${issuer}/jwks` })),
  audience: AUDIENCE,
  keys: { retries: 0 },
  clock: () => now * 1000,
  fetch: (url) => byOrigin.get(new URL(url).origin).fetch(),
})

const verdict = (token) =>
  verifier.verify(token).then(
    () => 'accepted',
    ({ kind }) => kind,
  )

const problems = []
const counts = { accepted: 0, invalid_token: 0, unavailable: 0 }
function expectOf(issuer, what, outcome, ...allowed) {
  counts[outcome]++
  if (!allowed.includes(outcome)) problems.push(`${(now - START) / 3600} h, ${issuer}: ${what} is ${outcome}`)
}

let strangers = 0
const signature = tokenOf('https://nobody.example.com', 'x', keyPairs[0]).split('.')[2]
function strangerOf(issuer) {
  strangers++
  return `${base64url({ alg: 'ES256', kid: `stranger-${strangers}`, typ: 'at+jwt' })}.${base64url({ iss: issuer, aud: AUDIENCE, exp: START + 2 * DAY })}.${signature}`
}

async function live(each) {
  // Whoever comes first with a key that is not there makes us ask.
  const [first, second] = (now / STEP) % 4 === 0 ? [useKeys, beStrangers] : [beStrangers, useKeys]
  await first(each)
  await second(each)
}

async function beStrangers({ issuer }) {
  const outcomes = await Promise.all([1, 2, 3].map(() => verdict(strangerOf(issuer))))
  for (const outcome of outcomes) expectOf(issuer, 'a stranger', outcome, 'invalid_token', 'unavailable')
}

async function useKeys(each) {
  const { issuer } = each
  const outage = each.outage()
  // An outage of up to an hour is not noticed by tokens of known keys. A key that was published in it is not known.
  const key = each.signingKey()
  const isKnown = outage === undefined || key.from < outage.from
  const isShort = outage === undefined || now - outage.from <= 3600
  const afterLong = outage === undefined && each.wasDownWithin(STEP)
  if (isKnown && isShort && !afterLong) expectOf(issuer, 'a known key', await verdict(key.token), 'accepted')
  else expectOf(issuer, 'a key', await verdict(key.token), 'accepted', 'unavailable')

  const withdrawn = each.withdrawnKey()
  if (withdrawn !== undefined) {
    const late = now - withdrawn.until
    const isReachable = !each.wasDownWithin(60 + STEP)
    const mustBeRefused = late >= 4200 || (late >= 600 && isReachable)
    const outcome = await verdict(withdrawn.token)
    expectOf(
      issuer,
      `a key withdrawn ${late} s ago`,
      outcome,
      'invalid_token',
      'unavailable',
      ...(mustBeRefused ? [] : ['accepted']),
    )
  }
}

function heap() {
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

let heapEarly = 0
for (const end = START + DAY; now < end; now += STEP) {
  if (now === START + 2 * 3600) heapEarly = heap()
  await Promise.all(issuers.map(live))
}
const heapLate = heap()

// At last an issuer that never answers: the request ends, and so does everything that belongs to it.
const hanging = createVerifier({
  issuer: { issuer: 'https://hanging.example.com', jwksUri: 'https://hanging.example.com/jwks' },
  audience: AUDIENCE,
  keys: { timeout: 1 },
  clock: () => now * 1000,
  fetch: () => new Promise(() => {}),
})
const last = await hanging.verify(tokenOf('https://hanging.example.com', 'x', keyPairs[0])).catch(({ kind }) => kind)
await new Promise((resolve) => {
  setImmediate(resolve)
})

process.stdout.write(
  JSON.stringify({
    problems: problems.slice(0, 10),
    counts,
    last,
    fetches: {
      most: Math.max(...issuers.map(({ fetches }) => fetches.good + fetches.failed)),
      failed: issuers.reduce((sum, { fetches }) => sum + fetches.failed, 0),
      all: issuers.reduce((sum, { fetches }) => sum + fetches.good + fetches.failed, 0),
    },
    states: verifier
      .status()
      .issuers.map(({ state }) => state)
      .filter((state) => state === 'unloaded').length,
    heap: { early: heapEarly, growth: heapLate - heapEarly },
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
  }),
)
