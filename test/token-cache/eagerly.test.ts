import { runInNewContext } from 'node:vm'
import { authenticateEagerly, createVerifier, type Verifier, type VerifierOptions } from '@resource-server/core'
import { describe, expect, test } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { T } from '../support/token.js'

const verifierWith = (changes: Partial<VerifierOptions> = {}) =>
  createVerifier({
    issuer: { issuer: I, jwks: { keys: publicKeys } },
    audience: A,
    clock: () => NOW * 1000,
    ...changes,
  })
const request = (authorization?: string): Request =>
  new Request('https://api.test/v1', { headers: authorization === undefined ? {} : { authorization } })

describe('authenticateEagerly()', () => {
  test('answers with a promise while somebody has to be waited for, and at once when nobody has', async () => {
    const verifier = verifierWith()
    const first = authenticateEagerly(verifier, request(`Bearer ${T}`))
    expect(first).toBeInstanceOf(Promise)
    const { accessToken } = await first
    expect(authenticateEagerly(verifier, request(`Bearer ${T}`))).toEqual({ ok: true, accessToken })
  })

  test.each<[string, string | undefined, string]>([
    ['nothing', undefined, 'no_credentials'],
    ['another scheme', 'Basic eDp5', 'unsupported_scheme'],
    ['what is no token', 'Bearer x', 'malformed'],
  ])('refuses %s at once', async (_, authorization, reason) => {
    await new Promise(setImmediate) // what came before in this turn may have had all of its share
    expect(authenticateEagerly(verifierWith(), request(authorization))).toMatchObject({ ok: false, error: { reason } })
  })

  test('answers with a promise where isRevoked or a check is asked', async () => {
    const verifier = verifierWith({ isRevoked: () => false })
    await verifier.verify(T)
    const result = authenticateEagerly(verifier, request(`Bearer ${T}`))
    expect(result).toBeInstanceOf(Promise)
    expect((await result).ok).toBe(true)

    const other = verifierWith()
    await other.verify(T)
    const checked = authenticateEagerly(other, request(`Bearer ${T}`), { check: () => false })
    expect(checked).toBeInstanceOf(Promise)
    expect(await checked).toMatchObject({ ok: false, error: { reason: 'check' } })
  })

  test('throws for a misspelt requirement, as the promise of authenticate() rejects', async () => {
    const misspelt = { scope: ['read'] } as never
    expect(() => authenticateEagerly(verifierWith(), request(), misspelt)).toThrow('requirements.scope')
    await expect(verifierWith().authenticate(request(), misspelt)).rejects.toThrow('requirements.scope')
    await expect(verifierWith().verify(T, misspelt)).rejects.toThrow('requirements.scope')
  })

  test('asks a verifier that somebody has wrapped as he has it, and one that was only copied as ever', async () => {
    const verifier = verifierWith()
    const accessToken = await verifier.verify(T)
    const asked: unknown[] = []
    const wrapped = {
      ...verifier,
      authenticate: async (...given: unknown[]) => {
        asked.push(given)
        return { ok: true, accessToken }
      },
    } as unknown as Verifier
    expect(await authenticateEagerly(wrapped, request(), { scopes: ['write'] })).toEqual({ ok: true, accessToken })
    expect(asked).toEqual([[expect.anything(), { scopes: ['write'] }]])
    expect(authenticateEagerly({ ...verifier }, request(`Bearer ${T}`))).toEqual({ ok: true, accessToken })
  })

  test('lets an anonymous request through where that is optional', () => {
    expect(authenticateEagerly(verifierWith(), request(), { optional: true })).toEqual({ ok: true })
  })
})

test.each([undefined, null, 1, {}, ['abc'], new String('abc')])(
  'verify(%o) is no token, and no crash',
  async (value) => {
    await expect(verifierWith().verify(value as never)).rejects.toMatchObject({ reason: 'malformed' })
  },
)

test('a WebCrypto from outside, whose promises are of another class, changes no verdict', async () => {
  const { subtle } = crypto
  const builtIn = subtle.verify
  const abroad = runInNewContext('(work) => new Promise((resolve, reject) => work.then(resolve, reject))') as <T>(
    work: Promise<T>,
  ) => Promise<T>
  subtle.verify = (...given) => abroad(builtIn.apply(subtle, given))
  try {
    expect(await verifierWith().verify(T)).toMatchObject({ token: T })
    await expect(verifierWith().verify(`${T.slice(0, -4)}AAAA`)).rejects.toMatchObject({ reason: 'signature' })
  } finally {
    subtle.verify = builtIn
  }
})

test('a global Promise that somebody has replaced changes no verdict', async () => {
  const BuiltIn = globalThis.Promise
  const verifier = verifierWith({ isRevoked: () => true })
  globalThis.Promise = class extends BuiltIn<unknown> {} as PromiseConstructor
  try {
    await expect(verifier.verify(T)).rejects.toMatchObject({ reason: 'revoked' })
    await expect(verifier.verify(`${T.slice(0, -4)}AAAA`)).rejects.toMatchObject({ reason: 'signature' })
  } finally {
    globalThis.Promise = BuiltIn
  }
})
