import { allowInsecureRequests, createVerifier } from '@resource-server/core'
import { describe, expect, test } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { d1, e1, privateJwkOf, r1, rsaKey } from '../support/keys.js'
import { type Options, options, refusalOf, verdict } from './refusal.js'

/** What X29 refuses: the option that is named, and the options that are wrong there. */
type Refused = [path: string, what: string, changes: Options]

const entry = (changes: Options): Options => ({ issuer: { issuer: I, ...changes } })
const second = (changes: Options): Options => ({ issuer: ['https://first.test', { issuer: I, ...changes }] })

const noStrings: [string, unknown][] = [
  ['null', null],
  ['a number', 5],
  ['true', true],
  ['a function', () => 'https://as.test'],
  ['a symbol', Symbol('s')],
  ['a bigint', 5n],
]

const badUrls: [string, unknown][] = [
  ...noStrings,
  ['the empty string', ''],
  ['a host', 'as.test'],
  ['a path', '/jwks'],
  ['http', 'http://as.test'],
  ['http on a private network', 'http://10.0.0.1'],
  ['http on a name that begins like loopback', 'http://localhost.as.test'],
  ['http on an address that begins like loopback', 'http://127.0.0.1.as.test'],
  ['ftp', 'ftp://as.test'],
  ['a file', 'file:///etc/passwd'],
  ['data', 'data:application/json,{}'],
  ['a user', 'https://user@as.test'],
  ['a user and a password', 'https://user:secret@as.test'],
  ['a space in front', ' https://as.test'],
  ['a space at the end', 'https://as.test '],
  ['a space inside', 'https://as.test/a b'],
  ['a line feed', 'https://as.test\n'],
  ['a letter beyond ASCII', 'https://as.t\u0435st'],
  ['a letter beyond ASCII, the first', 'https://\u0430s.test'],
  ['a line feed before the host', 'https://\nas.test'],
  ['a tab before the host', 'https://\tas.test'],
  ['a space before the host', 'https:// as.test'],
  ['no slash', 'https:as.test'],
  ['one slash', 'https:/as.test'],
  ['three slashes', 'https:///as.test'],
  ['backslashes', 'https:\\\\as.test'],
  ['a backslash in the path', 'https://as.test\\a'],
]

const notFunctions: [string, unknown][] = [
  ['null', null],
  ['a string', 'https://as.test'],
  ['a number', 5],
  ['true', true],
  ['an object', {}],
  ['an array', [() => 1]],
]

const badSeconds = (least: number, most: number): [string, unknown][] => [
  ['too little', least - 0.001],
  ['too much', most + 0.001],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['a string', String(least + 1)],
  ['a span of time in words', '10s'],
  ['null', null],
  ['true', true],
  ['a bigint', 30n],
  ['an array', [least + 1]],
  ['a function', () => least + 1],
]

const badAudiences: [string, unknown][] = [
  ['a number', 5],
  ['true', true],
  ['a function', () => A],
  ['an object', { audience: A }],
  ['a regular expression', /^https/],
  ['the empty string', ''],
  ['no member', []],
  ['an empty member', [A, '']],
  ['a member that is a number', [A, 5]],
  ['a member that is null', [null]],
  ['a member that is undefined', [undefined]],
  ['a member that is a regular expression', [/^https/]],
  ['a member that is an array', [[A]]],
]

const badAlgorithms: [string, unknown][] = [
  ['null', null],
  ['a string', 'ES256'],
  ['a function', () => ['ES256']],
  ['a set', new Set(['ES256'])],
  ['no member', []],
  ['none', ['none']],
  ['none beside a good one', ['ES256', 'none']],
  ['HS256', ['HS256']],
  ['HS512 beside a good one', ['RS256', 'HS512']],
  ['an unknown one', ['ES256K']],
  ['one of encryption', ['RSA-OAEP']],
  ['one in lower case', ['es256']],
  ['one with a space', ['ES256 ']],
  ['the empty string', ['']],
  ['a member that is a number', [256]],
  ['a member that is undefined', ['ES256', undefined]],
  ['a member that is inherited', ['constructor']],
]

