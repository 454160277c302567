import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Rejection } from '../../packages/core/src/failure.js'
import { LoadError } from '../../packages/core/src/lib/exchange.js'
import { e1, ecKey } from '../support/keys.js'
import { down, type Issuer, issuerWith, UNAVAILABLE, UNKNOWN } from './source.js'

const next = ecKey('next', 'P-256')

const times = (count: number, ask: (i: number) => Promise<string>): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => ask(i)))

async function loadedIssuer(...given: Parameters<typeof issuerWith>): Promise<Issuer> {
  const issuer = issuerWith(...given)
  await issuer.ask('e1')
  return issuer
}

describe('one request at a time', () => {
  test('fifty tokens at a cold start share one', async () => {
    const issuer = issuerWith([e1])
    const outcomes = await times(50, () => issuer.ask('e1'))
    expect(new Set(outcomes)).toEqual(new Set(['keys: 1']))
    expect(issuer.loads).toBe(1)
  })

  test('and its failure', async () => {
    const issuer = issuerWith(down())
    const outcomes = await times(50, () => issuer.ask('e1'))
    expect(new Set(outcomes)).toEqual(new Set([UNAVAILABLE]))
    expect(issuer.loads).toBe(1)
  })

  test('fifty tokens at maxAge share one', async () => {
    const issuer = await loadedIssuer([e1])
    issuer.advance(600)
    await times(50, () => issuer.ask('e1'))
    expect(issuer.loads).toBe(2)
  })

  test('fifty tokens of a new key share one, and all are accepted', async () => {
    const issuer = await loadedIssuer([e1])
    issuer.answer = [e1, next]
    const outcomes = await times(50, () => issuer.ask('next'))
    expect(new Set(outcomes)).toEqual(new Set(['keys: 1']))
    expect(issuer.loads).toBe(2)
  })

  test('a token that comes while the issuer is being asked joins in', async () => {
    const issuer = await loadedIssuer([e1])
    issuer.answer = [e1, next]
    issuer.hold()
    const first = issuer.ask('another')
    const second = issuer.ask('next')
    issuer.release()
    expect(await Promise.all([first, second])).toEqual([UNKNOWN, 'keys: 1'])
    expect(issuer.loads).toBe(2)
  })

  test('tokens of cached keys do not wait for it', async () => {
    const issuer = await loadedIssuer([e1])
    issuer.hold()
    const waiting = issuer.ask('next')
    expect(await issuer.ask('e1')).toBe('keys: 1')
    issuer.release()
    await waiting
  })
})

