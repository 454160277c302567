import { expect, test } from 'vitest'
import type { SkippedKey } from '../../packages/core/src/keys/key-set.js'
import { createStaticKeySource } from '../../packages/core/src/keys/static-keys.js'
import type { JsonValue } from '../../packages/core/src/lib/json.js'
import { asyncRefusalOf } from '../jwt/rejection.js'
import { e1, r1 } from '../support/keys.js'
import { UNKNOWN } from './source.js'

test('RFC 7517 §5: keys that were given are imported once, when the first token comes', async () => {
  const skipped: SkippedKey[] = []
  const members = [e1.jwk, { kty: 'WAT', kid: 'wat' }, r1.jwk] as JsonValue[]
  const source = createStaticKeySource(members, (key) => skipped.push(key))
  expect(skipped).toEqual([])
  const never = (): boolean => {
    throw new Error('there is nobody to ask')
  }
  const [[first], [second]] = await Promise.all([source.find('ES256', 'e1', never), source.find('ES256', 'e1', never)])
  expect(first).toBeDefined()
  expect(second).toBe(first)
  expect(await source.find('RS256', undefined, never)).toHaveLength(1)
  expect(await asyncRefusalOf(() => source.find('ES256', 'r1', never))).toBe(UNKNOWN)
  expect(await asyncRefusalOf(() => source.find('ES256', 'x', never))).toBe(UNKNOWN)
  expect(skipped).toEqual([{ kid: 'wat', kty: 'WAT', why: 'unsupported' }])
})

test('their status: never old, never asked for', async () => {
  const source = createStaticKeySource([e1.jwk, r1.jwk] as JsonValue[], () => {})
  const never = { age: undefined, lastError: undefined, nextAttemptAt: undefined }
  expect(source.status()).toEqual({ state: 'unloaded', keys: 0, ...never })
  await source.load()
  expect(source.status()).toEqual({ state: 'fresh', keys: 2, ...never })
})
