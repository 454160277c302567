import { type AccessToken, AuthenticationError, createVerifier, verifierFrom } from '@resource-server/core'
import { describe, expect, test } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { T, token } from '../support/token.js'

function verifierWith(options: object = {}) {
  return createVerifier({
    issuer: { issuer: I, jwks: { keys: publicKeys } },
    audience: A,
    clock: () => NOW * 1000,
    ...options,
  })
}
const verifier = verifierWith()
const requestWith = (jwt: string): Request =>
  new Request('https://api.test', { headers: { authorization: `Bearer ${jwt}` } })

describe('authorize() takes what this verifier has verified, and nothing else', () => {
  const MESSAGE = 'authorize() expects an access token that this verifier has verified'

  test('an access token from each of its doors', async () => {
    const byVerify = await verifier.verify(T)
    const byAuthenticate = (await verifier.authenticate(requestWith(T))).accessToken!
    let byProtect: AccessToken | undefined
    await verifier.protect({}, (_request, accessToken) => {
      byProtect = accessToken
      return new Response()
    })(requestWith(T))
    for (const accessToken of [byVerify, byAuthenticate, byProtect!]) {
      const result = await verifier.authorize(accessToken, { scopes: ['read'] })
      expect(result).toEqual({ ok: true, accessToken })
      expect(result.accessToken).toBe(accessToken)
    }
  })

  test('a refusal is the same as at the other doors', async () => {
    const { ok, error, accessToken } = await verifier.authorize(await verifier.verify(T), { scopes: ['write', 'all'] })
    expect([ok, accessToken]).toEqual([false, undefined])
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(error!.headers['WWW-Authenticate']).toBe(
      'Bearer realm="api", error="insufficient_scope", error_description="The access token does not have the scope that this request needs", scope="write all"',
    )
  })

  test('an anonymous request is refused as one without credentials, unless it may be one', async () => {
    const { ok, error } = await verifier.authorize(undefined, { scopes: ['read'] })
    expect([ok, error!.kind, error!.reason, error!.status]).toEqual([false, 'unauthenticated', 'no_credentials', 401])
    expect(error!.headers['WWW-Authenticate']).toBe('Bearer realm="api"')
    const optional = await verifier.authorize(undefined, { optional: true, scopes: ['read'] })
    expect(optional).toEqual({ ok: true, accessToken: undefined })
  })

  test('look-alikes throw a TypeError, and nothing is asked', async () => {
    const accessToken = await verifier.verify(T)
    const lookAlikes: unknown[] = [
      { ...accessToken },
      Object.create(accessToken),
      structuredClone({ ...accessToken, scopes: new Set(['read', 'admin']) }),
      JSON.parse(JSON.stringify(accessToken)),
      new Proxy(accessToken, {}),
      await verifierWith().verify(T), // of another verifier
      accessToken.claims,
      T,
      {},
      null,
      true,
    ]
    for (const lookAlike of lookAlikes) {
      const check = (): boolean => {
        throw new Error('asked')
      }
      await expect(verifier.authorize(lookAlike as AccessToken, { check })).rejects.toThrow(new TypeError(MESSAGE))
    }
  })

  test('an access token that was refused by its requirements may still be asked about', async () => {
    let seen: AccessToken | undefined
    const check = (accessToken: AccessToken): boolean => {
      seen = accessToken
      return false
    }
    expect((await verifier.authenticate(requestWith(T), { check })).ok).toBe(false)
    expect((await verifier.authorize(seen!, {})).ok).toBe(true)
  })

  test('RFC 6750 §3.1: scopes of the verifier are named again, for a new token needs them too', async () => {
    const guard = verifierWith({ requirements: { scopes: ['read'], anyScope: ['read', 'x'] } })
    const { error } = await guard.authorize(await guard.verify(T), { scopes: ['write'] })
    expect(error!.headers['WWW-Authenticate']).toMatch(/, scope="read x write"$/)
  })

  test('requirements of the verifier have held already and are not asked again', async () => {
    let asked = 0
    const guard = verifierWith({ requirements: { check: () => ++asked > 0 } })
    const accessToken = await guard.verify(T)
    await guard.authorize(accessToken, {})
    expect(asked).toBe(1)
  })
})