describe('an unknown kid', () => {
  test('brings the new key with the first token', async () => {
    const issuer = await loadedIssuer([e1])
    issuer.answer = [e1, next]
    expect(await issuer.ask('next')).toBe('keys: 1')
    expect(issuer.loads).toBe(2)
  })

  test('of strangers costs one request per cooldown, counted from its start', async () => {
    const issuer = await loadedIssuer([e1])
    issuer.latency = 4
    const outcomes = await times(200, (i) => issuer.ask(`stranger-${i}`))
    expect(new Set(outcomes)).toEqual(new Set([UNKNOWN]))
    expect(issuer.loads).toBe(2)
    issuer.latency = 0
    issuer.advance(25.999) // 29.999 since its start
    await issuer.ask('stranger')
    expect(issuer.loads).toBe(2)
    issuer.advance(0.001)
    await issuer.ask('stranger')
    await issuer.ask('stranger')
    expect(issuer.loads).toBe(3)
  })

  test('the cooldown counts after a failure too', async () => {
    const issuer = await loadedIssuer([e1])
    issuer.answer = down()
    await issuer.ask('next')
    expect(issuer.loads).toBe(2)
    issuer.answer = [e1, next]
    issuer.advance(29)
    await issuer.ask('next')
    expect(issuer.loads).toBe(2)
    issuer.advance(1)
    expect(await issuer.ask('next')).toBe('keys: 1')
    expect(issuer.loads).toBe(3)
  })

  test('the cooldown is an option', async () => {
    const issuer = await loadedIssuer([e1], { cooldown: 5 })
    await issuer.ask('x')
    issuer.advance(4.999)
    await issuer.ask('y')
    expect(issuer.loads).toBe(2)
    issuer.advance(0.001)
    await issuer.ask('z')
    expect(issuer.loads).toBe(3)
  })

  test('the cooldown does not hold back the refresh at maxAge', async () => {
    const issuer = await loadedIssuer([e1], { maxAge: 60, cooldown: 600 })
    await issuer.ask('x')
    issuer.advance(60)
    await issuer.ask('e1')
    expect(issuer.loads).toBe(3)
  })

  test('is not asked for again by the token that has just asked', async () => {
    const issuer = issuerWith([e1])
    expect(await issuer.ask('next')).toBe(UNKNOWN)
    expect(issuer.loads).toBe(1)
    issuer.advance(600)
    expect(await issuer.ask('next')).toBe(UNKNOWN)
    expect(issuer.loads).toBe(2)
  })

  test('of a token that would be refused anyway costs nothing', async () => {
    const issuer = await loadedIssuer([e1])
    issuer.answer = [e1, next]
    expect(await issuer.ask('next', () => false)).toBe(UNKNOWN)
    expect(issuer.loads).toBe(1)
    expect(await issuer.ask('next', () => true)).toBe('keys: 1')
  })

  test('whether it would is asked only where the kid is unknown', async () => {
    const issuer = await loadedIssuer([e1])
    let asked = 0
    const worthAsking = (): boolean => {
      asked++
      return true
    }
    await issuer.ask('e1', worthAsking)
    await issuer.ask(undefined, worthAsking)
    expect(asked).toBe(0)
    await issuer.ask('x', worthAsking)
    expect(asked).toBe(1)
  })

  test('no request for a known kid that does not fit the algorithm', async () => {
    const issuer = await loadedIssuer([e1])
    expect(await issuer.ask('e1', () => true, 'RS256')).toBe(UNKNOWN)
    expect(issuer.loads).toBe(1)
  })

  test('no request for a kid whose key is skipped', async () => {
    const issuer = await loadedIssuer({ jwks: [e1.jwk, { ...next.jwk, use: 'enc' }] })
    expect(await issuer.ask('next')).toBe(UNKNOWN)
    expect(issuer.loads).toBe(1)
  })

  test('no request for a token without kid', async () => {
    const issuer = await loadedIssuer([e1])
    expect(await issuer.ask(undefined, () => true, 'RS256')).toBe(UNKNOWN)
    expect(await issuer.ask(undefined)).toBe('keys: 1')
    expect(issuer.loads).toBe(1)
  })
})

test('a request that has waited for one fetch does not wait as long again for a second', async () => {
  const issuer = issuerWith(new LoadError('metadata', 'of long ago'), { timeout: 0.2 })
  await issuer.ask('e1')
  issuer.answer = [e1]
  issuer.advance(1)
  await issuer.ask('e1')
  issuer.advance(600)
  const loadsBefore = issuer.loads
  issuer.hold()
  const first = issuer.ask('e1')
  const startedAt = performance.now()
  const second = issuer.find('next').catch((thrown: unknown) => thrown)
  await delay(100)
  issuer.release()
  issuer.hold()
  expect(await first).toBe('keys: 1')
  const rejection = (await second) as Rejection
  expect(rejection.failure).toEqual({ kind: 'unavailable', reason: 'keys', retryAfter: 1 })
  expect(rejection.evidence.cause).toBeUndefined()
  const seconds = (performance.now() - startedAt) / 1000
  expect(seconds).toBeGreaterThan(0.18)
  expect(seconds).toBeLessThan(0.28)
  expect(issuer.loads).toBe(loadsBefore + 2)
  // The fetch goes on for those who come later.
  issuer.answer = [e1, next]
  const third = issuer.ask('next')
  issuer.release()
  expect(await third).toBe('keys: 1')
  expect(issuer.loads).toBe(loadsBefore + 2)
})

test('each attempt is reported with how it ended and how long it took', async () => {
  const issuer = issuerWith([e1])
  issuer.latency = 1.5
  await issuer.ask('e1')
  await issuer.ask('e1')
  issuer.answer = down()
  await issuer.ask('x')
  issuer.answer = []
  issuer.latency = 0
  issuer.advance(30)
  await issuer.ask('x')
  issuer.answer = [e1]
  issuer.advance(30)
  await issuer.ask('x')
  expect(issuer.told('keys.fetch')).toEqual([
    { type: 'keys.fetch', ok: true, ms: 1500, bytes: 500, attempt: 1 },
    { type: 'keys.fetch', ok: false, reason: down().message, ms: 1500, attempt: 1 },
    { type: 'keys.fetch', ok: false, reason: 'The JWK set of the issuer has no usable key', ms: 0, attempt: 2 },
    { type: 'keys.fetch', ok: true, ms: 0, bytes: 500, attempt: 3 },
  ])
})

