import { describe, expect, test } from 'vitest'
import { createUnknownKids } from '../../packages/core/src/keys/unknown-kids.js'
import { NOW } from '../support/fixture.js'
import { e1, ecKey } from '../support/keys.js'
import { down, issuerWith, UNKNOWN } from './source.js'

const next = ecKey('next', 'P-256')

describe('a kid that was asked for in vain', () => {
  test('is not asked for again within a minute, though another one is', async () => {
    const issuer = issuerWith([e1], { cooldown: 5 })
    await issuer.ask('e1')
    await issuer.ask('next')
    expect(issuer.loads).toBe(2)
    issuer.answer = [e1, next]
    issuer.advance(59.999)
    expect(await issuer.ask('next')).toBe(UNKNOWN)
    expect(issuer.loads).toBe(2)
    issuer.advance(0.001)
    expect(await issuer.ask('next')).toBe('keys: 1')
    expect(issuer.loads).toBe(3)
  })

  test('is used as soon as it is there: only requests are held back', async () => {
    const issuer = issuerWith([e1], { cooldown: 5 })
    await issuer.ask('e1')
    await issuer.ask('next')
    issuer.answer = [e1, next]
    issuer.advance(5)
    await issuer.ask('another')
    expect(await issuer.ask('next')).toBe('keys: 1')
    expect(issuer.loads).toBe(3)
  })

  test('is forgotten when there are other keys, and not when they are the same', async () => {
    const third = ecKey('third', 'P-256')
    const issuer = issuerWith([e1], { cooldown: 5 })
    await issuer.ask('e1')
    await issuer.ask('third')
    issuer.advance(5)
    await issuer.ask('x') // the same set again
    issuer.advance(5)
    await issuer.ask('third')
    expect(issuer.loads).toBe(3)
    issuer.answer = [e1, next]
    await issuer.ask('y') // another set
    expect(issuer.loads).toBe(4)
    issuer.answer = [e1, next, third]
    issuer.advance(5)
    expect(await issuer.ask('third')).toBe('keys: 1')
  })

  test('is not remembered where the issuer could not be asked', async () => {
    const issuer = issuerWith([e1], { cooldown: 5 })
    await issuer.ask('e1')
    issuer.answer = down()
    await issuer.ask('next')
    issuer.answer = [e1, next]
    issuer.advance(5)
    expect(await issuer.ask('next')).toBe('keys: 1')
  })

  test('is remembered from when the asking began: what was published since, nobody knows', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.latency = 100 // a process that stood still meanwhile
    await issuer.ask('next')
    issuer.latency = 0
    issuer.answer = [e1, next]
    expect(await issuer.ask('next')).toBe('keys: 1')
  })

  test('256 are remembered, the latest', () => {
    let now = NOW * 1000
    const unknownKids = createUnknownKids({ cooldown: 5, clock: () => now, onForced: () => {} })
    unknownKids.mayAsk('any')
    for (let i = 0; i <= 256; i++) unknownKids.remember(`kid-${i}`)
    now += 10_000
    expect(unknownKids.mayAsk('kid-1')).toBe(false)
    expect(unknownKids.mayAsk('kid-256')).toBe(false)
    expect(unknownKids.mayAsk('kid-0')).toBe(true)
  })
})

test('that requests are held back, and that one is allowed, is told when it begins', async () => {
  const issuer = issuerWith([e1])
  await issuer.ask('e1')
  for (let i = 0; i < 5; i++) await issuer.ask(`stranger-${i}`)
  issuer.advance(30)
  for (let i = 5; i < 8; i++) await issuer.ask(`stranger-${i}`)
  expect(issuer.told('keys.forced')).toEqual(
    ['allowed', 'limited', 'allowed', 'limited'].map((outcome) => ({ type: 'keys.forced', outcome })),
  )
})
