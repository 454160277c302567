import { expect, test } from 'vitest'
import { A, I } from '../support/fixture.js'
import { e1, privateJwkOf } from '../support/keys.js'
import { type Options, verdict } from './refusal.js'

const CANARY = 'canary-4f1c'
const entry = (changes: Options): Options => ({ issuer: { issuer: I, ...changes } })
const good: Options = { clientId: 'api', clientSecret: CANARY }
const asking = (changes: Options): Options => entry({ introspection: { ...good, ...changes } })
const privateKey = { ...privateJwkOf(e1), alg: 'ES256', d: CANARY }
const byKey = (changes: Options): Options =>
  asking({ clientSecret: undefined, authentication: 'private_key_jwt', privateKey, ...changes })
const store = { get: () => undefined, set: () => {} }

test.each<[what: string, options: Options]>([
  ['a secret', asking({})],
  ['a secret in the form', asking({ authentication: 'client_secret_post' })],
  ['a private key', byKey({})],
  ['every member', asking({ endpoint: `${I}/i`, tokens: 'all', cache: { maxAge: 1, store }, signedResponse: true })],
  ['a function', entry({ introspection: () => ({ active: false }) })],
  [
    'a function with more to say',
    entry({ introspection: { introspect: () => ({ active: false }), tokens: 'all', cache: { maxAge: 3600 } } }),
  ],
  ['tenants', entry({ issuer: 'https://as.test/{tenantid}/', tenants: ['a', 'B-2_c'] })],
  ['claims', entry({ claims: { token_use: 'access', email_verified: true, n: 1, p: () => true } })],
  ['a function that finds issuers', { issuer: () => undefined }],
  ['a choice among the issuers that a function finds', { issuer: () => undefined, selectIssuer: () => undefined }],
  [
    'a choice between two',
    {
      issuer: [
        { issuer: I, introspection: good },
        { issuer: 'https://b.test', introspection: good },
      ],
      selectIssuer: () => I,
    },
  ],
])('%s is accepted', (_, options) => {
  expect(verdict(options)).toBe('accepted')
})

