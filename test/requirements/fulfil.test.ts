import {
  type AccessToken,
  AuthenticationError,
  createVerifier,
  defineRequirements,
  type Requirements,
} from '@resource-server/core'
import { describe, expect, test } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { type Members, token } from '../support/token.js'

function verifierWith(options: object = {}) {
  return createVerifier({
    issuer: { issuer: I, jwks: { keys: publicKeys } },
    audience: A,
    clock: () => NOW * 1000,
    ...options,
  })
}
const verifier = verifierWith()

/** `granted`, or the refusal: its kind, its reason and the scopes that are asked for. */
async function verdict(claims: Members, requirements: Requirements, guard = verifier): Promise<string> {
  const error = await guard.verify(token({ claims }), requirements).then(
    () => undefined,
    (refusal: unknown) => refusal,
  )
  if (error === undefined) return 'granted'
  if (!(error instanceof AuthenticationError)) throw error
  const scope = /scope="([^"]*)"/.exec(String(error.headers['WWW-Authenticate']))?.[1]
  return [`${error.kind}/${error.reason}`, ...(scope === undefined ? [] : [scope])].join(': ')
}

/** What a function of the user throws is wrapped, so that a status or headers of its own mean nothing to a framework. */
const THREW = new Error('A check or claim predicate threw', { cause: new RangeError('a bug') })

const missing = (scopes: string): string => `insufficient_scope/missing_scope: ${scopes}`

describe('RFC 6750 §3.1: scopes', () => {
  test.each<[string, Requirements, string]>([
    ['a b c', { scopes: ['a'] }, 'granted'],
    ['a b c', { scopes: ['c', 'a'] }, 'granted'],
    ['a b c', { scopes: ['a', 'd'] }, missing('a d')],
    ['a b c', { scopes: ['d', 'e'] }, missing('d e')],
    ['', { scopes: ['a'] }, missing('a')],
    ['read:all', { scopes: ['read'] }, missing('read')],
    ['read', { scopes: ['read:all'] }, missing('read:all')],
    ['Read', { scopes: ['read'] }, missing('read')],
    ['xread readx', { scopes: ['read'] }, missing('read')],
    ['a,b', { scopes: ['a'] }, missing('a')],
    ['*', { scopes: ['a'] }, missing('a')],
    ['a b c', { anyScope: ['x', 'b'] }, 'granted'],
    ['a b c', { anyScope: ['x', 'y'] }, missing('x y')],
    ['', { anyScope: ['x'] }, missing('x')],
    ['a b', { scopes: ['a'], anyScope: ['b', 'c'] }, 'granted'],
    ['a', { scopes: ['a'], anyScope: ['b', 'c'] }, missing('a b c')],
    ['b', { scopes: ['a'], anyScope: ['b', 'c'] }, missing('a b c')],
    ['b', { scopes: ['a', 'b'], anyScope: ['b', 'a'] }, missing('a b')],
  ])('a token with %j, where %j is needed: %s', async (scope, requirements, expected) => {
    expect(await verdict({ scope }, requirements)).toBe(expected)
  })

  test('a token without scopes has none', async () => {
    expect(await verdict({ scope: undefined }, { scopes: ['a'] })).toBe(missing('a'))
    expect(await verdict({ scope: undefined }, { anyScope: ['a'] })).toBe(missing('a'))
    expect(await verdict({ scope: undefined }, {})).toBe('granted')
  })
})

