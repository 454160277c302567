import { allowInsecureRequests } from '@resource-server/core'
import { A, I } from '../support/fixture.js'
import { d1, e1, type Jwk, privateJwkOf, publicKeys, r1 } from '../support/keys.js'
import { rsa1024, rsaExponent1, smallOrderJwk, smallOrderPoints } from '../support/odd-keys.js'

/** A verifier that is written down wrongly, or oddly but rightly. */
export interface ConstructionCase {
  readonly name: string
  readonly options: unknown
  /** The option that the error names; without it there is no error. */
  readonly wrong?: string
}

type Members = Record<PropertyKey, unknown>

const entry: Members = { issuer: I, jwks: { keys: publicKeys } }
const options = (changes: Members): Members => ({ issuer: entry, audience: A, ...changes })
const withEntry = (changes: Members): Members => options({ issuer: { ...entry, ...changes } })
const remote = (changes: Members): Members => options({ issuer: { issuer: I, ...changes } })
const withKeys = (...keys: readonly unknown[]): Members => withEntry({ jwks: { keys } })

const dangerously = allowInsecureRequests

const fn = (): string => I
const shown = (value: unknown): string =>
  typeof value === 'number' || value === undefined
    ? String(value)
    : typeof value === 'function'
      ? 'a function'
      : JSON.stringify(value)

const notUrls = [
  '',
  ' ',
  'as.test',
  '/jwks',
  'http://as.test/x',
  'ftp://as.test/x',
  'file:///etc/passwd',
  'https://',
  'https://u:p@as.test/x',
  ' https://as.test/x',
  'https://as.test/x\n',
  'https://as.te\tst/x',
  'https://\u0430s.test/x',
  null,
  1,
  true,
  fn,
]

const issuers: ConstructionCase[] = [
  ...[
    ...notUrls.filter((value) => typeof value !== 'function'), // which finds issuers
    undefined,
    {},
    'https://as.test?tenant=1',
    'https://as.test?',
    'https://as.test#x',
    'https://as.test#',
  ].map((issuer) => ({
    name: `RFC 8414 §2: the issuer ${shown(issuer)}`,
    options: options({ issuer }),
    wrong: 'issuer',
  })),
  { name: 'RFC 8414 §2: an empty list of issuers', options: options({ issuer: [] }), wrong: 'issuer' },
  {
    name: 'RFC 8414 §2: a hole in the list of issuers',
    options: options({ issuer: [I, undefined] }),
    wrong: 'issuer[1]',
  },
  {
    name: 'RFC 8414 §2: an empty name in the list of issuers',
    options: options({ issuer: [I, ''] }),
    wrong: 'issuer[1]',
  },
  {
    name: 'RFC 8414 §2: an entry without an issuer',
    options: options({ issuer: { jwks: { keys: publicKeys } } }),
    wrong: 'issuer.issuer',
  },
  { name: 'RFC 8414 §2: an entry with an empty issuer', options: withEntry({ issuer: '' }), wrong: 'issuer.issuer' },
  { name: 'RFC 8414 §2: an entry over http', options: withEntry({ issuer: 'http://as.test' }), wrong: 'issuer.issuer' },
  { name: 'RFC 8725 §3.8: the same issuer twice', options: options({ issuer: [I, I] }), wrong: 'issuer[1]' },
  {
    name: 'RFC 8725 §3.8: the same issuer twice, once with more to say',
    options: options({ issuer: [I, entry] }),
    wrong: 'issuer[1]',
  },
]

const addresses: ConstructionCase[] = ['jwksUri', 'metadataUrl'].flatMap((name) => [
  ...notUrls.map((value) => ({
    name: `RFC 8414 §2: ${name} ${shown(value)}`,
    options: remote({ [name]: value }),
    wrong: `issuer.${name}`,
  })),
])

const twoAddresses: ConstructionCase = {
  name: 'RFC 8414 §2: jwksUri beside metadataUrl',
  options: remote({ jwksUri: `${I}/jwks`, metadataUrl: `${I}/metadata` }),
  wrong: 'issuer.metadataUrl',
}

const addressBesideKeys: ConstructionCase = {
  name: 'RFC 8414 §2: metadataUrl beside jwks',
  options: withEntry({ metadataUrl: `${I}/metadata` }),
  wrong: 'issuer.metadataUrl',
}

