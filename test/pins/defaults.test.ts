import { createVerifier, type VerifierOptions } from '@resource-server/core'
import { describe, expect, test, vi } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { e1, publicKeys, r1 } from '../support/keys.js'
import { T, type TokenSpec, token, tokenBy } from '../support/token.js'

// What a verifier does that was told nothing but whom to trust and for whom.

const options = (changes: object = {}): VerifierOptions => ({
  issuer: { issuer: I, jwks: { keys: publicKeys } },
  audience: A,
  clock: () => NOW * 1000,
  ...changes,
})

const verdictOn = async (jwt: string, changes: object = {}): Promise<string> =>
  createVerifier(options(changes))
    .verify(jwt)
    .then(
      () => 'accepted',
      (error) => `${error.kind}/${error.reason}`,
    )
const verdict = (spec: TokenSpec): Promise<string> => verdictOn(token(spec))

test('algorithms: every asymmetric one of the list, and no other', async () => {
  for (const alg of [
    'RS256',
    'RS384',
    'RS512',
    'PS256',
    'PS384',
    'PS512',
    'ES256',
    'ES384',
    'ES512',
    'EdDSA',
    'Ed25519',
  ] as const)
    expect([alg, await verdictOn(tokenBy(alg))]).toEqual([alg, 'accepted'])
  for (const alg of ['none', 'HS256', 'ES256K', 'Ed448', 'RS1'])
    expect([alg, await verdict({ header: { alg }, signedAs: 'ES256' })]).toEqual([alg, 'invalid_token/algorithm'])
})

test('profile: jwt', async () => {
  expect(await verdict({ header: { typ: undefined }, claims: { jti: undefined, client_id: undefined } })).toBe(
    'accepted',
  )
  expect(await verdict({ header: { typ: 'JWT' } })).toBe('accepted')
})

test('clockTolerance: 10 seconds', async () => {
  expect(await verdict({ claims: { exp: NOW - 9 } })).toBe('accepted')
  expect(await verdict({ claims: { exp: NOW - 10 } })).toBe('invalid_token/expired')
  expect(await verdict({ claims: { nbf: NOW + 10 } })).toBe('accepted')
  expect(await verdict({ claims: { nbf: NOW + 11 } })).toBe('invalid_token/not_yet_valid')
})

test('iss, aud and exp are required, and nothing else', async () => {
  for (const name of ['iss', 'aud', 'exp'])
    expect(await verdict({ claims: { [name]: undefined } })).toBe('invalid_token/missing_claim')
  const optional = ['sub', 'client_id', 'jti', 'iat', 'scope']
  expect(await verdict({ claims: Object.fromEntries(optional.map((name) => [name, undefined])) })).toBe('accepted')
})

test('scopeClaims: scope, then scp', async () => {
  const scopes = async (claims: object) => [
    ...(await createVerifier(options()).verify(token({ claims: { ...claims } }))).scopes,
  ]
  expect(await scopes({ scope: 'a', scp: ['b'] })).toEqual(['a'])
  expect(await scopes({ scope: undefined, scp: ['b'] })).toEqual(['b'])
  expect(await scopes({ scope: undefined, permissions: ['b'], roles: ['c'] })).toEqual([])
})

test('realm: api', async () => {
  const { error } = await createVerifier(options()).authenticate(new Request('https://api.test'))
  expect(error?.headers['WWW-Authenticate']).toBe('Bearer realm="api"')
})

test('requirements: none', async () => {
  expect(await verdict({ claims: { scope: '' } })).toBe('accepted')
})

test('clock: that of the machine', async () => {
  const now = Math.floor(Date.now() / 1000)
  const jwt = (exp: number) => token({ claims: { exp, iat: now - 60 } })
  expect(await verdictOn(jwt(now + 60), { clock: undefined })).toBe('accepted')
  expect(await verdictOn(jwt(now - 60), { clock: undefined })).toBe('invalid_token/expired')
  vi.setSystemTime((now + 3600) * 1000)
  expect(await verdictOn(jwt(now + 60), { clock: undefined })).toBe('invalid_token/expired')
  vi.useRealTimers()
})

test('tokenCache: 10,000 tokens', { timeout: 30_000 }, async () => {
  const verifier = createVerifier(options())
  const tokens = Array.from({ length: 14_000 }, (_, n) => token({ claims: { jti: `t${n}` } }))
  const verified = new Map<string, unknown>()
  for (const jwt of tokens) verified.set(jwt, await verifier.verify(jwt))
  let remembered = 0
  for (const jwt of tokens.toReversed()) if ((await verifier.verify(jwt)) === verified.get(jwt)) remembered++
  expect(remembered).toBeGreaterThan(7000)
  expect(remembered).toBeLessThanOrEqual(10_000)
})

