import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { A, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { token } from '../support/token.js'
import { entryOf, issuerOf, outcome, platform, startTenantServer, tokenOf } from './tenants.js'

const jwks = { keys: publicKeys }
const known = (iss: string): any => (iss.startsWith('https://as.test/') ? { issuer: iss, jwks } : undefined)

describe('which names are looked up', () => {
  test('a tenant that the function knows is trusted, and nobody else', async () => {
    const find = vi.fn(known)
    const { verifier } = platform(find)
    expect((await verifier.verify(tokenOf('t1'))).issuer).toBe(issuerOf('t1'))
    expect(await outcome(verifier.verify(token({ claims: { iss: 'https://evil.test' } })))).toBe(
      'invalid_token/unknown_issuer',
    )
    expect(find.mock.calls.map(([iss]) => iss)).toEqual([issuerOf('t1'), 'https://evil.test'])
  })

  test.each([
    'http://as.test/t1',
    'as.test',
    'https://',
    'https://user@as.test/t1',
    'https://as.test/t1?a=b',
    'https://as.test/t1#a',
    'https://as.test/t 1',
    'https://as.test/\n',
    'https:/as.test',
    'javascript:alert(1)',
    'file:///etc/passwd',
    '__proto__',
    '',
    `https://as.test/${'x'.repeat(500)}`,
  ])('RFC 8414 §2: %j is no issuer, and the function is not asked', async (iss) => {
    const find = vi.fn(known)
    expect(await outcome(platform(find).verifier.verify(token({ claims: { iss } })))).toBe(
      'invalid_token/unknown_issuer',
    )
    expect(find).not.toHaveBeenCalled()
  })

  test('a name of 512 characters is asked about', async () => {
    const find = vi.fn(known)
    const { verifier } = platform(find)
    await verifier.verify(tokenOf('x'.repeat(512 - issuerOf('').length)))
    await outcome(verifier.verify(tokenOf('x'.repeat(513 - issuerOf('').length))))
    expect(find.mock.calls.map(([iss]) => iss.length)).toEqual([512])
  })

  test('a token that is malformed, or names no issuer, is refused before', async () => {
    const find = vi.fn(known)
    const { verifier } = platform(find)
    expect(await outcome(verifier.verify('x'))).toBe('invalid_token/malformed')
    expect(await outcome(verifier.verify(token({ claims: { iss: undefined } })))).toBe('invalid_token/missing_claim')
    expect(await outcome(verifier.verify(token({ claims: { iss: ['https://as.test/t1'] } })))).toBe(
      'invalid_token/malformed',
    )
    expect(find).not.toHaveBeenCalled()
  })

  test('strangers cause no requests', async () => {
    const fetch = vi.fn(() => Promise.reject(new TypeError('no')))
    const { verifier } = platform(() => undefined, { fetch })
    for (let i = 0; i < 100; i++) await outcome(verifier.verify(token({ claims: { iss: `https://evil.test/${i}` } })))
    expect(fetch).not.toHaveBeenCalled()
  })
})

describe('what the function answers', () => {
  test.each([
    ['another issuer', { issuer: 'https://evil.test', jwks }, 'must answer with the entry of the issuer'],
    [
      'the issuer with a slash more',
      { issuer: `${issuerOf('t1')}/`, jwks },
      'must answer with the entry of the issuer',
    ],
    ['a misspelt option', { issuer: issuerOf('t1'), jwks, audiance: A }, 'Invalid option issuer(…).audiance'],
    ['null', null, 'Invalid option issuer(…)'],
    ['true', true, 'Invalid option issuer(…)'],
    ['a private key', { issuer: issuerOf('t1'), jwks: { keys: [] } }, 'Invalid option issuer(…).jwks'],
  ])('%s is a bug, and no verdict on the token', async (_, entry, message) => {
    const { verifier, events } = platform(() => entry)
    const error = await verifier.verify(tokenOf('t1')).catch((thrown: unknown) => thrown)
    expect(messageFor(error)).toContain(message)
    expect(events).toEqual([])
  })

  test('what is wrong with it is for the operator alone', async () => {
    const { verifier } = platform((iss: string) => ({ issuer: iss, jwksUri: 'http://internal.example/jwks' }))
    const error: any = await verifier.verify(tokenOf('t1')).catch((thrown: unknown) => thrown)
    expect(error.message).toBe('The function issuer answered with an entry that cannot be used')
    expect({ ...error }).toEqual({})
    expect(error.cause).toMatchObject({ code: 'ERR_INVALID_OPTION' })
  })

  const messageFor = (error: any): string => error.cause?.message ?? error.message

  test('the name alone is an entry too', async () => {
    const { fetch, hits } = await startTenantServer()
    const { verifier } = platform((iss: string) => iss, { fetch, keys: { retries: 0 } })
    expect(await outcome(verifier.verify(tokenOf('t1')))).toBe('unavailable/metadata') // there are none at that server
    expect(hits).toEqual(['t1'])
  })

  test('an entry has rules of its own', async () => {
    const { verifier } = platform((iss: string) => ({ issuer: iss, jwks, audience: iss, claims: { tier: 'gold' } }))
    expect(await outcome(verifier.verify(tokenOf('t1')))).toBe('invalid_token/audience')
    expect(await outcome(verifier.verify(tokenOf('t1', { aud: issuerOf('t1') })))).toBe('invalid_token/claim')
    expect(await outcome(verifier.verify(tokenOf('t1', { aud: issuerOf('t1'), tier: 'gold' })))).toBe('accepted')
  })
})

describe('how often it is asked', () => {
  test('once for all who come at the same time, and once in keys.maxAge', async () => {
    const find = vi.fn(async (iss: string) => {
      await delay(5)
      return known(iss)
    })
    const { verifier, advance } = platform(find)
    await Promise.all(Array.from({ length: 1000 }, () => verifier.verify(tokenOf('t1'))))
    expect(find).toHaveBeenCalledTimes(1)
    advance(599)
    await verifier.verify(tokenOf('t1'))
    expect(find).toHaveBeenCalledTimes(1)
    advance(1)
    await verifier.verify(tokenOf('t1'))
    expect(find).toHaveBeenCalledTimes(2)
  })

  test('about one that it does not know, once in half a minute', async () => {
    const find = vi.fn(() => undefined)
    const { verifier, advance } = platform(find)
    for (let i = 0; i < 10; i++) await outcome(verifier.verify(tokenOf('t1')))
    expect(find).toHaveBeenCalledTimes(1)
    advance(29)
    await outcome(verifier.verify(tokenOf('t1')))
    expect(find).toHaveBeenCalledTimes(1)
    advance(1)
    await outcome(verifier.verify(tokenOf('t1')))
    expect(find).toHaveBeenCalledTimes(2)
  })

  test('ten thousand made-up names push out no tenant and no more than they can', async () => {
    const find = vi.fn((iss: string) => (iss === issuerOf('t1') ? known(iss) : undefined))
    const { verifier } = platform(find)
    await verifier.verify(tokenOf('t1'))
    for (let i = 0; i < 10_000; i++) await outcome(verifier.verify(tokenOf(`made-up-${i}`)))
    expect(find).toHaveBeenCalledTimes(10_001)
    await verifier.verify(tokenOf('t1'))
    expect(find).toHaveBeenCalledTimes(10_001)
    await outcome(verifier.verify(tokenOf('made-up-9999')))
    await outcome(verifier.verify(tokenOf('made-up-9000')))
    expect(find, 'the latest thousand').toHaveBeenCalledTimes(10_001)
    await outcome(verifier.verify(tokenOf('made-up-8999')))
    expect(find).toHaveBeenCalledTimes(10_002)
  }, 60_000)

  test('of more than a thousand tenants those that were not used for longest are looked up again', async () => {
    const find = vi.fn(known)
    const { verifier } = platform(find)
    for (let i = 0; i < 1001; i++) await verifier.verify(tokenOf(i))
    expect(find).toHaveBeenCalledTimes(1001)
    await verifier.verify(tokenOf(1))
    expect(find).toHaveBeenCalledTimes(1001)
    await verifier.verify(tokenOf(0))
    expect(find).toHaveBeenCalledTimes(1002)
  }, 30_000)

  test('a clock that was set back makes no answer younger', async () => {
    const find = vi.fn(known)
    const { verifier, advance } = platform(find)
    await verifier.verify(tokenOf('t1', { iat: NOW - 100 }))
    advance(-1)
    await verifier.verify(tokenOf('t1', { iat: NOW - 100 }))
    expect(find).toHaveBeenCalledTimes(2)
  })
})

describe('when answers change', () => {
  test('a tenant that is removed is refused when keys.maxAge is over', async () => {
    let isRemoved = false
    const { verifier, advance } = platform((iss: string) => (isRemoved ? undefined : known(iss)))
    await verifier.verify(tokenOf('t1'))
    isRemoved = true
    advance(599)
    expect(await outcome(verifier.verify(tokenOf('t1')))).toBe('accepted')
    advance(1)
    expect(await outcome(verifier.verify(tokenOf('t1')))).toBe('invalid_token/unknown_issuer')
    isRemoved = false
    advance(30)
    expect(await outcome(verifier.verify(tokenOf('t1')))).toBe('accepted')
  })

  test('the same entry again keeps its keys, another one gets its own', async () => {
    const { fetch, hits } = await startTenantServer()
    let changes = {}
    const { verifier, advance } = platform((iss: string) => entryOf(iss, changes), { fetch, keys: { maxAge: 600 } })
    await verifier.verify(tokenOf('t1'))
    expect(hits).toHaveLength(1)
    advance(300)
    await verifier.verify(tokenOf('t1'))
    expect(hits).toHaveLength(1)

    const { verifier: other, advance: later } = platform((iss: string) => entryOf(iss, changes), {
      fetch,
      keys: { maxAge: 600 },
    })
    await other.verify(tokenOf('t2'))
    changes = { audience: ['https://b.test'] }
    later(600)
    expect(await outcome(other.verify(tokenOf('t2')))).toBe('invalid_token/audience')
    expect(hits.filter((tenant) => tenant === 't2')).toHaveLength(2)
  })

  const isGold = (tier: unknown): boolean => tier === 'gold'
  const isNotTin = (tier: unknown): boolean => tier !== 'tin'
  const claims = { tier: 'gold', org: 'o1', unit: 'u1', level: '' }

  test.each<[string, object, object]>([
    ['nothing besides', {}, {}],
    ['arrays', { audience: [A, 'https://b.test'] }, { audience: [A, 'https://b.test'] }],
    ['members in another order', { claims: { tier: 'gold', org: 'o1' } }, { claims: { org: 'o1', tier: 'gold' } }],
    ['the same function', { claims: { tier: isGold } }, { claims: { tier: isGold } }],
    ['null', { audience: null }, { audience: null }],
  ])('the same values, written anew, are the same entry: %s', async (_, before, after) => {
    expect(await entriesSeen(before, after)).toEqual(['accepted', 1])
  })

  test.each<[string, object, object]>([
    ['a member more', {}, { audience: A }],
    ['a member fewer', { audience: A }, {}],
    ['a string in place of an array', { audience: [A] }, { audience: A }],
    ['an array in place of a string', { audience: A }, { audience: [A] }],
    ['null in place of an array', { audience: [A] }, { audience: null }],
    ['an array in place of null', { audience: null }, { audience: [A] }],
    ['an array that is longer', { audience: [A] }, { audience: [A, 'https://b.test'] }],
    ['an array that is shorter', { audience: [A, 'https://b.test'] }, { audience: [A] }],
    ['one of several values', { audience: [A, 'https://b.test'] }, { audience: [A, 'https://c.test'] }],
    ['the name of a member', { claims: { tier: 'gold', org: 'o1' } }, { claims: { tier: 'gold', unit: 'u1' } }],
    ['another function', { claims: { tier: isGold } }, { claims: { tier: isNotTin } }],
    [
      'a value in place of a function',
      { claims: { level: (level: unknown) => level === '' } },
      { claims: { level: '' } },
    ],
    [
      'a function in place of a value',
      { claims: { level: '' } },
      { claims: { level: (level: unknown) => level === '' } },
    ],
  ])('another value is another entry: %s', async (_, before, after) => {
    expect(await entriesSeen(before, after)).toEqual(['accepted', 2])
  })

  test('an object in place of an array is not taken for the same entry: it is refused', async () => {
    const [verdict] = await entriesSeen({ audience: [A] }, { audience: { 0: A } })
    expect(verdict).toBe('The function issuer answered with an entry that cannot be used')
  })

  test('an entry that is changed in place is another entry', async () => {
    const { fetch } = await startTenantServer()
    const entry = entryOf(issuerOf('t1'), { audience: [A, 'https://b.test'], claims: { tier: 'gold' } })
    const { verifier, advance, events } = platform(() => entry, { fetch })
    await verifier.verify(tokenOf('t1', claims))
    entry.audience.shift()
    advance(600)
    expect(await outcome(verifier.verify(tokenOf('t1', claims)))).toBe('invalid_token/audience')
    entry.audience.push(A)
    entry.claims.tier = 'tin'
    advance(600)
    expect(await outcome(verifier.verify(tokenOf('t1', claims)))).toBe('invalid_token/claim')
    expect(events.filter(({ type }) => type === 'keys.changed')).toHaveLength(3)
  })

  test('a key that is taken out of an entry in place is trusted no more', async () => {
    const entry = { issuer: issuerOf('t1'), jwks: { keys: [...publicKeys] } }
    const { verifier, advance } = platform(() => entry)
    await verifier.verify(tokenOf('t1'))
    entry.jwks.keys = entry.jwks.keys.filter(({ kid }) => kid !== 'e1')
    advance(600)
    expect(await outcome(verifier.verify(tokenOf('t1')))).toBe('invalid_token/unknown_key')
  })

  /** The verdict on a token after the answer has changed, and how many entries were told apart. */
  async function entriesSeen(before: object, after: object): Promise<[verdict: string, entries: number]> {
    const { fetch } = await startTenantServer()
    let changes = before
    const { verifier, advance, events } = platform((iss: string) => entryOf(iss, changes), { fetch })
    await verifier.verify(tokenOf('t1', claims))
    changes = after
    advance(600)
    const verdict = await outcome(verifier.verify(tokenOf('t1', claims)))
    // Who has no keys yet tells of them as new.
    return [verdict, events.filter(({ type }) => type === 'keys.changed').length]
  }

  test('keys that are due are fetched once, and not anew because the entry was asked for again', async () => {
    const { fetch, hits } = await startTenantServer()
    const { verifier, advance, events } = platform((iss: string) => entryOf(iss), { fetch })
    await verifier.verify(tokenOf('t1'))
    advance(600)
    await verifier.verify(tokenOf('t1'))
    expect(hits).toHaveLength(2)
    expect(
      events.filter(({ type }) => type === 'keys.changed'),
      'the same keys again',
    ).toHaveLength(1)
  })
})

describe('when it does not answer', () => {
  const failing = (): Promise<never> => Promise.reject(new Error('database down'))

  test('who was never known is 503, with the cause for the operator', async () => {
    const { verifier, events } = platform(failing)
    const error: any = await verifier.verify(tokenOf('t1')).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ status: 503, kind: 'unavailable', reason: 'issuer', headers: { 'Retry-After': '1' } })
    expect(JSON.stringify(error)).not.toContain('database')
    expect(events[0]).toMatchObject({
      reason: 'issuer',
      detail: 'the function issuer did not answer',
      cause: new Error('database down'),
    })
  })

  test('it is asked again for the next token: failures are not kept', async () => {
    let isDown = true
    const { verifier } = platform((iss: string) => (isDown ? failing() : known(iss)))
    expect(await outcome(verifier.verify(tokenOf('t1')))).toBe('unavailable/issuer')
    isDown = false
    expect(await outcome(verifier.verify(tokenOf('t1')))).toBe('accepted')
  })

  test('it is waited for no longer than keys.timeout, and told to stop', async () => {
    let signal: AbortSignal | undefined
    const { verifier } = platform(
      (_: string, context: { signal: AbortSignal }) => {
        signal = context.signal
        return new Promise(() => {})
      },
      { keys: { timeout: 1 } },
    )
    const startedAt = performance.now()
    expect(await outcome(verifier.verify(tokenOf('t1')))).toBe('unavailable/issuer')
    expect(performance.now() - startedAt).toBeLessThan(3000)
    expect(signal?.aborted).toBe(true)
  })

  test('tokens of a tenant that was known do not wait for one failure after the other', async () => {
    let calls = 0
    let mode: 'well' | 'hangs' | 'fails' = 'well'
    const find = (iss: string): unknown => {
      calls++
      if (mode === 'well') return known(iss)
      return mode === 'hangs' ? new Promise(() => {}) : failing()
    }
    const { verifier, advance } = platform(find, { keys: { timeout: 1 } })
    const waited = async (): Promise<number> => {
      const startedAt = performance.now()
      await verifier.verify(tokenOf('t1'))
      return performance.now() - startedAt
    }
    await verifier.verify(tokenOf('t1'))
    mode = 'hangs'
    advance(600)
    expect(await waited()).toBeGreaterThan(900) // somebody has to find out
    for (let i = 0; i < 10; i++) expect(await waited()).toBeLessThan(500)
    expect(calls, 'during the pause').toBe(2)
    advance(1)
    for (let i = 0; i < 10; i++) expect(await waited()).toBeLessThan(500)
    expect(calls, 'one at a time, behind their backs').toBe(3)
    await delay(1050)
    mode = 'fails'
    advance(1)
    await verifier.verify(tokenOf('t1'))
    await delay(5)
    advance(60)
    mode = 'hangs'
    expect(await waited(), 'a minute after the last failure').toBeGreaterThan(900)
  })

  test('and learn of it when it answers again', async () => {
    let mode: 'well' | 'fails' | 'removed' = 'well'
    const find = (iss: string): unknown => {
      if (mode === 'removed') return undefined
      return mode === 'well' ? known(iss) : failing()
    }
    const { verifier, advance } = platform(find)
    await verifier.verify(tokenOf('t1'))
    mode = 'fails'
    advance(600)
    await verifier.verify(tokenOf('t1'))
    mode = 'removed'
    advance(1)
    expect(await outcome(verifier.verify(tokenOf('t1'))), 'asks').toBe('accepted')
    await delay(5)
    expect(await outcome(verifier.verify(tokenOf('t1')))).toBe('invalid_token/unknown_issuer')
  })

  test('names that nobody knows are looked up fifty at a time', async () => {
    let open = 0
    let peak = 0
    let answer = (): void => {}
    const everyoneIsThere = new Promise<void>((resolve) => {
      answer = resolve
    })
    const find = async (iss: string): Promise<unknown> => {
      peak = Math.max(peak, ++open)
      await everyoneIsThere
      open--
      return known(iss)
    }
    const { verifier, events } = platform(find)
    const all = Array.from({ length: 1100 }, (_, index) => outcome(verifier.verify(tokenOf(`made-up-${index}`))))
    await expect.poll(() => events.length).toBe(50)
    answer()
    const outcomes = await Promise.all(all)
    expect(peak).toBe(50)
    expect(outcomes.filter((verdict) => verdict === 'accepted')).toHaveLength(1050)
    expect(outcomes.filter((verdict) => verdict === 'unavailable/issuer')).toHaveLength(50)
    expect(events[0]).toMatchObject({ reason: 'issuer', cause: { name: 'SlotsFull' } })
  })

  test('a function that never answers and does not listen keeps no turn for ever', async () => {
    vi.useFakeTimers()
    let isHanging = true
    const find = vi.fn((iss: string) => (isHanging ? new Promise<never>(() => {}) : known(iss)))
    const { verifier } = platform(find)
    const all = Array.from({ length: 200 }, (_, index) => outcome(verifier.verify(tokenOf(`made-up-${index}`))))
    await vi.advanceTimersByTimeAsync(10_000)
    vi.useRealTimers()
    expect(new Set(await Promise.all(all))).toEqual(new Set(['unavailable/issuer']))
    expect(find).toHaveBeenCalledTimes(50)
    isHanging = false
    expect(await outcome(verifier.verify(tokenOf('t1')))).toBe('accepted')
  })

  test('tenants that are known are asked about fifty at a time as well, and serve on meanwhile', async () => {
    vi.useFakeTimers()
    let isHanging = false
    const find = vi.fn((iss: string) => (isHanging ? new Promise<never>(() => {}) : known(iss)))
    const { verifier, advance } = platform(find, { keys: { maxAge: 600, staleIfError: 3600 } })
    const verifyAll = (): Promise<string>[] =>
      Array.from({ length: 200 }, (_, index) => outcome(verifier.verify(tokenOf(`t${index}`))))
    await Promise.all(verifyAll())
    isHanging = true
    advance(601)
    const all = verifyAll()
    await vi.advanceTimersByTimeAsync(10_000)
    vi.useRealTimers()
    expect(new Set(await Promise.all(all))).toEqual(new Set(['accepted']))
    expect(find).toHaveBeenCalledTimes(200 + 50)
  })

  test('a tenant that was known serves on through staleIfError, and no longer', async () => {
    let isDown = false
    const { verifier, advance } = platform((iss: string) => (isDown ? failing() : known(iss)), {
      keys: { maxAge: 600, staleIfError: 3600 },
    })
    await verifier.verify(tokenOf('t1'))
    isDown = true
    advance(600 + 3599)
    expect(await outcome(verifier.verify(tokenOf('t1')))).toBe('accepted')
    expect(await outcome(verifier.verify(tokenOf('t2')))).toBe('unavailable/issuer')
    advance(1)
    expect(await outcome(verifier.verify(tokenOf('t1')))).toBe('unavailable/issuer')
  })
})

