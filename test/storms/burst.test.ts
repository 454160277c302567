import { createVerifier, type VerifierEvent } from '@resource-server/core'
import { expect, test } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { T, token } from '../support/token.js'

const nextTurn = () => new Promise(setImmediate)

test('of many new tokens that come at once, those that have to wait are not even read before their turn comes', async () => {
  const events: VerifierEvent[] = []
  const verifier = createVerifier({
    issuer: { issuer: I, jwks: { keys: publicKeys } },
    audience: A,
    clock: () => NOW * 1000,
    onEvent: (event) => void events.push(event),
  })
  await verifier.verify(T)
  await nextTurn()

  const good = Array.from({ length: 500 }, (_, n) => verifier.verify(token({ claims: { sub: `u${n}` } })))
  const bad = verifier.verify('not.a.token')
  expect(events).toEqual([])
  const known = await verifier.verify(T) // and one that is known waits for nobody
  expect([known.subject, events]).toEqual(['u1', []])
  await expect(bad).rejects.toMatchObject({ reason: 'malformed' })
  expect((await Promise.all(good)).map(({ subject }) => subject)).toEqual(good.map((_, n) => `u${n}`))
})
