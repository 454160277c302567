import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { createVerifier, type VerifierEvent, type VerifierOptions } from '@resource-server/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { e1, publicKeys, strangerEc } from '../support/keys.js'
import { token } from '../support/token.js'

const KEYS_AT_HAND: Partial<VerifierOptions> = { issuer: { issuer: I, jwks: { keys: publicKeys } } }
const BUILT_IN = { verify: crypto.verify, subtleVerify: crypto.subtle.verify }
const COPIES = 64

let signatures = 0

beforeAll(() => {
  crypto.verify = ((...given: Parameters<typeof crypto.verify>) => {
    signatures++
    return BUILT_IN.verify(...given)
  }) as typeof crypto.verify
  crypto.subtle.verify = (...given: Parameters<typeof crypto.subtle.verify>) => {
    signatures++
    return BUILT_IN.subtleVerify.apply(crypto.subtle, given)
  }
  syncBuiltinESMExports()
})
afterAll(() => {
  crypto.verify = BUILT_IN.verify
  crypto.subtle.verify = BUILT_IN.subtleVerify
  syncBuiltinESMExports()
})
beforeEach(() => {
  signatures = 0
})

function verifierWith(changes: Partial<VerifierOptions> = {}) {
  const events: VerifierEvent[] = []
  let asked = 0
  const verifier = createVerifier({
    issuer: { issuer: I, jwksUri: `${I}/jwks` },
    audience: A,
    clock: () => NOW * 1000,
    fetch: async () => {
      asked++
      await new Promise((resolve) => setTimeout(resolve, 100))
      return Response.json({ keys: [e1.jwk] })
    },
    onEvent: (event) => void events.push(event),
    ...changes,
  })
  return { verifier, events, asked: () => asked }
}

const copiesOf = (jwt: string): string[] => Array.from({ length: COPIES }, () => Buffer.from(jwt).toString())

describe('64 copies of one new token cost one signature', () => {
  test('while the keys are still loading', async () => {
    const { verifier, asked } = verifierWith()
    const accessTokens = await Promise.all(copiesOf(token({})).map((copy) => verifier.verify(copy)))
    expect([signatures, asked()]).toEqual([1, 1])
    expect(new Set(accessTokens.map(({ subject }) => subject))).toEqual(new Set(['u1']))
  })

  test('with the keys at hand', async () => {
    const { verifier } = verifierWith(KEYS_AT_HAND)
    await verifier.ready()
    await Promise.all(copiesOf(token({})).map((copy) => verifier.verify(copy)))
    expect(signatures).toBe(1)
  })

  test('with the keys at hand, while the first one waits for its turn behind many others', async () => {
    const { verifier } = verifierWith({ ...KEYS_AT_HAND, tokenCache: false })
    await verifier.ready()
    const others = Array.from({ length: 100 }, (_, n) => token({ claims: { jti: `other ${n}` } }))
    const all = [...others, ...copiesOf(token({}))].map((jwt) => verifier.verify(jwt))
    expect(new Set((await Promise.all(all)).map(({ subject }) => subject))).toEqual(new Set(['u1']))
    // A few are verified twice where the other threads keep them waiting.
    expect(signatures).toBeLessThan(130)
  })

  test('without a memory too, while they wait', async () => {
    const { verifier } = verifierWith({ tokenCache: false })
    await Promise.all(copiesOf(token({})).map((copy) => verifier.verify(copy)))
    expect(signatures).toBe(1)
  })

  test('and are refused together, each with its own error and event', async () => {
    const { verifier, events } = verifierWith()
    const forged = token({ key: strangerEc })
    const outcomes = await Promise.allSettled(copiesOf(forged).map((copy) => verifier.verify(copy)))
    expect(signatures).toBe(1)
    expect(new Set(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason)).size).toBe(COPIES)
    const refusals = events.filter((event) => event.type === 'authentication.failed')
    expect(refusals).toHaveLength(COPIES)
    expect(refusals.every(({ issuer, reason }) => issuer === I && reason === 'signature')).toBe(true)
  })

  test('but one that comes when they have been refused is judged for itself', async () => {
    const { verifier } = verifierWith()
    const forged = token({ key: strangerEc })
    await Promise.allSettled(copiesOf(forged).map((copy) => verifier.verify(copy)))
    await expect(verifier.verify(forged)).rejects.toThrow()
    expect(signatures).toBe(2)
  })

  test('but one that came later may find a key that the first one did not', async () => {
    const answers = [[strangerEc.jwk], [e1.jwk]]
    const { verifier, asked } = verifierWith({
      fetch: async () => {
        const keys = answers.shift()
        await new Promise((resolve) => setTimeout(resolve, 40))
        return Response.json({ keys })
      },
    })
    const jwt = token({})
    const first = verifier.verify(jwt)
    await new Promise((resolve) => setTimeout(resolve, 10))
    const second = verifier.verify(jwt)
    await expect(first).rejects.toMatchObject({ reason: 'unknown_key' })
    expect((await second).subject).toBe('u1')
    expect([signatures, answers.length, asked()]).toEqual([1, 0, 0])
  })

  test('isRevoked is asked for each: the answer may be another one by then', async () => {
    let asked = 0
    const { verifier } = verifierWith({ isRevoked: () => asked++ > 0 })
    const outcomes = await Promise.allSettled(copiesOf(token({})).map((copy) => verifier.verify(copy)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect([signatures, asked]).toEqual([1, COPIES])
  })

  test('requirements are those of each request', async () => {
    const { verifier } = verifierWith()
    const jwt = token({})
    const outcomes = await Promise.allSettled([
      verifier.verify(jwt, { scopes: ['read'] }),
      verifier.verify(jwt, { scopes: ['delete'] }),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  })
})

test.each(['good first', 'forged first'])(
  'A-79: a token that ends like one that is on its way is judged for itself: %s',
  async (order) => {
    const good = token({})
    const forged = `${token({ claims: { sub: 'admin' } })
      .split('.', 2)
      .join('.')}.${good.split('.')[2]}`
    const jwts = order === 'good first' ? [good, forged, good] : [forged, good, forged]
    const { verifier } = verifierWith()
    const outcomes = await Promise.allSettled(jwts.map((jwt) => verifier.verify(jwt)))
    expect(outcomes.map(({ status }) => status)).toEqual(jwts.map((jwt) => (jwt === good ? 'fulfilled' : 'rejected')))
  },
)

test('identities never mix: of many new tokens at once, good and bad, each gets its own verdict', async () => {
  const { verifier } = verifierWith(KEYS_AT_HAND)
  await verifier.ready()
  const jwts = Array.from({ length: 300 }, (_, n) =>
    n % 3 === 0 ? token({ key: strangerEc, claims: { sub: `u${n}` } }) : token({ claims: { sub: `u${n}` } }),
  )
  const outcomes = await Promise.allSettled(jwts.map((jwt) => verifier.verify(jwt)))
  const subjects = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.subject : 'refused'))
  expect(subjects).toEqual(jwts.map((_, n) => (n % 3 === 0 ? 'refused' : `u${n}`)))
})
