import { expect, test } from 'vitest'
import { entryOf, type Mood, outcome, platform, startTenantServer, tokenOf } from './tenants.js'

const TENANTS = 2000
const bad: readonly Mood[] = ['hangs', 'answers 500', 'hangs up']
/** Every fortieth: fifty of them. */
const isBroken = (tenant: number): boolean => tenant % 40 === 0

const tenants = Array.from({ length: TENANTS }, (_, tenant) => tenant)
const broken = tenants.filter(isBroken)
const healthy = tenants.filter((tenant) => !isBroken(tenant))

test('of 2,000 tenants 50 are down: the others are served, ten at most are asked for the first time at once', async () => {
  const server = await startTenantServer((tenant) => {
    const number = Number(tenant)
    return isBroken(number) ? bad[(number / 40) % 3]! : 'well'
  })
  const { verifier } = platform((iss: string) => entryOf(iss), {
    fetch: server.fetch,
    keys: { timeout: 5, retries: 0 },
  })
  const call = (tenant: number): Promise<string> => outcome(verifier.verify(tokenOf(tenant)))

  // Those that are down come first, and again and again.
  const failing = Promise.all([...broken, ...broken].map(call))
  const startedAt = performance.now()
  for (let start = 0; start < healthy.length; start += 100) {
    const outcomes = await Promise.all(healthy.slice(start, start + 100).map(call))
    expect(outcomes.filter((outcome) => outcome !== 'accepted')).toEqual([])
  }
  const seconds = (performance.now() - startedAt) / 1000
  expect(new Set(await failing)).toEqual(new Set(['unavailable/keys']))
  expect(server.peak()).toBeLessThanOrEqual(10)
  expect(seconds).toBeLessThan(20)

  // Tenants that are known never wait for those that are down.
  const again = Promise.all(broken.map(call))
  const late = healthy.slice(-500)
  const since = performance.now()
  expect(new Set(await Promise.all(late.map(call)))).toEqual(new Set(['accepted']))
  expect(performance.now() - since).toBeLessThan(2000)
  await again
}, 60_000)

test('a tenant whose outage is over is served, after its pause', async () => {
  let mood: Mood = 'answers 500'
  const server = await startTenantServer(() => mood)
  const { verifier, advance } = platform((iss: string) => entryOf(iss), { fetch: server.fetch, keys: { retries: 0 } })
  expect(await outcome(verifier.verify(tokenOf('t1')))).toBe('unavailable/keys')
  mood = 'well'
  advance(31)
  expect(await outcome(verifier.verify(tokenOf('t1')))).toBe('accepted')
})

test('a tenant that was given up for another one is asked again', async () => {
  const server = await startTenantServer((tenant) => (Number(tenant) < 10 ? 'hangs' : 'well'))
  const { verifier } = platform((iss: string) => entryOf(iss), {
    fetch: server.fetch,
    keys: { timeout: 3, retries: 0 },
  })
  const stuck = Promise.all(Array.from({ length: 10 }, (_, tenant) => outcome(verifier.verify(tokenOf(tenant)))))
  const startedAt = performance.now()
  expect(await outcome(verifier.verify(tokenOf(10)))).toBe('accepted')
  const waited = performance.now() - startedAt
  expect(waited).toBeGreaterThan(300)
  expect(waited).toBeLessThan(1500)
  expect(new Set(await stuck)).toEqual(new Set(['unavailable/keys']))
})