const badSets: [string, unknown][] = [
  ['no keys', {}],
  ['keys that are null', { keys: null }],
  ['keys that are no array', { keys: { 0: e1.jwk } }],
  ['an empty set', { keys: [] }],
  ['nothing but unknown keys', { keys: [{ kty: 'WAT' }, null] }],
  ['nothing but keys for encryption', { keys: [{ ...e1.jwk, use: 'enc' }] }],
  ['nothing but weak keys', { keys: [rsaKey('k', 1024).jwk] }],
  ['nothing but keys off the curve', { keys: [{ ...e1.jwk, y: e1.jwk['x'] }] }],
  ['more than a hundred keys', { keys: Array.from({ length: 101 }, () => e1.jwk) }],
  ['a bare key', e1.jwk],
  ['a private key', { keys: [privateJwkOf(e1)] }],
  ['a private key beside a good one', { keys: [e1.jwk, privateJwkOf(r1)] }],
  ['one private member', { keys: [{ ...d1.jwk, d: 'AA' }] }],
  ['a symmetric key', { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] }],
  ['a symmetric key beside a good one', { keys: [e1.jwk, { kty: 'oct', k: 'c2VjcmV0' }] }],
  ['an object that is deeper than JSON may be', { keys: [e1.jwk, JSON.parse('['.repeat(20) + ']'.repeat(20))] }],
  ['an object that is a circle', circle()],
  ['an object that no JSON can hold', { keys: [e1.jwk], more: 1n }],
  ['an object that becomes something else', { keys: [e1.jwk], toJSON: () => 'text' }],
  ['an object that becomes nothing', { keys: [e1.jwk], toJSON: () => undefined }],
]

function circle(): object {
  const jwks: { keys: unknown[]; self?: unknown } = { keys: [e1.jwk] }
  jwks.self = jwks
  return jwks
}

const at = (path: string, put: (value: unknown) => Options, values: [string, unknown][]): Refused[] =>
  values.map(([what, value]) => [path, what, put(value)])