describe('beside it', () => {
  test('RFC 9728 §3.2: the metadata name no authorization server', () => {
    const { verifier } = platform(known, { resource: 'https://api.test' })
    expect(verifier.metadata?.document).toEqual({ resource: 'https://api.test', bearer_methods_supported: ['header'] })
  })

  test('there is nothing to be ready for, and no status', async () => {
    const { verifier } = platform(known)
    await verifier.ready()
    expect(verifier.status()).toEqual({ issuers: [] })
  })

  test('an opaque token is shown to the tenant that selectIssuer names', async () => {
    const asked: string[] = []
    const { verifier, events } = platform(
      (iss: string) =>
        known(iss) && {
          issuer: iss,
          introspection: (opaque: string) => {
            asked.push(`${iss} ${opaque}`)
            return { active: true, aud: A, exp: NOW + 60 }
          },
        },
      {
        selectIssuer: (opaque: string): unknown => {
          if (opaque.startsWith('t1_')) return issuerOf('t1')
          if (opaque.startsWith('t3_')) return undefined
          return opaque.startsWith('t4_') ? null : 'https://evil.test'
        },
      },
    )
    expect((await verifier.verify('t1_x')).issuer).toBe(issuerOf('t1'))
    expect(await outcome(verifier.verify('t2_x'))).toBe('invalid_token/unknown_issuer')
    expect(await outcome(verifier.verify('t3_x'))).toBe('invalid_token/unknown_issuer')
    expect(events.at(-1)).toMatchObject({ detail: 'selectIssuer said that the token is nobody’s' })
    expect(await outcome(verifier.verify('t4_x'))).toBe('selectIssuer must return the name of an issuer, or undefined')
    expect(asked).toEqual([`${issuerOf('t1')} t1_x`])
  })

  test.each<[string, () => unknown, string]>([
    [
      'throws',
      () => {
        throw Object.assign(new Error('token opaque'), { status: 401, headers: { 'x-upstream': 'secret' } })
      },
      'selectIssuer threw',
    ],
    [
      'answers a promise that rejects',
      () => Promise.reject(new Error('db is down')),
      'selectIssuer must return the name of an issuer, or undefined',
    ],
  ])(
    'RFC 9110 §15.5.2: a selectIssuer that %s is a bug, and brings no answer of its own',
    async (_, select, message) => {
      const { verifier, events } = platform(known, { selectIssuer: select })
      const error: any = await verifier.verify('opaque').catch((thrown: unknown) => thrown)
      expect(error.message).toBe(message)
      expect({ ...error }).toEqual({}) // no status, no headers
      expect(events).toEqual([])
      await delay(1) // or vitest would tell of a rejection that nobody handles
    },
  )

  test('an opaque token of a tenant that nobody can be asked about is malformed', async () => {
    const { verifier, events } = platform(known, { selectIssuer: () => issuerOf('t1') })
    expect(await outcome(verifier.verify('opaque'))).toBe('invalid_token/malformed')
    expect(events.at(-1)).toMatchObject({ detail: 'the token is no JWT, and its issuer has no introspection' })
  })

  test('without selectIssuer an opaque token is malformed', async () => {
    expect(await outcome(platform(known).verifier.verify('opaque'))).toBe('invalid_token/malformed')
  })
})