describe('claims', () => {
  const CLAIM = 'forbidden/claim'

  test.each<[unknown, unknown, string]>([
    ['org_1', 'org_1', 'granted'],
    ['org_1', 'org_2', CLAIM],
    ['org_1', 'Org_1', CLAIM],
    ['org_12', 'org_1', CLAIM],
    ['org_1 ', 'org_1', CLAIM],
    [1, 1, 'granted'],
    [1, '1', CLAIM],
    ['1', 1, CLAIM],
    [true, true, 'granted'],
    [true, 'true', CLAIM],
    [true, 1, CLAIM],
    [1, true, CLAIM],
    [false, false, 'granted'],
    [0, false, CLAIM],
    ['', false, CLAIM],
    [null, false, CLAIM],
    [0, 0, 'granted'],
    ['', '', 'granted'],
    [undefined, '', CLAIM],
    [undefined, 'undefined', CLAIM],
    [null, 'null', CLAIM],
    [['org_1', 'org_2'], 'org_2', 'granted'],
    [['org_1'], 'org', CLAIM],
    [[], 'org_1', CLAIM],
    [[['org_1']], 'org_1', CLAIM],
    [[1, '2'], 1, 'granted'],
    [[1, '2'], 2, CLAIM],
    [{ org_1: true }, 'org_1', CLAIM],
    [{ includes: 'org_1' }, 'org_1', CLAIM],
    ['org_1,org_2', 'org_1', CLAIM],
    ['org_1 org_2', 'org_1', CLAIM],
  ])('a claim %j, where %j is needed: %s', async (org, required, expected) => {
    expect(await verdict({ org }, { claims: { org: required as string } })).toBe(expected)
  })

  test('all of them must hold', async () => {
    const claims = { a: 1, b: 2 }
    expect(await verdict({ a: 1, b: 2 }, { claims })).toBe('granted')
    expect(await verdict({ a: 1 }, { claims })).toBe(CLAIM)
    expect(await verdict({ b: 2 }, { claims })).toBe(CLAIM)
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('no claim is inherited: %s', async (name) => {
    const claims = Object.fromEntries([[name, (claim: unknown) => claim !== undefined]])
    expect(await verdict({}, { claims })).toBe(CLAIM)
  })

  test('a predicate is given the claim, or undefined', async () => {
    const seen: unknown[] = []
    const claims = {
      org: (claim: unknown) => {
        seen.push(claim)
        return true
      },
    }
    await verdict({ org: 'org_1' }, { claims })
    await verdict({ org: [{ id: 1 }] }, { claims })
    await verdict({}, { claims })
    expect(seen).toEqual(['org_1', [{ id: 1 }], undefined])
    expect(Object.isFrozen(seen[1])).toBe(true)
  })

  test.each<[string, unknown]>([
    ['false', false],
    ['undefined', undefined],
    ['1', 1],
    ['a string', 'true'],
    ['an object', {}],
    ['a promise, which is truthy', Promise.resolve(true)],
    ['a promise of false', Promise.resolve(false)],
  ])('a predicate that answers %s refuses', async (_, answer) => {
    expect(await verdict({ org: 'org_1' }, { claims: { org: (() => answer) as () => boolean } })).toBe(CLAIM)
  })

  test('what a predicate throws travels on', async () => {
    const broken = (): boolean => {
      throw new RangeError('a bug')
    }
    await expect(verdict({}, { claims: { org: broken } })).rejects.toThrow(THREW)
  })
})

describe('check', () => {
  const CHECK = 'forbidden/check'

  test.each<[string, unknown, string]>([
    ['true', true, 'granted'],
    ['a promise of true', Promise.resolve(true), 'granted'],
    ['false', false, CHECK],
    ['a promise of false', Promise.resolve(false), CHECK],
    ['undefined', undefined, CHECK],
    ['null', null, CHECK],
    ['1', 1, CHECK],
    ['a string', 'true', CHECK],
    ['an object', {}, CHECK],
    ['a promise of 1', Promise.resolve(1), CHECK],
    ['a promise of nothing', Promise.resolve(), CHECK],
  ])('that answers %s: %s', async (_, answer, expected) => {
    expect(await verdict({}, { check: (() => answer) as () => boolean })).toBe(expected)
  })

  test('is given the access token', async () => {
    const seen: AccessToken[] = []
    const check = (accessToken: AccessToken): boolean => seen.push(accessToken) > 0
    const accessToken = await verifier.verify(token({ claims: { org: 'org_1' } }), { check })
    expect(seen).toEqual([accessToken])
    expect(seen[0]).toBe(accessToken)
  })

  test('what it throws or rejects with travels on, at every door', async () => {
    const thrown: Requirements = {
      check: () => {
        throw new RangeError('a bug')
      },
    }
    const rejected: Requirements = { check: () => Promise.reject(new RangeError('a bug')) }
    const jwt = token()
    const request = new Request('https://api.test', { headers: { authorization: `Bearer ${jwt}` } })
    for (const requirements of [thrown, rejected]) {
      const guarded = verifier.protect(requirements, () => new Response('reached'))
      const accessToken = await verifier.verify(jwt)
      for (const act of [
        () => verifier.verify(jwt, requirements),
        () => verifier.authenticate(request, requirements),
        () => verifier.authorize(accessToken, requirements),
        () => guarded(request),
      ])
        await expect(act()).rejects.toThrow(THREW)
    }
  })
})

describe('the order: scopes, claims, check', () => {
  test('the first that fails is reported, and none after it is asked', async () => {
    let asked = 0
    const requirements: Requirements = {
      scopes: ['a'],
      claims: {
        org: (claim) => {
          asked++
          return claim === 1
        },
      },
      check: () => {
        asked += 10
        return false
      },
    }
    expect(await verdict({ scope: '' }, requirements)).toBe(missing('a'))
    expect(asked).toBe(0)
    expect(await verdict({ scope: 'a' }, requirements)).toBe('forbidden/claim')
    expect(asked).toBe(1)
    expect(await verdict({ scope: 'a', org: 1 }, requirements)).toBe('forbidden/check')
    expect(asked).toBe(12)
  })

  test('RFC 9470 §9: nothing is asked before the token is known to be good', async () => {
    let asked = 0
    const count = (): boolean => ++asked > 0
    expect(await verdict({ exp: NOW - 100 }, { scopes: ['x'], claims: { org: count }, check: count })).toBe(
      'invalid_token/expired',
    )
    expect(asked).toBe(0)
  })
})

describe('requirements of the verifier hold for every request, beside those of the route', () => {
  const strict = verifierWith({
    requirements: { scopes: ['base'], claims: { org: 1 }, check: ({ subject }: AccessToken) => subject === 'u1' },
  })

  test.each<[Members, Requirements, string]>([
    [{ scope: 'base', org: 1 }, {}, 'granted'],
    [{ scope: 'base a', org: 1 }, { scopes: ['a'] }, 'granted'],
    [{ scope: 'a', org: 1 }, { scopes: ['a'] }, missing('base a')],
    [{ scope: 'base', org: 1 }, { scopes: ['a'] }, missing('base a')],
    [{ scope: 'base', org: 1 }, { scopes: ['base', 'a'] }, missing('base a')],
    [{ scope: 'base', org: 1 }, { anyScope: ['a', 'b'] }, missing('base a b')],
    [{ scope: 'base', org: 2 }, {}, 'forbidden/claim'],
    [{ scope: 'base', org: 2 }, { claims: { org: 2 } }, 'forbidden/claim'],
    [{ scope: 'base', org: 1 }, { claims: { org: 2 } }, 'forbidden/claim'],
    [{ scope: 'base', org: 1, sub: 'u2' }, {}, 'forbidden/check'],
    [{ scope: 'base', org: 1, sub: 'u2' }, { check: () => true }, 'forbidden/check'],
    [{ scope: 'base', org: 1 }, { check: () => false }, 'forbidden/check'],
  ])('%j with %o: %s', async (claims, requirements, expected) => {
    expect(await verdict(claims, requirements, strict)).toBe(expected)
  })

  test('two lists of which one scope is enough must each be met', async () => {
    const guard = verifierWith({ requirements: { anyScope: ['a', 'b'] } })
    expect(await verdict({ scope: 'a c' }, { anyScope: ['c', 'd'] }, guard)).toBe('granted')
    expect(await verdict({ scope: 'a b' }, { anyScope: ['c', 'd'] }, guard)).toBe(missing('a b c d'))
  })

  test('they hold where no requirements are given', async () => {
    const request = new Request('https://api.test', {
      headers: { authorization: `Bearer ${token({ claims: { scope: '' } })}` },
    })
    expect((await strict.authenticate(request)).error?.kind).toBe('insufficient_scope')
  })
})

describe('defineRequirements', () => {
  test('gives a frozen copy with what was written down', () => {
    const check = () => true
    const written = { scopes: ['a'], claims: { org: 1 }, check }
    const defined = defineRequirements(written)
    expect(defined).toEqual({ scopes: ['a'], claims: { org: 1 }, check })
    expect(defined).not.toBe(written)
    for (const part of [defined, defined.scopes, defined.claims]) expect(Object.isFrozen(part)).toBe(true)
    expect(defineRequirements(defined)).toEqual(defined)
  })

  test('messages call them as they are told to', () => {
    expect(() => defineRequirements({ scope: ['a'] } as object, 'policies.admin')).toThrow(
      'Invalid option policies.admin.scope: there is no such option; there are scopes, anyScope, claims, acrValues, maxAge, check, optional',
    )
  })

  test('what is written over later changes nothing', async () => {
    const written: any = { scopes: ['a'], claims: { org: 1 } }
    const defined = defineRequirements(written)
    written.scopes.length = 0
    delete written.claims.org
    expect(await verdict({ scope: '', org: 1 }, defined)).toBe(missing('a'))
    expect(await verdict({ scope: 'a' }, defined)).toBe('forbidden/claim')
  })
})

test('a requirement that is hidden from enumeration is asked for all the same', async () => {
  const scopes = Object.defineProperty({}, 'scopes', { value: ['write'] }) as Requirements
  expect(await verdict({ scope: 'read' }, scopes)).toBe(missing('write'))
  const claims = { claims: Object.defineProperty({ iss: I }, 'org', { value: 'o1' }) } as Requirements
  expect(await verdict({ scope: 'read' }, claims)).toBe('forbidden/claim')
  expect(await verdict({ org: 'o1' }, claims)).toBe('granted')
})
