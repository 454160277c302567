import { afterAll, describe, expect, test } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { type Behaviour, hang, jwks, status } from '../support/jwks-server.js'
import { e1, ecKey } from '../support/keys.js'
import { token } from '../support/token.js'
import { createWorld, type World } from '../support/world.js'

// What is promised about keys, each promise by its number, on real sockets with a counter of who asks.

const next = ecKey('next', 'P-256')
const claims = { exp: NOW + 100_000 }
const tokens = { e1: token({ claims }), next: token({ header: { kid: 'next' }, key: next, claims }) }
const stranger = (i: number): string => token({ header: { kid: `stranger-${i}` }, claims })

const down: Behaviour = status(503)
const both: Behaviour = jwks([e1.jwk, next.jwk])

const worlds: World[] = []
afterAll(async () => {
  await Promise.all(worlds.map((world) => world.close()))
})

async function worldOf(
  keys: object = {},
): Promise<World & { ask(jwt: string): Promise<string>; issuer(is: Behaviour): void }> {
  const world = await createWorld({ issuers: { [I]: { '/jwks': both } }, options: { audience: A, keys } })
  worlds.push(world)
  return {
    ...world,
    issuer: (is) => world.serve(I, { '/jwks': is }),
    ask: (jwt) =>
      world.verifier.verify(jwt).then(
        () => 'accepted',
        ({ kind }: { kind: string }) => kind,
      ),
  }
}

/** Asks every so many seconds, for so long, and tells what came out. */
async function over(
  world: Awaited<ReturnType<typeof worldOf>>,
  jwt: string,
  seconds: number,
  every: number,
): Promise<Set<string>> {
  const outcomes = new Set<string>()
  for (let passed = 0; passed < seconds; passed += every) {
    world.advance(every)
    outcomes.add(await world.ask(jwt))
  }
  return outcomes
}

describe('1: a withdrawn key is refused', () => {
  test.each([
    ['with a token every second', 1],
    ['with a token a minute', 60],
    ['with the next token ten minutes later', 600],
  ])('within ten minutes while the issuer is reachable, %s', async (_, every) => {
    const world = await worldOf()
    await world.ask(tokens.e1)
    world.issuer(jwks([next.jwk]))
    await over(world, tokens.e1, 600 - every, every)
    world.advance(every)
    expect(await world.ask(tokens.e1)).toBe('invalid_token')
  })

  test('within seventy minutes when it is not', async () => {
    const world = await worldOf({ retries: 0 })
    await world.ask(tokens.e1)
    world.issuer(down)
    expect(await over(world, tokens.e1, 4199, 13)).toEqual(new Set(['accepted']))
    world.advance(13)
    expect(await world.ask(tokens.e1)).toBe('unavailable')
  })

  test('within maxAge with staleIfError: 0', async () => {
    const world = await worldOf({ staleIfError: 0, retries: 0 })
    await world.ask(tokens.e1)
    world.issuer(down)
    expect(await over(world, tokens.e1, 599, 1)).toEqual(new Set(['accepted']))
    world.advance(1)
    expect(await world.ask(tokens.e1)).toBe('unavailable')
  })
})

describe('2: the first token of a new key is accepted', () => {
  test('after one fetch that it waits for', async () => {
    const world = await worldOf()
    world.issuer(jwks([e1.jwk]))
    await world.ask(tokens.e1)
    world.issuer(both)
    expect(await world.ask(tokens.next)).toBe('accepted')
    expect(world.outbound).toHaveLength(2)
  })

  test('at worst thirty seconds late, if strangers ask for keys of their own', async () => {
    const world = await worldOf()
    world.issuer(jwks([e1.jwk]))
    await world.ask(tokens.e1)
    await world.ask(stranger(0))
    world.issuer(both)
    world.advance(29)
    expect(await world.ask(tokens.next)).toBe('invalid_token')
    world.advance(1)
    expect(await world.ask(tokens.next)).toBe('accepted')
  })

  test('tokens of cached keys never wait and never fail for it', async () => {
    const world = await worldOf()
    world.issuer(jwks([e1.jwk]))
    await world.ask(tokens.e1)
    world.issuer(hang)
    const waiting = world.ask(stranger(0))
    const startedAt = performance.now()
    for (let i = 0; i < 100; i++) expect(await world.ask(tokens.e1)).toBe('accepted')
    expect(performance.now() - startedAt).toBeLessThan(2000)
    expect(await waiting).toBe('unavailable')
  })
})

describe('3: load on the issuer, at any rate of requests', () => {
  const HOUR = 3600

  test('one scheduled fetch in eight minutes or so', async () => {
    const world = await worldOf()
    await over(world, tokens.e1, HOUR, 1)
    expect(world.outbound.length).toBeGreaterThanOrEqual(6) // maxAge would be six
    expect(world.outbound.length).toBeLessThanOrEqual(1 + Math.ceil(HOUR / 432))
  })

  test('two forced ones a minute', async () => {
    const world = await worldOf()
    await world.ask(tokens.e1)
    for (let second = 0; second < 300; second++) {
      world.advance(1)
      await Promise.all([world.ask(stranger(second)), world.ask(stranger(-second)), world.ask(tokens.e1)])
    }
    expect(world.outbound.length).toBeGreaterThanOrEqual(10)
    expect(world.outbound.length).toBeLessThanOrEqual(1 + 10)
  })

  test('while it fails, one attempt for each step of the back-off, of two requests at most', async () => {
    const world = await worldOf()
    await world.ask(tokens.e1)
    world.issuer(status(403))
    const before = world.outbound.length
    world.advance(600)
    for (let second = 0; second < 120; second++) {
      await Promise.all([world.ask(tokens.e1), world.ask(stranger(second))])
      world.advance(1)
    }
    const attempts = world.events.filter((event) => event.type === 'keys.fetch' && !event.ok)
    expect(world.outbound.length - before).toBe(attempts.length)
    expect(attempts.length).toBeLessThanOrEqual(120)
    expect(attempts.length).toBeGreaterThanOrEqual(6)
    world.issuer(down) // which is worth a second try
    world.advance(30)
    const beforeRetry = world.outbound.length
    await world.ask(tokens.next)
    expect(world.outbound.length - beforeRetry).toBeLessThanOrEqual(2)
  })
})

test('4: no request waits longer than five seconds for keys', { timeout: 20_000 }, async () => {
  const world = await worldOf()
  world.issuer(hang)
  const startedAt = performance.now()
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => world.ask(tokens.e1)))
  expect(performance.now() - startedAt).toBeLessThan(6000) // five, and the time of a busy machine
  expect(new Set(outcomes)).toEqual(new Set(['unavailable']))
})

describe('5: through an outage of up to an hour, no token of a known key is refused', () => {
  test.each([
    ['that begins just after a fetch', 0],
    ['that begins just before one', 431],
    ['that begins when the keys have just reached their age', 599],
  ])('%s', async (_, age) => {
    const world = await worldOf({ retries: 0 })
    await world.ask(tokens.e1)
    await world.ask(tokens.next)
    world.advance(age)
    world.issuer(down)
    expect(await over(world, tokens.e1, 3600, 6)).toEqual(new Set(['accepted']))
    expect(await world.ask(tokens.next)).toBe('accepted')
    world.issuer(both)
    world.advance(60)
    expect(await world.ask(tokens.e1)).toBe('accepted')
    expect(world.verifier.status().issuers[0]).toMatchObject({ state: 'fresh', lastError: undefined })
  })
})
