import { describe, expect, test } from 'vitest'
import { NOW } from '../support/fixture.js'
import { e1, ecKey } from '../support/keys.js'
import { down, issuerWith, REFRESH_AT, settled } from './source.js'

const next = ecKey('next', 'P-256')

describe('what is known without asking', () => {
  test('from the first to the last state', async () => {
    const issuer = issuerWith([e1, next])
    expect(issuer.status()).toEqual({
      state: 'unloaded',
      keys: 0,
      age: undefined,
      lastError: undefined,
      nextAttemptAt: undefined,
    })
    await issuer.ask('e1')
    const refreshAt = (NOW + REFRESH_AT) * 1000
    expect(issuer.status()).toEqual({
      state: 'fresh',
      keys: 2,
      age: 0,
      lastError: undefined,
      nextAttemptAt: refreshAt,
    })
    issuer.advance(599)
    expect(issuer.status()).toMatchObject({ state: 'fresh', age: 599, nextAttemptAt: refreshAt })
    issuer.advance(1)
    expect(issuer.status()).toMatchObject({ state: 'stale', keys: 2, age: 600 })
    issuer.advance(3600)
    expect(issuer.status()).toMatchObject({ state: 'expired', keys: 2, age: 4200 })
    expect(issuer.loads).toBe(1)
  })

  test('after a failure: what it was, and when it is tried again', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.answer = down()
    issuer.advance(600)
    await issuer.ask('e1')
    const now = (NOW + 600) * 1000
    expect(issuer.status()).toMatchObject({ lastError: down().message, nextAttemptAt: now + 1000 })
    issuer.advance(10)
    expect(issuer.status()).toMatchObject({ lastError: down().message, nextAttemptAt: now + 10_000 })
    issuer.answer = [e1]
    await issuer.ask('e1')
    await settled()
    expect(issuer.status()).toMatchObject({ state: 'fresh', lastError: undefined })
  })
})

describe('loading before anything is needed', () => {
  test('fetches once, together with those who wait already', async () => {
    const issuer = issuerWith([e1])
    await Promise.all([issuer.load(), issuer.ask('e1'), issuer.load()])
    await issuer.load()
    expect(issuer.loads).toBe(1)
    expect(issuer.status().state).toBe('fresh')
  })

  test('fetches what is due, and what is stale', async () => {
    const issuer = issuerWith([e1])
    await issuer.load()
    issuer.advance(REFRESH_AT)
    await issuer.load()
    issuer.advance(600)
    await issuer.load()
    expect(issuer.loads).toBe(3)
    expect(issuer.status()).toMatchObject({ state: 'fresh', age: 0 })
  })

  test('ends when the issuer fails, and within the time of a request when it does not answer', async () => {
    const issuer = issuerWith(down(), { timeout: 0.1 })
    await issuer.load()
    expect(issuer.status()).toMatchObject({ state: 'unloaded', lastError: down().message })
    issuer.advance(1)
    issuer.hold()
    await issuer.load()
    expect(issuer.loads).toBe(2)
    issuer.release()
  })

  test('keeps to the pause after a failure', async () => {
    const issuer = issuerWith(down())
    await issuer.load()
    await issuer.load()
    expect(issuer.loads).toBe(1)
  })

  test('a bug travels on', async () => {
    await expect(issuerWith(new RangeError('a bug')).load()).rejects.toThrow(new RangeError('a bug'))
  })
})
