import { createVerifier, defineRequirements } from '@resource-server/core'
import { describe, expect, test } from 'vitest'
import { I } from '../support/fixture.js'
import { e1, privateJwkOf } from '../support/keys.js'
import { type Options, options, refusalOf, verdict } from './refusal.js'

describe('X29: the message names the option, what was expected and what came', () => {
  test.each<[Options, string]>([
    [
      { audience: undefined },
      'Invalid option audience: expected the identifier of this API, or an array of several, got undefined',
    ],
    [
      { audience: [] },
      'Invalid option audience: expected the identifier of this API, or an array of several, got an array of 0',
    ],
    [{ issuer: [] }, 'Invalid option issuer: expected at least one issuer, got an array of 0'],
    [
      { issuer: 'http://as.test' },
      'Invalid option issuer: expected an https URL without user name and password (http only to loopback), got "http://as.test"',
    ],
    [
      { issuer: 'https://as.test/?tenant=1' },
      'Invalid option issuer: expected an issuer without query and fragment, got "https://as.test/?tenant=1"',
    ],
    [
      { issuer: [I, I] },
      'Invalid option issuer[1]: expected an issuer that is not listed already, got "https://as.test"',
    ],
    [
      { issuer: [I, { issuer: 'https://b.test', jwksUri: 'jwks' }] },
      'Invalid option issuer[1].jwksUri: expected an https URL without user name and password (http only to loopback), got "jwks"',
    ],
    [
      { issuer: { issuer: I, jwksUri: 'https://as.test/jwks', metadataUrl: 'https://as.test/m' } },
      'Invalid option issuer.metadataUrl: expected to stand alone, but there is jwksUri already, got "https://as.test/m"',
    ],
    [
      { issuer: { issuer: I, jwks: { keys: [] } } },
      'Invalid option issuer.jwks: expected a JWK set { keys: […] } of at most 100 keys, one of them fit for the algorithms that are allowed, got an object',
    ],
    [
      { issuer: { issuer: I, jwks: { keys: [privateJwkOf(e1)] } } },
      'Invalid option issuer.jwks: expected public keys only, but there is a private or symmetric one, got an object',
    ],
    [
      { algorithms: ['none'] },
      'Invalid option algorithms: expected some of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519, got "none"',
    ],
    [{ algorithms: [] }, 'Invalid option algorithms: expected a non-empty array of strings, got an array of 0'],
    [{ profile: 'fapi2' }, 'Invalid option profile: expected "jwt" or "rfc9068", got "fapi2"'],
    [{ clockTolerance: -1 }, 'Invalid option clockTolerance: expected a number of seconds from 0 to 300, got -1'],
    [{ keys: { maxAge: 10 } }, 'Invalid option keys.maxAge: expected a number of seconds from 60 to 86400, got 10'],
    [
      { keys: { staleIfError: -1 } },
      'Invalid option keys.staleIfError: expected a number of seconds from 0 to 86400, got -1',
    ],
    [{ keys: { cooldown: 0 } }, 'Invalid option keys.cooldown: expected a number of seconds from 5 to 600, got 0'],
    [{ keys: { timeout: '5' } }, 'Invalid option keys.timeout: expected a number of seconds from 1 to 30, got "5"'],
    [{ tokenCache: true }, 'Invalid option tokenCache: expected { maxEntries } or false, got true'],
    [
      { tokenCache: { maxEntries: 0 } },
      'Invalid option tokenCache.maxEntries: expected a whole number from 1 to 1000000, got 0',
    ],
    [{ realm: 'a"b' }, 'Invalid option realm: expected printable ASCII without quotes and backslashes, got "a\\"b"'],
    [{ clock: 5 }, 'Invalid option clock: expected a function, got 5'],
    [{ issuer: 5 }, "Invalid option issuer: expected the issuer's URL, or an object with it, got 5"],
    [
      { isuer: I },
      'Invalid option isuer: there is no such option; there are issuer, selectIssuer, audience, resource, realm, algorithms, profile, clockTolerance, requirements, isRevoked, keys, tokenCache, fetch, clock, onEvent',
    ],
    [
      { issuer: { issuer: I, jwksURI: 'x' } },
      'Invalid option issuer.jwksURI: there is no such option; there are issuer, tenants, jwksUri, jwks, metadataUrl, audience, algorithms, profile, scopeClaims, claims, introspection',
    ],
    [
      { keys: { maxage: 1 } },
      'Invalid option keys.maxage: there is no such option; there are maxAge, staleIfError, cooldown, timeout, retries, store',
    ],
    [
      { requirements: { scope: ['a'] } },
      'Invalid option requirements.scope: there is no such option; there are scopes, anyScope, claims, acrValues, maxAge, check, optional',
    ],
  ])('%o', (changes, message) => {
    expect(verdict(changes)).toBe(message)
  })

  test.each<[unknown, string]>([
    [null, 'null'],
    [undefined, 'undefined'],
    ['', '""'],
    ['a\n"b"', '"a\\n\\"b\\""'],
    [Number.NaN, 'NaN'],
    [5n, '5'],
    [true, 'true'],
    [{}, 'an object'],
    [new Date(0), 'an object'],
    [['a', 'b'], 'an array of 2'],
    [() => 'secret', 'a function'],
    [Symbol('secret'), 'a symbol'],
  ])('%o is called %s', (value, name) => {
    expect(refusalOf(() => defineRequirements({ claims: value as any }))).toBe(
      value === undefined
        ? 'Invalid option requirements.claims: expected a value, or the member to be left out, got undefined'
        : `Invalid option requirements.claims: expected a plain object with at least one claim, got ${name}`,
    )
  })
})

test('X29: the error is a TypeError with a code, and nothing else', () => {
  let error: any
  try {
    createVerifier(options({ audience: [] }))
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(TypeError)
  expect(error.name).toBe('TypeError')
  expect(Object.keys(error)).toEqual(['code'])
  expect(error.code).toBe('ERR_INVALID_OPTION')
})

describe('what was put in the wrong place is not spilt', () => {
  const secret = 'sk_live_0123456789abcdef'

  test('text of more than 80 characters', () => {
    const short = 'x'.repeat(80)
    const long = `${secret}${'x'.repeat(57)}`
    expect(long).toHaveLength(81)
    expect(verdict({ issuer: short })).toContain(`got "${short}"`)
    expect(verdict({ issuer: long })).toMatch(/, got a string of 81 characters$/)
  })

  test.each<Options>([
    { issuer: `https://user:${secret}@as.test` },
    { issuer: `http://${secret}@as.test` },
    { issuer: { issuer: I, jwksUri: `https://user:${secret}@as.test/jwks` } },
  ])('a URL with a password: %o', (changes) => {
    expect(verdict(changes)).toMatch(/, got a URL with a user name or password$/)
    expect(verdict(changes)).not.toContain(secret)
  })

  test('the value of a member that there is not', () => {
    expect(verdict({ clientSecret: secret })).not.toContain(secret)
    expect(verdict({ issuer: { issuer: I, clientSecret: secret } })).not.toContain(secret)
  })

  test('keys, objects, arrays and functions', () => {
    const secretJwk = { kty: 'oct', k: secret }
    for (const changes of [
      { issuer: { issuer: I, jwks: { keys: [secretJwk] } } },
      { issuer: { issuer: I, jwks: [secretJwk] } },
      { audience: { secret } },
      { audience: [secret, 5] },
      { realm: [secret] },
      { realm: () => secret },
    ])
      expect(verdict(changes)).not.toContain(secret)
  })
})