describe('protect()', () => {
  test('calls the handler with the request, the access token and all that the platform gives', async () => {
    const seen: unknown[][] = []
    const handler = verifier.protect(
      { scopes: ['read'] },
      (...given: [Request, AccessToken, { KV: string }, () => void]) => {
        seen.push(given)
        return new Response('hello', { status: 201 })
      },
    )
    const [request, env, context] = [requestWith(T), { KV: 'kv' }, () => {}]
    const response = await handler(request, env, context)
    expect([response.status, await response.text()]).toEqual([201, 'hello'])
    expect(seen).toHaveLength(1)
    expect(seen[0]![0]).toBe(request)
    expect(seen[0]![1]).toMatchObject({ subject: 'u1' })
    expect(seen[0]!.slice(2)).toEqual([env, context])
  })

  test('the handler does not run for a refused request', async () => {
    let runs = 0
    const handler = verifier.protect({ scopes: ['write'] }, () => {
      runs++
      return new Response()
    })
    const statuses = []
    for (const request of [new Request('https://api.test'), requestWith('x'), requestWith(T)])
      statuses.push((await handler(request)).status)
    expect(statuses).toEqual([401, 401, 403])
    expect(runs).toBe(0)
  })

  test('what the handler throws or rejects with is not taken for a refusal', async () => {
    const rejecting = verifier.protect({}, () => Promise.reject(new Error('of the handler')))
    const throwing = verifier.protect({}, () => {
      throw new Error('of the handler')
    })
    await expect(rejecting(requestWith(T))).rejects.toThrow('of the handler')
    await expect(throwing(requestWith(T))).rejects.toThrow('of the handler')
  })

  test('a misspelt requirement throws before any request', () => {
    expect(() => verifier.protect({ scope: ['read'] } as any, () => new Response())).toThrow(
      'Invalid option requirements.scope: there is no such option; there are scopes, anyScope, claims, acrValues, maxAge, check, optional',
    )
  })

  test('requirements are read when the route is made, not when requests come', async () => {
    const requirements: any = { scopes: ['write'] }
    const handler = verifier.protect(requirements, () => new Response())
    requirements.scopes = ['read']
    expect((await handler(requestWith(T))).status).toBe(403)
  })
})

describe('a clock that no longer tells the time is a bug and no refusal', () => {
  test.each([undefined, null, Number.NaN, Number.POSITIVE_INFINITY, '1800000000000', new Date(0)])(
    '%o',
    async (broken) => {
      let time: unknown = NOW * 1000
      const guard = verifierWith({ clock: () => time })
      expect((await guard.authenticate(requestWith(T))).ok).toBe(true)
      time = broken
      await expect(guard.authenticate(requestWith(T))).rejects.toThrow(
        /^Invalid option clock: expected a function that returns the time in milliseconds, got /,
      )
    },
  )
})

test('verifierFrom() takes a verifier as it is, and makes one of options', () => {
  expect(verifierFrom(verifier)).toBe(verifier)
  expect(verifierFrom({ issuer: I, audience: A })).toMatchObject({ authenticate: expect.any(Function) })
  for (const wrong of [undefined, null, {}, { authenticate: true }, 'https://as.test'])
    expect(() => verifierFrom(wrong as any)).toThrow(/^Invalid option /)
})

describe('verify()', () => {
  test('throws the error that authenticate() returns', async () => {
    for (const jwt of ['x', token({ claims: { exp: NOW - 100 } }), token({ header: { kid: 'x' } })]) {
      const { error } = await verifier.authenticate(requestWith(jwt))
      await expect(verifier.verify(jwt)).rejects.toEqual(error)
      await expect(verifier.verify(jwt)).rejects.toBeInstanceOf(AuthenticationError)
    }
  })

  test.each([[undefined], [null], [5], [{}], [[T]]])('%j is no token: 401, not a bug', async (value) => {
    await expect(verifier.verify(value as any)).rejects.toMatchObject({ kind: 'invalid_token', reason: 'malformed' })
  })

  test('takes a token as it is, and no header value', async () => {
    expect((await verifier.verify(T)).subject).toBe('u1')
    for (const text of [`Bearer ${T}`, ` ${T}`, `${T} `, `${T}\n`, ''])
      await expect(verifier.verify(text)).rejects.toMatchObject({ reason: 'malformed' })
  })
})

test('what a listener throws or rejects with never changes a verdict', async () => {
  for (const onEvent of [
    () => {
      throw new Error('of the listener')
    },
    () => Promise.reject(new Error('of the listener')),
    () => ({
      // oxlint-disable-next-line unicorn/no-thenable -- listeners may return anything
      get then() {
        throw new Error('of the listener')
      },
    }),
  ]) {
    const guard = verifierWith({ onEvent })
    expect((await guard.authenticate(requestWith('x'))).error?.status).toBe(401)
    expect((await guard.authenticate(requestWith(T))).ok).toBe(true)
  }
})

describe('optional', () => {
  test.each<[string, () => unknown]>([
    ['the option requirements', () => verifierWith({ requirements: { optional: true } })],
    ['verify()', () => verifier.verify(T, { optional: true } as never)],
  ])('nothing is optional in %s', async (_place, write) => {
    await expect(async () => write()).rejects.toThrow(
      'Invalid option requirements.optional: expected false, since a token must be there, got true',
    )
  })

  test('false changes nothing', async () => {
    expect((await verifier.authenticate(new Request(A), { optional: false })).error!.reason).toBe('no_credentials')
    expect((await verifier.verify(T, { optional: false })).subject).toBe('u1')
  })
})

test('RFC 9470 §3: where nothing satisfies verifier and route, the challenge names what the route asks for', async () => {
  const demanding = verifierWith({ requirements: { acrValues: ['gold', 'silver'] } })
  const { error } = await demanding.authenticate(requestWith(token({ claims: { acr: 'gold' } })), {
    acrValues: ['bronze'],
  })
  expect(error!.headers['WWW-Authenticate']).toContain('acr_values="bronze"')
})