const refused: Refused[] = [
  ['issuer', 'left out', { issuer: undefined }],
  ['issuer', 'no member', { issuer: [] }],
  ...at(
    'issuer',
    (issuer) => ({ issuer }),
    badUrls.filter(([what]) => what !== 'a function'),
  ), // which finds issuers
  ...at('issuer[1]', (value) => ({ issuer: [I, value] }), badUrls),
  ...at('issuer.issuer', (issuer) => ({ issuer: { issuer } }), badUrls),
  ...at('issuer[1].issuer', (issuer) => second({ issuer }), badUrls),
  ['issuer', 'a query', { issuer: 'https://as.test/?a=b' }],
  ['issuer', 'an empty query', { issuer: 'https://as.test/?' }],
  ['issuer', 'a fragment', { issuer: 'https://as.test/#a' }],
  ['issuer', 'an empty fragment', { issuer: 'https://as.test#' }],
  ['issuer.issuer', 'a query', entry({ issuer: 'https://as.test/?a=b' })],
  ['issuer.issuer', 'left out of an entry', { issuer: {} }],
  ['issuer[0]', 'an array in an array', { issuer: [[I]] }],
  ['issuer[1]', 'the same twice', { issuer: [I, I] }],
  ['issuer[2]', 'the same twice, once as an entry', { issuer: [I, 'https://b.test', { issuer: I }] }],
  ['issuer[0]', 'a hole', { issuer: Object.assign(Array(2), { 1: I }) }],
  ['issuer[1]', 'undefined among others', { issuer: [I, undefined] }],
  ['issuer.secret', 'an unknown member', entry({ secret: 's' })],
  ['issuer.jwksURI', 'a misspelt member', entry({ jwksURI: 'https://as.test/jwks' })],
  ['issuer.clockTolerance', 'a member of the top level', entry({ clockTolerance: 5 })],
  ['issuer[1].jwks_uri', 'a member as metadata spell it', second({ jwks_uri: 'https://as.test/jwks' })],

  ...at('issuer.jwksUri', (jwksUri) => entry({ jwksUri }), badUrls),
  ...at('issuer[1].jwksUri', (jwksUri) => second({ jwksUri }), badUrls),
  ...at('issuer.metadataUrl', (metadataUrl) => entry({ metadataUrl }), badUrls),
  ...at('issuer.jwks', (jwks) => entry({ jwks }), [
    ...noStrings,
    ['a string', 'https://as.test/jwks'],
    ['an array', [e1.jwk]],
  ]),
  ...at('issuer.jwks', (jwks) => entry({ jwks }), badSets),
  [
    'issuer.jwks',
    'no key for the algorithms that are allowed',
    { ...entry({ jwks: { keys: [e1.jwk] } }), algorithms: ['RS256'] },
  ],
  ['issuer.jwks', 'no key for the algorithms of the entry', entry({ jwks: { keys: [e1.jwk] }, algorithms: ['EdDSA'] })],
  ['issuer[1].jwks', 'a set of no use', second({ jwks: { keys: [] } })],
  [
    'issuer.metadataUrl',
    'jwksUri beside it',
    entry({ jwksUri: 'https://as.test/jwks', metadataUrl: 'https://as.test/m' }),
  ],
  ['issuer.metadataUrl', 'jwks beside it', entry({ jwks: { keys: [e1.jwk] }, metadataUrl: 'https://as.test/m' })],
  [
    'issuer.metadataUrl',
    'both others beside it',
    entry({ jwksUri: 'https://as.test/jwks', jwks: { keys: [e1.jwk] }, metadataUrl: 'https://as.test/m' }),
  ],

  ['audience', 'left out', { audience: undefined }],
  ['audience', 'null, which only an entry may say', { audience: null }],
  ['issuer.audience', 'null under rfc9068, which requires aud', entry({ audience: null, profile: 'rfc9068' })],
  ['issuer.audience', 'null under rfc9068 of the top level', { ...entry({ audience: null }), profile: 'rfc9068' }],
  ['audience', 'left out although each entry has one', { audience: undefined, ...entry({ audience: A }) }],
  ...at('audience', (audience) => ({ audience }), badAudiences),
  ...at('issuer.audience', (audience) => entry({ audience }), badAudiences),
  ...at('issuer[1].audience', (audience) => second({ audience }), badAudiences),

  ...at('algorithms', (algorithms) => ({ algorithms }), badAlgorithms),
  ...at('issuer.algorithms', (algorithms) => entry({ algorithms }), badAlgorithms),
  [
    'algorithms',
    'wrong although each entry has its own',
    { algorithms: ['none'], ...entry({ algorithms: ['ES256'] }) },
  ],

  ...['JWT', 'RFC9068', 'fapi2', '', null, 9068, ['jwt'], () => 'jwt'].flatMap((profile): Refused[] => [
    ['profile', String(profile), { profile }],
    ['issuer.profile', String(profile), entry({ profile })],
  ]),

  ...at('issuer.scopeClaims', (scopeClaims) => entry({ scopeClaims }), [
    ['a string', 'scope'],
    ['null', null],
    ['no member', []],
    ['an empty member', ['scope', '']],
    ['a member that is a number', ['scope', 1]],
    ['a function', () => ['scope']],
  ]),

  ...at('clockTolerance', (clockTolerance) => ({ clockTolerance }), badSeconds(0, 300)),
  ...at('keys.maxAge', (maxAge) => ({ keys: { maxAge } }), badSeconds(60, 86_400)),
  ...at('keys.staleIfError', (staleIfError) => ({ keys: { staleIfError } }), badSeconds(0, 86_400)),
  ...at('keys.cooldown', (cooldown) => ({ keys: { cooldown } }), badSeconds(5, 600)),
  ...at('keys.timeout', (timeout) => ({ keys: { timeout } }), badSeconds(1, 30)),
  ...at('keys', (keys) => ({ keys }), [...noStrings, ['a string', 'keys'], ['an array', []]]),
  ...at('tokenCache', (tokenCache) => ({ tokenCache }), [
    ['null', null],
    ['true', true],
    ['a number', 1000],
    ['a string', 'false'],
    ['an array', []],
    ['a Map', new Map()],
  ]),
  ...at('tokenCache.maxEntries', (maxEntries) => ({ tokenCache: { maxEntries } }), [
    ['none', 0],
    ['less than none', -1],
    ['too many', 1_000_001],
    ['a fraction', 1.5],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a string', '1000'],
    ['null', null],
  ]),
  ['tokenCache.maxAge', 'a time for which tokens are believed', { tokenCache: { maxAge: 60 } }],
  ['keys.maxage', 'a misspelt member', { keys: { maxage: 600 } }],
  ['keys.keys', 'a nested group', { keys: { keys: {} } }],

  ...at('resource', (resource) => ({ resource }), [
    ['the empty string', ''],
    ['http', 'http://api.test'],
    ['no URL', 'api'],
    ['a user name', 'https://me@api.test'],
    ['a line feed', 'https://api.test/\nx'],
    ['a backslash', 'https://api.test\\x'],
    ['a fragment', 'https://api.test/#x'],
    ['a quote in the host', 'https://a",error="x.test/v1'],
    ['an empty fragment', 'https://api.test/#'],
    ['an array', ['https://api.test']],
    ['null', null],
    ['a URL object', new URL('https://api.test')],
  ]),
  ['resource.url', 'an entry without URL', { resource: {} }],
  ['resource.url', 'an entry with http', { resource: { url: 'http://api.test' } }],
  ['resource.scopes', 'a misspelt member', { resource: { url: 'https://api.test', scopes: ['read'] } }],
  ...['documentation', 'policyUri', 'tosUri'].flatMap((name) =>
    at(`resource.${name}`, (value) => ({ resource: { url: 'https://api.test', [name]: value } }), [
      ['http', 'http://api.test/x'],
      ['no URL', 'x'],
      ['null', null],
    ]),
  ),
  ...at('resource.name', (name) => ({ resource: { url: 'https://api.test', name } }), [
    ['the empty string', ''],
    ['a number', 1],
  ]),
  ...at('resource.scopesSupported', (scopesSupported) => ({ resource: { url: 'https://api.test', scopesSupported } }), [
    ['a string', 'read'],
    ['no member', []],
  ]),
  [
    'resource.scopesSupported[1]',
    'a scope with a space',
    { resource: { url: 'https://api.test', scopesSupported: ['read', 'a b'] } },
  ],

  ...at('realm', (realm) => ({ realm }), [
    ...noStrings,
    ['the empty string', ''],
    ['an array', ['api']],
    ['a quote', 'a"b'],
    ['a backslash', 'a\\b'],
    ['a line feed', 'a\nb'],
    ['CR LF', 'a\r\nSet-Cookie: b'],
    ['a tab', 'a\tb'],
    ['a NUL', 'a\0'],
    ['a DEL', 'a\x7f'],
    ['a letter beyond ASCII', 'é'],
    ['an emoji', '\u{1f600}'],
  ]),

  ...at('isRevoked', (isRevoked) => ({ isRevoked }), notFunctions),
  ...at('fetch', (fetch) => ({ fetch }), notFunctions),
  ...at('clock', (clock) => ({ clock }), [
    ...notFunctions,
    ['one that tells no time', () => undefined],
    ['one that tells it in words', () => '2027-01-15T08:00:00Z'],
    ['one that tells a date', () => new Date()],
    ['one that tells NaN', () => Number.NaN],
    ['one that tells Infinity', () => Number.POSITIVE_INFINITY],
    ['one that promises to tell', async () => 0],
    ['one that tells seconds', () => NOW],
  ]),
  ...at('onEvent', (onEvent) => ({ onEvent }), notFunctions),
  ...at('[allowInsecureRequests]', (value) => ({ [allowInsecureRequests]: value }), [
    ['null', null],
    ['1', 1],
    ['a string', 'true'],
    ['an object', {}],
  ]),

  ['isuer', 'a misspelt option', { isuer: I }],
  ['Symbol(x)', 'an unknown symbol', { [Symbol('x')]: true }],
  ['Issuer', 'an option in upper case', { Issuer: I }],
  ['allowInsecureRequests', 'the switch as a string', { allowInsecureRequests: true }],
  ['jwksUri', 'an option of an entry', { jwksUri: 'https://as.test/jwks' }],
  ['jwks', 'keys at the top level', { jwks: { keys: [e1.jwk] } }],
  ['scopeClaims', 'scopeClaims at the top level', { scopeClaims: ['scope'] }],
  ['requirement', 'a misspelt requirements', { requirement: { scopes: ['read'] } }],
  ['scopes', 'a requirement', { scopes: ['read'] }],
  ['constructor', 'a name that every object has', { constructor: 1 }],
  ['toString', 'another name that every object has', { toString: () => '' }],

  ['requirements', 'null', { requirements: null }],
  ['requirements', 'a string', { requirements: 'read' }],
  ['requirements', 'an array', { requirements: ['read'] }],
  ['requirements', 'a function', { requirements: () => true }],
  ['requirements.scope', 'a misspelt requirement', { requirements: { scope: ['read'] } }],
  ['requirements.scopes', 'a requirement that is undefined', { requirements: { scopes: undefined } }],
]

