import { setTimeout as delay } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import { createVerifier, type Requirements } from '@resource-server/core'
import { expect, test } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { T } from '../support/token.js'

test.each<[string, () => unknown]>([
  ['a promise', () => Promise.reject(new Error('too late'))],
  ['a promise of another realm', runInNewContext('() => Promise.reject(new Error("too late"))')],
])('a predicate that returns %s has not answered, and its failure does not end the process', async (_, predicate) => {
  const unhandled: unknown[] = []
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', onUnhandled)
  const options = { issuer: { issuer: I, jwks: { keys: publicKeys } }, audience: A, clock: () => NOW * 1000 }
  const requirements = { claims: { sub: predicate } } as unknown as Requirements
  await expect(createVerifier(options).verify(T, requirements)).rejects.toMatchObject({ reason: 'claim' })
  await delay(10)
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled).toEqual([])
})
