import { describe, expect, test } from 'vitest'
import { e1, ecKey } from '../support/keys.js'
import { down, issuerWith, REFRESH_AT, settled, UNAVAILABLE, UNKNOWN } from './source.js'

const next = ecKey('next', 'P-256')

describe('keys to begin with', () => {
  test('are used without waiting, while the issuer is asked behind the first token', async () => {
    const issuer = issuerWith([next], { seed: [e1] })
    issuer.hold()
    expect(await issuer.ask('e1')).toBe('keys: 1')
    expect(issuer.loads).toBe(1)
    issuer.release()
    await settled()
    expect(await issuer.ask('e1')).toBe(UNKNOWN)
    expect(await issuer.ask('next')).toBe('keys: 1')
  })

  test('a token of another key waits for the issuer', async () => {
    const issuer = issuerWith([e1, next], { seed: [e1] })
    expect(await issuer.ask('next')).toBe('keys: 1')
    expect(issuer.loads).toBe(1)
  })

  test('serve as long as keys that were just fetched while the issuer is down, and no longer', async () => {
    const issuer = issuerWith(down(), { seed: [e1] })
    expect(await issuer.ask('e1')).toBe('keys: 1')
    expect(await issuer.ask('next')).toBe(UNAVAILABLE)
    issuer.advance(600 + 3600 - 0.001)
    expect(await issuer.ask('e1')).toBe('keys: 1')
    issuer.advance(0.001)
    expect(await issuer.ask('e1')).toBe(UNAVAILABLE)
  })

  test('count from the first token, not from when the verifier was made: a platform may have had no clock then', async () => {
    const issuer = issuerWith(down(), { seed: [e1] })
    issuer.advance(1_000_000)
    expect(await issuer.ask('e1')).toBe('keys: 1')
  })

  test('the same keys from the issuer keep what was imported, and are fetched again when they are due', async () => {
    const issuer = issuerWith([e1], { seed: [e1] })
    const [before] = await issuer.find('e1')
    await settled()
    expect(issuer.loads).toBe(1)
    issuer.advance(REFRESH_AT - 1)
    const [after] = await issuer.find('e1')
    expect(after).toBe(before)
    expect(issuer.loads).toBe(1)
    issuer.advance(1)
    await issuer.ask('e1')
    expect(issuer.loads).toBe(2)
  })

  test('none of which the runtime can use are none', async () => {
    const issuer = issuerWith([e1], { seed: [{ ...e1, jwk: { kty: 'WAT', kid: 'e1' } }] })
    expect(await issuer.ask('e1')).toBe('keys: 1')
    expect(issuer.loads).toBe(1)
  })

  test('are told of as what they are: in use, and of no known age', async () => {
    const issuer = issuerWith([e1, next], { seed: [e1] })
    expect(issuer.status()).toMatchObject({ state: 'unloaded', keys: 0, age: undefined })
    issuer.hold()
    await issuer.ask('e1')
    expect(issuer.status()).toMatchObject({ state: 'fresh', keys: 1, age: undefined })
    issuer.release()
    await settled()
    expect(issuer.status()).toMatchObject({ state: 'fresh', keys: 2, age: 0 })
    expect(issuer.told('keys.changed')).toEqual([
      { type: 'keys.changed', added: ['e1'], removed: [] },
      { type: 'keys.changed', added: ['next'], removed: [] },
    ])
  })
})