const badSets: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['a list of keys', publicKeys],
  ['an address', `${I}/jwks`],
  ['a function', fn],
  ['no keys', {}],
  ['an empty list', { keys: [] }],
  ['keys that are no list', { keys: { e1: e1.jwk } }],
  ['members that are no keys', { keys: [null, 1, 'e1', {}] }],
  ['an RSA key of 1024 bits only', { keys: [rsa1024.jwk] }],
  ['an RSA key with the exponent 1 only', { keys: [rsaExponent1.jwk] }],
  ['an Ed25519 key of small order only', { keys: [smallOrderJwk(smallOrderPoints[2]!)] }],
  ['a key for encryption only', { keys: [{ ...e1.jwk, use: 'enc' }] }],
  ['a private EC key', { keys: [privateJwkOf(e1)] }],
  ['a private RSA key beside good ones', { keys: [...publicKeys, privateJwkOf(r1)] }],
  ['a private Ed25519 key beside good ones', { keys: [...publicKeys, privateJwkOf(d1)] }],
  ['a symmetric key beside good ones', { keys: [...publicKeys, { kty: 'oct', k: 'AAAA' }] }],
]

const keySets: ConstructionCase[] = badSets.map(([what, jwks]) => ({
  name: `RFC 7517 §5: a static key set that is or holds ${what}`,
  options: withEntry({ jwks }),
  wrong: 'issuer.jwks',
}))

const audiences: ConstructionCase[] = [
  ...[undefined, '', [], [''], [A, ''], [A, 1], [A, undefined], [A, null], 1, true, {}, fn, new Set([A])].flatMap(
    (audience) => [
      { name: `RFC 9068 §4: the audience ${shown(audience)}`, options: options({ audience }), wrong: 'audience' },
    ],
  ),
  { name: 'RFC 9068 §4: the audience null at the top', options: options({ audience: null }), wrong: 'audience' },
  { name: 'RFC 9068 §4: a pattern as the audience', options: options({ audience: /api/ }), wrong: 'audience' },
  ...['', [], [A, 1], 1, {}].map((audience) => ({
    name: `RFC 9068 §4: the audience ${shown(audience)} of an issuer`,
    options: withEntry({ audience }),
    wrong: 'issuer.audience',
  })),
]

const algorithmLists: ConstructionCase[] = [
  [],
  ['none'],
  ['None'],
  ['HS256'],
  ['RS256', 'HS256'],
  ['RS256', 'none'],
  ['rs256'],
  ['ES256K'],
  ['Ed448'],
  ['RS256 '],
  [''],
  [null],
  'RS256',
  null,
  {},
].flatMap((algorithms) => [
  { name: `RFC 8725 §3.1: the algorithms ${shown(algorithms)}`, options: options({ algorithms }), wrong: 'algorithms' },
  {
    name: `RFC 8725 §3.1: the algorithms ${shown(algorithms)} of an issuer`,
    options: withEntry({ algorithms }),
    wrong: 'issuer.algorithms',
  },
])

const durations: ConstructionCase[] = (
  [
    ['clockTolerance', 0, 300],
    ['keys.maxAge', 60, 86_400],
    ['keys.staleIfError', 0, 86_400],
    ['keys.cooldown', 5, 600],
    ['keys.timeout', 1, undefined],
  ] as const
).flatMap(([name, least, most]) => {
  const value = (duration: unknown): Members =>
    options(name.startsWith('keys.') ? { keys: { [name.slice(5)]: duration } } : { [name]: duration })
  const wrong = [
    least - 1,
    Number.NaN,
    Infinity,
    -Infinity,
    String(least),
    '100y',
    '',
    null,
    true,
    [least],
    {},
    ...(most === undefined ? [] : [most + 1]),
  ]
  const right = [least, ...(most === undefined ? [] : [most])]
  return [
    ...wrong.map((duration) => ({
      name: `${name} of ${shown(duration)} s`,
      options: value(duration),
      wrong: name,
    })),
    ...right.map((duration) => ({ name: `${name} of ${shown(duration)} s`, options: value(duration) })),
  ]
})

const realms: ConstructionCase[] = [
  '',
  'a"b',
  'a\\b',
  'a\r\nSet-Cookie: x',
  'a\nb',
  'a\tb',
  'a\0b',
  'é',
  '\u2028',
  'a\x7f',
  null,
  1,
  fn,
].map((realm) => ({
  name: `RFC 6750 §3: the realm ${shown(realm)}`,
  options: options({ realm }),
  wrong: 'realm',
}))