describe('X29: what cannot work is refused when the verifier is made, and named', () => {
  test.each(refused)('%s: %s', (path, _, changes) => {
    expect(verdict(changes).startsWith(`Invalid option ${path}: `)).toBe(true)
  })
})

describe('X29: objects whose members are not written down where one looks for them', () => {
  class Settings {
    readonly issuer = I
    readonly audience = A
    readonly keys = [e1.jwk]
    readonly maxAge = 600
  }
  const odd: [string, unknown][] = [
    ['an instance of a class', new Settings()],
    ['a promise that was not awaited', Promise.resolve(options())],
    ['a Map', new Map([['issuer', I]])],
    ['an object that inherits', Object.create(options())],
    ['a Date', new Date(0)],
  ]
  test.each(odd)('%s', (_, value) => {
    expect(refusalOf(() => createVerifier(value as any))).toMatch(/^Invalid option options: expected a plain object, /)
    expect(verdict({ issuer: value })).toMatch(/^Invalid option issuer: /)
    expect(verdict({ keys: value })).toMatch(/^Invalid option keys: expected a plain object, /)
    expect(verdict(entry({ jwks: value }))).toMatch(/^Invalid option issuer.jwks: expected a plain object, /)
    expect(verdict({ requirements: value })).toMatch(/^Invalid option requirements: expected a plain object, /)
  })
})