describe('back-off', () => {
  test('a hundred tokens in a row while the issuer is down make one attempt', async () => {
    const issuer = issuerWith(down())
    for (let i = 0; i < 100; i++) expect(await issuer.ask('e1')).toBe(UNAVAILABLE)
    expect(issuer.loads).toBe(1)
  })

  test('1, 2, 4, 8, 16, 30, 30 … seconds', async () => {
    const issuer = issuerWith(down())
    await issuer.ask('e1')
    for (const [i, pause] of [1, 2, 4, 8, 16, 30, 30, 30].entries()) {
      issuer.advance(pause - 0.001)
      await issuer.ask('e1')
      expect(issuer.loads).toBe(i + 1)
      issuer.advance(0.001)
      await issuer.ask('e1')
      expect(issuer.loads).toBe(i + 2)
    }
  })

  test('less by chance, but at least one second', async () => {
    const issuer = issuerWith(down())
    issuer.random = 0.5
    await issuer.ask('e1') // 1: not 0.5
    for (const [i, pause] of [1, 1, 2, 4, 8, 15, 15].entries()) {
      issuer.advance(pause - 0.001)
      await issuer.ask('e1')
      expect(issuer.loads).toBe(i + 1)
      issuer.advance(0.001)
      await issuer.ask('e1')
      expect(issuer.loads).toBe(i + 2)
    }
    issuer.random = 0
    issuer.advance(30)
    await issuer.ask('e1')
    const { loads } = issuer
    issuer.advance(0.999)
    await issuer.ask('e1')
    expect(issuer.loads).toBe(loads)
    issuer.advance(0.001)
    await issuer.ask('e1')
    expect(issuer.loads).toBe(loads + 1)
  })

  test('an hour of requests every second while it is down: at most one attempt per step', async () => {
    const issuer = await loadedIssuer([e1])
    issuer.answer = down()
    issuer.advance(600)
    for (let second = 0; second < 3600; second++) {
      expect(await issuer.ask('e1')).toBe('keys: 1')
      issuer.advance(1)
    }
    expect(issuer.loads).toBeLessThanOrEqual(1 + 6 + 3600 / 30)
  })

  test('holds for unknown kids too', async () => {
    const issuer = await loadedIssuer([e1], { cooldown: 5 })
    issuer.answer = down()
    for (let i = 0; i < 5; i++) {
      issuer.advance(30)
      await issuer.ask('x')
    }
    expect(issuer.loads).toBe(6)
    issuer.advance(15) // past the cooldown, within the back-off of 16 s
    expect(await issuer.ask('x')).toBe(UNAVAILABLE)
    expect(issuer.loads).toBe(6)
    issuer.advance(1) // what was held back has not begun another cooldown
    await issuer.ask('x')
    expect(issuer.loads).toBe(7)
  })

  test('begins anew after a success', async () => {
    const issuer = issuerWith(down())
    for (let i = 0; i < 5; i++) {
      await issuer.ask('e1')
      issuer.advance(30)
    }
    issuer.answer = [e1]
    await issuer.ask('e1')
    issuer.answer = down()
    issuer.advance(600)
    await issuer.ask('e1')
    const { loads } = issuer
    issuer.advance(1)
    await issuer.ask('e1')
    expect(issuer.loads).toBe(loads + 1)
  })

  test('counts from the end of a failed attempt', async () => {
    const issuer = issuerWith(down())
    issuer.latency = 5
    await issuer.ask('e1')
    issuer.latency = 0
    issuer.advance(0.999)
    await issuer.ask('e1')
    expect(issuer.loads).toBe(1)
    issuer.advance(0.001)
    await issuer.ask('e1')
    expect(issuer.loads).toBe(2)
  })

  test.each([
    [1, 0, 1],
    [3, 0, 4],
    [3, 0.5, 4],
    [3, 3.2, 1],
    [6, 0, 30],
    [6, 0.5, 30],
    [6, 29.9, 1],
  ])('RFC 9110 §10.2.3: after %d failures, %d s later, Retry-After is %d', async (failures, later, retryAfter) => {
    const issuer = issuerWith(down())
    for (let i = 0; i < failures; i++) {
      if (i > 0) issuer.advance(30)
      await issuer.ask('e1')
    }
    expect(issuer.loads).toBe(failures)
    issuer.advance(later)
    const rejection = (await issuer.find('e1').catch((thrown: unknown) => thrown)) as Rejection
    expect(rejection.failure).toEqual({ kind: 'unavailable', reason: 'keys', retryAfter })
  })
})