const others: ConstructionCase[] = [
  ...['rfc9069', 'JWT', '', null, 1].map((profile) => ({
    name: `RFC 9068 §4: the profile ${shown(profile)}`,
    options: options({ profile }),
    wrong: 'profile',
  })),
  ...['', 'scope', [], [''], [1], null, {}].map((scopeClaims) => ({
    name: `RFC 6749 §3.3: the scope claims ${shown(scopeClaims)}`,
    options: withEntry({ scopeClaims }),
    wrong: 'issuer.scopeClaims',
  })),
  ...['isRevoked', 'fetch', 'clock', 'onEvent'].flatMap((name) =>
    ['x', true, null, {}, 1].map((value) => ({
      name: `${name} that is not a function: ${shown(value)}`,
      options: options({ [name]: value }),
      wrong: name,
    })),
  ),
  ...['x', true, null, 1, []].map((keys) => ({
    name: `keys that are not options: ${shown(keys)}`,
    options: options({ keys }),
    wrong: 'keys',
  })),
  ...['audiance', 'issuers', 'clockSkew', 'jwksUri', 'algorithm', 'scopes', 'Audience'].map((name) => ({
    name: `an option that nobody reads: ${name}`,
    options: options({ [name]: 1 }),
    wrong: name,
  })),
  ...['jwks_uri', 'secret', 'clockTolerance', 'Issuer'].map((name) => ({
    name: `an option of an issuer that nobody reads: ${name}`,
    options: withEntry({ [name]: 1 }),
    wrong: `issuer.${name}`,
  })),
  { name: 'an option of keys that nobody reads', options: options({ keys: { ttl: 60 } }), wrong: 'keys.ttl' },
  {
    name: 'the dangerous switch with a word for a value',
    options: options({ [dangerously]: 'no' }),
    wrong: 'allowInsecureRequests',
  },
  {
    name: 'a requirement that nobody reads',
    options: options({ requirements: { scope: ['a'] } }),
    wrong: 'requirements.scope',
  },
  {
    name: 'a requirement that is there and undefined',
    options: options({ requirements: { scopes: undefined } }),
    wrong: 'requirements.scopes',
  },
  { name: 'requirements that are null', options: options({ requirements: null }), wrong: 'requirements' },
  ...[undefined, null, I, 1, []].map((value) => ({
    name: `no options: ${shown(value)}`,
    options: value,
    wrong: 'options',
  })),
]

const right: ConstructionCase[] = [
  { name: 'RFC 8414 §2: an issuer by name', options: { issuer: I, audience: A } },
  {
    name: 'RFC 8414 §2: issuers by name and by entry',
    options: options({ issuer: [I, { issuer: `${I}/t1`, jwksUri: `${I}/jwks` }] }),
  },
  {
    name: 'RFC 8414 §2: an issuer with a slash at the end and one without',
    options: options({ issuer: [I, `${I}/`] }),
  },
  ...['http://127.0.0.1:8080', 'http://127.1.2.3', 'http://[::1]:8080', 'http://localhost:8080/realms/x'].map(
    (issuer) => ({
      name: `RFC 8252 §8.3: the loopback issuer ${issuer}`,
      options: options({ issuer }),
    }),
  ),
  ...[
    'http://localhost.evil.test',
    'http://127.0.0.1.evil.test',
    'http://0.0.0.0',
    'http://10.0.0.1',
    'http://[::ffff:127.0.0.1]',
  ].map((issuer) => ({
    name: `RFC 8252 §8.3: ${issuer} is not loopback`,
    options: options({ issuer }),
    wrong: 'issuer',
  })),
  {
    name: 'RFC 8414 §2: an http issuer with the dangerous switch',
    options: options({ issuer: 'http://as.test', [dangerously]: true }),
  },
  {
    name: 'RFC 8414 §2: an http issuer with the dangerous switch off',
    options: options({ issuer: 'http://as.test', [dangerously]: false }),
    wrong: 'issuer',
  },
  { name: 'RFC 9068 §4: an issuer whose tokens name no audience', options: withEntry({ audience: null }) },
  { name: 'RFC 9068 §4: an API of several identifiers', options: options({ audience: [A, 'orders'] }) },
  {
    name: 'RFC 7517 §5: a static key set with members that are skipped',
    options: withKeys(null, {} satisfies Jwk, rsa1024.jwk, e1.jwk),
  },
  { name: 'RFC 8725 §3.1: one algorithm', options: options({ algorithms: ['ES256'] }) },
  {
    name: 'an option that is undefined has its default',
    options: options({ realm: undefined, keys: undefined, clock: undefined }),
  },
]

export const construction: readonly ConstructionCase[] = [
  ...issuers,
  ...addresses,
  twoAddresses,
  addressBesideKeys,
  ...keySets,
  ...audiences,
  ...algorithmLists,
  ...durations,
  ...realms,
  ...others,
  ...right,
]