describe('X29: options that are no options', () => {
  test.each([[undefined], [null], [''], ['https://as.test'], [5], [[]], [() => ({})]])('%o', (value) => {
    expect(refusalOf(() => createVerifier(value as any))).toMatch(
      /^Invalid option options: expected a plain object, got /,
    )
  })
})

const accepted: [string, Options][] = [
  ['the two that are required', {}],
  ['several audiences', { audience: [A, 'urn:api'] }],
  ['several issuers', { issuer: [I, 'https://b.test', { issuer: 'https://c.test' }] }],
  ['issuers that differ by a slash', { issuer: [I, `${I}/`] }],
  ['an issuer with a path', { issuer: 'https://as.test/t1/' }],
  ['loopback by name', { issuer: 'http://localhost:9000' }],
  ['loopback by IPv4', { issuer: 'http://127.0.0.1:9000/t1' }],
  ['loopback by IPv6', { issuer: 'http://[::1]:9000' }],
  ['http anywhere, by the switch', { issuer: 'http://as.internal', [allowInsecureRequests]: true }],
  [
    'keys over http anywhere, by the switch',
    { ...entry({ jwksUri: 'http://keys.internal/jwks' }), [allowInsecureRequests]: true },
  ],
  ['the switch turned off', { [allowInsecureRequests]: false }],
  ['jwksUri with a query', entry({ jwksUri: 'https://as.test/jwks?a=b' })],
  ['metadataUrl', entry({ metadataUrl: 'https://as.test/metadata' })],
  ['jwks with a key that is of use and others', entry({ jwks: { keys: [{ kty: 'WAT' }, null, e1.jwk] } })],
  ['jwks with a hundred keys', entry({ jwks: { keys: Array.from({ length: 100 }, () => e1.jwk) } })],
  ['an issuer without audience', entry({ audience: null })],
  ['an audience of its own', entry({ audience: ['urn:own'] })],
  [
    'every algorithm',
    {
      algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
    },
  ],
  ['algorithms of an entry', entry({ algorithms: ['PS256'] })],
  ['each profile', { profile: 'rfc9068', ...entry({ profile: 'jwt' }) }],
  ['scopeClaims', entry({ scopeClaims: ['permissions'] })],
  ['the least of every time', { clockTolerance: 0, keys: { maxAge: 60, staleIfError: 0, cooldown: 5, timeout: 1 } }],
  [
    'the most of every time',
    { clockTolerance: 300, keys: { maxAge: 86_400, staleIfError: 86_400, cooldown: 600, timeout: 30 } },
  ],
  ['a fraction of a second', { clockTolerance: 0.5, keys: { timeout: 1.5 } }],
  ['no key options', { keys: {} }],
  ['a realm with every kind of sign', { realm: "Orders of 'acme', inc. [EU] {1} 100%" }],
  ['functions', { isRevoked: () => false, fetch: () => {}, clock: () => 1e11, onEvent: () => {} }],
  [
    'requirements',
    { requirements: { scopes: ['read'], anyScope: ['a', 'b'], claims: { org: 'o' }, check: () => true } },
  ],
  ['no requirements', { requirements: {} }],
  ['no memory', { tokenCache: false }],
  ['a memory', { tokenCache: {} }],
  ['room for one token', { tokenCache: { maxEntries: 1 } }],
  ['room for a million', { tokenCache: { maxEntries: 1_000_000 } }],
]