describe('a copy of a token that waits for keys, when the answer of the function has grown old', () => {
  test.each<[string, () => unknown, string]>([
    ['the tenant is there as before', () => undefined, 'accepted'],
    ['the tenant was removed', () => ({ isRemoved: true }), 'invalid_token/unknown_issuer'],
    ['the function fails', () => ({ fails: true }), 'unavailable/issuer'],
  ])('is judged by what it says now: %s', async (_, change, verdict) => {
    let now: { isRemoved?: true; fails?: true } = {}
    let pause = 0
    const find = (iss: string): unknown => {
      if (now.fails) throw new Error('down')
      return now.isRemoved ? undefined : entryOf(iss)
    }
    const { verifier, advance } = platform(find, {
      keys: { maxAge: 600, staleIfError: 0, retries: 0 },
      fetch: async () => {
        await delay(pause)
        return Response.json({ keys: publicKeys }, { headers: { 'cache-control': 'max-age=60' } })
      },
    })
    const jwt = tokenOf('t1')
    await verifier.verify(jwt)
    advance(599)
    pause = 60
    const first = outcome(verifier.verify(jwt)) // waits for the keys, which are due
    await delay(20)
    advance(2)
    now = (change() as typeof now | undefined) ?? {}
    const second = outcome(verifier.verify(jwt))
    expect([await first, await second]).toEqual(['accepted', verdict])
  })
})

test('RFC 6890: without a fetch of your own no tenant leads to a private address', async () => {
  const { verifier, events } = platform((iss: string) => ({ issuer: iss, jwksUri: iss }), {
    fetch: undefined,
    keys: { retries: 0 },
  })
  for (const host of ['127.0.0.1', '[::1]', '10.0.0.1', '169.254.169.254', 'localhost']) {
    expect(await outcome(verifier.verify(token({ claims: { iss: `https://${host}` } })))).toBe('unavailable/keys')
  }
  const failures = events.filter((event) => event.type === 'authentication.failed')
  for (const { cause } of failures) expect((cause as Error).message).toContain('ERR_PRIVATE_ADDRESS')
})
