import { createVerifier, type Requirements } from '@resource-server/core'
import { expect, test } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { T } from '../support/token.js'

test('a predicate that returns a promise has not answered, and its failure does not end the process', async () => {
  const unhandled: unknown[] = []
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', onUnhandled)
  const options = { issuer: { issuer: I, jwks: { keys: publicKeys } }, audience: A, clock: () => NOW * 1000 }
  const predicate = (): Promise<never> => Promise.reject(new Error('too late'))
  const requirements = { claims: { sub: predicate } } as unknown as Requirements
  await expect(createVerifier(options).verify(T, requirements)).rejects.toMatchObject({ reason: 'claim' })
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled).toEqual([])
})