describe('keys', () => {
  /** A verifier that fetches, on a clock that is moved by hand. */
  function fetching(keys: object = {}) {
    let now = NOW * 1000
    const state = { asked: 0, down: false, withdrawn: false }
    const verifier = createVerifier(
      options({
        issuer: { issuer: I, jwksUri: `${I}/jwks` },
        clock: () => now,
        fetch: async () => {
          state.asked++
          if (state.down) return new Response('', { status: 403 })
          return Response.json({ keys: [state.withdrawn ? r1.jwk : e1.jwk] })
        },
        ...keys,
      }),
    )
    return {
      state,
      ask: (kid = 'e1') =>
        verifier.verify(token({ header: { kid }, claims: { exp: NOW + 100_000 } })).then(
          () => 'accepted',
          (error) => `${error.kind}/${error.reason}`,
        ),
      advance: (seconds: number) => {
        now += seconds * 1000
      },
    }
  }

  test('maxAge: 600 seconds', async () => {
    const { state, ask, advance } = fetching()
    await ask()
    state.withdrawn = true
    advance(431)
    expect(await ask()).toBe('accepted')
    expect(state.asked).toBe(1)
    advance(169)
    expect(await ask()).toBe('invalid_token/unknown_key')
    expect(state.asked).toBe(2)
  })

  test('staleIfError: 3600 seconds', async () => {
    const { state, ask, advance } = fetching()
    await ask()
    state.down = true
    advance(4199)
    expect(await ask()).toBe('accepted')
    advance(1)
    expect(await ask()).toBe('unavailable/keys')
  })

  test('cooldown: 30 seconds', async () => {
    const { state, ask, advance } = fetching()
    await ask()
    await ask('x')
    expect(state.asked).toBe(2)
    advance(29)
    await ask('y')
    expect(state.asked).toBe(2)
    advance(1)
    await ask('z')
    expect(state.asked).toBe(3)
  })

  test('timeout: no more than 5 seconds, 3 of them for one exchange', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    /** How T fares, and after how many seconds. */
    const slow = async (answers: (url: string) => Promise<any>, issuer: object, keys?: object) => {
      const startedAt = performance.now()
      const verdict = createVerifier(options({ issuer, fetch: answers, keys }))
        .verify(T)
        .catch((error) => [error.kind, (performance.now() - startedAt) / 1000])
      await vi.advanceTimersByTimeAsync(60_000)
      return verdict
    }
    const after = (ms: number, body: object) =>
      new Promise((resolve) => setTimeout(() => resolve(Response.json(body)), ms))
    const never = () => new Promise(() => {})
    const metadata = { issuer: I, jwks_uri: `${I}/jwks` }
    expect(await slow(never, { issuer: I, jwksUri: `${I}/jwks` }, { retries: 0 })).toEqual(['unavailable', 3])
    expect(await slow(never, { issuer: I, jwksUri: `${I}/jwks` })).toEqual(['unavailable', 4.98])
    expect(await slow((url) => (url.endsWith('/jwks') ? never() : after(2500, metadata)), { issuer: I })).toEqual([
      'unavailable',
      4.98,
    ])
    vi.useRealTimers()
  })

  test('retries: 1, after 100 to 300 milliseconds', async () => {
    const asked: number[] = []
    const verifier = createVerifier(
      options({
        issuer: { issuer: I, jwksUri: `${I}/jwks` },
        fetch: async () => {
          asked.push(performance.now())
          return new Response('', { status: 500 })
        },
      }),
    )
    await verifier.verify(T).catch(() => {})
    expect(asked).toHaveLength(2)
    expect(asked[1]! - asked[0]!).toBeGreaterThan(95)
  })

  test('store: none', async () => {
    const { state, ask } = fetching()
    expect(await ask()).toBe('accepted')
    const { state: other, ask: askAnother } = fetching()
    expect(await askAnother()).toBe('accepted')
    expect([state.asked, other.asked]).toEqual([1, 1])
  })

  test('fetch: the global one, as it is when it is needed', async () => {
    const verifier = createVerifier(options({ issuer: { issuer: I, jwksUri: `${I}/jwks` } }))
    const global = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json({ keys: [e1.jwk] }))
    expect((await verifier.verify(T)).subject).toBe('u1')
    expect(global).toHaveBeenCalledTimes(1)
    expect(global.mock.calls[0]?.[0]).toBe('https://as.test/jwks')
    global.mockRestore()
  })
})

test('nothing is fetched when a verifier is made', async () => {
  const fetch = vi.fn()
  createVerifier(options({ issuer: [I, { issuer: 'https://b.test', jwksUri: 'https://b.test/jwks' }], fetch }))
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(fetch).not.toHaveBeenCalled()
})

test('what is changed in the options later changes nothing', async () => {
  const given: any = options({
    audience: [A],
    algorithms: ['ES256'],
    issuer: [{ issuer: I, jwks: { keys: [...publicKeys] } }],
  })
  const verifier = createVerifier(given)
  given.audience[0] = 'https://other.test'
  given.algorithms[0] = 'RS256'
  given.issuer[0].jwks.keys.length = 0
  given.issuer[0].issuer = 'https://other.test'
  given.issuer.length = 0
  given.clock = () => 0
  expect((await verifier.verify(T)).subject).toBe('u1')
})

test('no environment variable is read', async () => {
  const env = process.env
  process.env = new Proxy(env, {
    get: (_, name) => {
      throw new Error(`read ${String(name)}`)
    },
    has: (_, name) => {
      throw new Error(`asked for ${String(name)}`)
    },
    ownKeys: () => {
      throw new Error('listed')
    },
  })
  try {
    const verifier = createVerifier(options())
    const { ok } = await verifier.authenticate(
      new Request('https://api.test', { headers: { authorization: `Bearer ${T}` } }),
    )
    expect(ok).toBe(true)
  } finally {
    process.env = env
  }
})
