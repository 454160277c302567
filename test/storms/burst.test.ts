import { AsyncLocalStorage } from 'node:async_hooks'
import { createVerifier, type VerifierEvent } from '@resource-server/core'
import { expect, test } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { T, token } from '../support/token.js'

const nextTurn = () => new Promise(setImmediate)

/** A verifier with its keys at hand, and what it tells. */
function watched() {
  const events: VerifierEvent[] = []
  const verifier = createVerifier({
    issuer: { issuer: I, jwks: { keys: publicKeys } },
    audience: A,
    clock: () => NOW * 1000,
    onEvent: (event) => void events.push(event),
  })
  return { verifier, events }
}

test('of many new tokens that come at once, those that have to wait are not even read before their turn comes', async () => {
  const { verifier, events } = watched()
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

test('a predicate finds itself in the request whose token it is asked about, however long that had to wait', async () => {
  const tenants = new AsyncLocalStorage<string>()
  const verifier = createVerifier({
    issuer: { issuer: I, jwks: { keys: publicKeys }, claims: { org: (org) => org === tenants.getStore() } },
    audience: A,
    clock: () => NOW * 1000,
  })
  const ask = async (tenant: string, n: number) =>
    tenants.run(tenant, async () => verifier.verify(token({ claims: { org: n % 2 === 0 ? 'a' : 'b', jti: `${n}` } })))
  const outcomes = await Promise.allSettled(
    Array.from({ length: 300 }, async (_, n) => ask(n % 3 === 0 ? 'a' : 'b', n)),
  )
  const expected = outcomes.map((_, n) => ((n % 2 === 0) === (n % 3 === 0) ? 'fulfilled' : 'rejected'))
  expect(outcomes.map(({ status }) => status)).toEqual(expected)
})

test('one that is too long for a token does not wait: it is refused where it stands', async () => {
  const { verifier, events } = watched()
  const good = Array.from({ length: 500 }, (_, n) => verifier.verify(token({ claims: { jti: `${n}` } })))
  const tooLong = verifier.verify('a.b.c'.padEnd(16 * 1024 + 1, 'c'))
  expect(events).toMatchObject([{ kind: 'invalid_token', reason: 'malformed' }])
  await expect(tooLong).rejects.toMatchObject({ reason: 'malformed' })
  await Promise.all(good)
})

test('a copy that has waited finds what was found out about the first one meanwhile', async () => {
  const { verifier } = watched()
  const tokens = Array.from({ length: 500 }, (_, n) => token({ claims: { jti: `${n}` } }))
  const first = tokens.map((jwt) => verifier.verify(jwt))
  const copy = verifier.verify(Buffer.from(tokens[250]!).toString())
  expect(await copy).toBe(await first[250])
  await Promise.all(first)
})

test('an opaque token does not wait behind new JWTs', async () => {
  const introspect = async () => ({ active: true, iss: I, aud: A, exp: NOW + 60 })
  const verifier = createVerifier({
    issuer: { issuer: I, jwks: { keys: publicKeys }, introspection: { introspect } },
    audience: A,
    clock: () => NOW * 1000,
  })
  await verifier.verify('opaque') // what is needed for it is loaded when the first one comes
  await nextTurn()

  let verified = 0
  const jwts = Array.from({ length: 500 }, async (_, n) => {
    await verifier.verify(token({ claims: { jti: `${n}` } }))
    verified++
  })
  await verifier.verify('opaque')
  expect(verified).toBeLessThan(250)
  await Promise.all(jwts)
})