test('X29: requirements that are undefined are refused: somebody meant to protect something', () => {
  expect(refusalOf(() => createVerifier({ ...options(), requirements: undefined }))).toBe(
    'Invalid option requirements: expected a plain object, got undefined',
  )
})

describe('X29: what can work is accepted', () => {
  test.each(accepted)('%s', (_, changes) => {
    expect(verdict(changes)).toBe('accepted')
  })

  test('an option that is undefined has its default', () => {
    const names = [
      'realm',
      'algorithms',
      'profile',
      'clockTolerance',
      'isRevoked',
      'keys',
      'tokenCache',
      'fetch',
      'clock',
      'onEvent',
    ]
    for (const name of names)
      expect(refusalOf(() => createVerifier({ ...options(), [name]: undefined }))).toBe('accepted')
    expect(refusalOf(() => createVerifier({ ...options(), [allowInsecureRequests]: undefined }))).toBe('accepted')
    for (const name of ['maxAge', 'staleIfError', 'cooldown', 'timeout'])
      expect(verdict({ keys: { [name]: undefined } })).toBe('accepted')
    expect(verdict({ tokenCache: { maxEntries: undefined } })).toBe('accepted')
    for (const name of ['jwksUri', 'jwks', 'metadataUrl', 'audience', 'algorithms', 'profile', 'scopeClaims'])
      expect(verdict({ issuer: { issuer: I, [name]: undefined } })).toBe('accepted')
  })

  test('options from a frozen object, and from one without prototype', () => {
    for (const given of [Object.freeze(options()), Object.assign(Object.create(null), options())])
      expect(refusalOf(() => createVerifier(given))).toBe('accepted')
  })

  test('the profile of an entry counts where it says nothing of an audience', () => {
    expect(verdict({ profile: 'rfc9068', ...entry({ audience: null, profile: 'jwt' }) })).toBe('accepted')
  })
})