test.each<[path: string, what: string, options: Options]>([
  ...[null, true, 5, 'https://as.test/i', [], new Map()].map((value): [string, string, Options] => [
    'issuer.introspection',
    typeof value,
    entry({ introspection: value }),
  ]),
  ['issuer.introspection.clientID', 'a misspelt member', asking({ clientID: 'x' })],
  ['issuer.introspection.timeout', 'a member that belongs elsewhere', asking({ timeout: 5 })],
  ['issuer.introspection.clientId', 'left out', asking({ clientId: undefined })],
  ['issuer.introspection.clientId', 'empty', asking({ clientId: '' })],
  ['issuer.introspection.clientId', 'a number', asking({ clientId: 5 })],
  ['issuer.introspection.clientSecret', 'left out', asking({ clientSecret: undefined })],
  ['issuer.introspection.clientSecret', 'empty', asking({ clientSecret: '' })],
  ['issuer.introspection.clientSecret', 'a number', asking({ clientSecret: 12345678 })],
  ['issuer.introspection.clientSecret', 'an array', asking({ clientSecret: [CANARY] })],
  ['issuer.introspection.clientSecret', 'beside private_key_jwt', byKey({ clientSecret: CANARY })],
  ['issuer.introspection.privateKey', 'beside a secret', asking({ privateKey })],
  ['issuer.introspection.privateKey', 'left out', byKey({ privateKey: undefined })],
  ['issuer.introspection.privateKey', 'a public key', byKey({ privateKey: { ...e1.jwk, alg: 'ES256' } })],
  ['issuer.introspection.privateKey', 'without alg', byKey({ privateKey: { ...privateKey, alg: undefined } })],
  [
    'issuer.introspection.privateKey',
    'of a symmetric alg',
    byKey({ privateKey: { kty: 'oct', k: CANARY, d: CANARY, alg: 'HS256' } }),
  ],
  [
    'issuer.introspection.privateKey',
    'of another type than its alg',
    byKey({ privateKey: { ...privateKey, alg: 'RS256' } }),
  ],
  ['issuer.introspection.privateKey', 'of another curve', byKey({ privateKey: { ...privateKey, alg: 'ES384' } })],
  ['issuer.introspection.privateKey', 'with half a point', byKey({ privateKey: { ...privateKey, y: undefined } })],
  [
    'issuer.introspection.privateKey',
    'of RSA without n',
    byKey({ privateKey: { kty: 'RSA', e: 'AQAB', d: CANARY, alg: 'PS256' } }),
  ],
  ['issuer.introspection.privateKey', 'a PEM', byKey({ privateKey: CANARY })],
  ['issuer.introspection.privateKey', 'with a kid that is no text', byKey({ privateKey: { ...privateKey, kid: 5 } })],
  ['issuer.introspection.authentication', 'unknown', asking({ authentication: 'client_secret_jwt' })],
  ['issuer.introspection.authentication', 'none', asking({ authentication: 'none' })],
  ['issuer.introspection.authentication', 'null', asking({ authentication: null })],
  ['issuer.introspection.endpoint', 'http', asking({ endpoint: 'http://as.test/i' })],
  ['issuer.introspection.endpoint', 'a path', asking({ endpoint: '/i' })],
  ['issuer.introspection.endpoint', 'a password', asking({ endpoint: `https://u:${CANARY}@as.test/i` })],
  ['issuer.introspection.tokens', 'unknown', asking({ tokens: 'jwt' })],
  ['issuer.introspection.cache', 'a number', asking({ cache: 60 })],
  ['issuer.introspection.cache.maxAge', 'left out', asking({ cache: {} })],
  ['issuer.introspection.cache.maxAge', 'zero', asking({ cache: { maxAge: 0 } })],
  ['issuer.introspection.cache.maxAge', 'more than an hour', asking({ cache: { maxAge: 3601 } })],
  ['issuer.introspection.cache.maxAge', 'text', asking({ cache: { maxAge: '60' } })],
  ['issuer.introspection.cache.store', 'a Map without set', asking({ cache: { maxAge: 60, store: { get: () => 1 } } })],
  ['issuer.introspection.cache.ttl', 'a misspelt member', asking({ cache: { maxAge: 60, ttl: 60 } })],
  ['issuer.introspection.signedResponse', 'text', asking({ signedResponse: 'RS256' })],
  ['issuer.introspection.introspect', 'not a function', entry({ introspection: { introspect: 'https://as.test' } })],
  [
    'issuer.introspection.clientId',
    'beside a function',
    entry({ introspection: { introspect: () => 1, clientId: 'x' } }),
  ],
  [
    'selectIssuer',
    'left out where two could be asked',
    {
      issuer: [
        { issuer: I, introspection: good },
        { issuer: 'https://b.test', introspection: good },
      ],
    },
  ],
  ['selectIssuer', 'where nobody can be asked', { selectIssuer: () => I }],
  ['selectIssuer', 'the name of an issuer', { ...asking({}), selectIssuer: I }],
  ['issuer.tenants', 'a string', entry({ issuer: 'https://as.test/{tenantid}', tenants: 'a' })],
  ['issuer.tenants', 'none', entry({ issuer: 'https://as.test/{tenantid}', tenants: [] })],
  ...['../x', 'a/b', 'a.b', 'a b', '{tenantid}', 'x'.repeat(65), 'a?b', '%2e'].map((id): [string, string, Options] => [
    'issuer.tenants[1]',
    id,
    entry({ issuer: 'https://as.test/{tenantid}', tenants: ['a', id] }),
  ]),
  ['issuer.issuer', 'without the place for tenants', entry({ tenants: ['a'] })],
  ['issuer.issuer', 'a place for tenants without tenants', entry({ issuer: 'https://as.test/{tenantid}/v2.0' })],
  ['issuer', 'the same tenant twice', entry({ issuer: 'https://as.test/{tenantid}', tenants: ['a', 'a'] })],
  ['issuer.claims', 'none', entry({ claims: {} })],
  ['issuer.claims', 'an array', entry({ claims: ['token_use'] })],
  ['issuer.claims.token_use', 'an array of values', entry({ claims: { token_use: ['access'] } })],
  ['issuer.claims.x', 'undefined', entry({ claims: { x: undefined } })],
])('X29: %s: %s is refused, and no secret is in the message', (path, _, options) => {
  const message = verdict({ audience: A, ...options })
  expect(message).toContain(`Invalid option ${path}: `)
  expect(message).not.toMatch(/canary|12345678/)
})
