import { createVerifier, defineRequirements } from '@resource-server/core'
import { authenticate, authorize } from '@resource-server/express'
import resourceServer from '@resource-server/fastify'
import Fastify from 'fastify'
import { describe, expect, test } from 'vitest'
import { I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { T } from '../support/token.js'
import { type Options, options } from './refusal.js'

const verifier = createVerifier(options({ issuer: { issuer: I, jwks: { keys: publicKeys } }, clock: () => NOW * 1000 }))
const request = new Request('https://api.test', { headers: { authorization: `Bearer ${T}` } })

async function fastifyWith(use: (app: any) => unknown): Promise<void> {
  const app = Fastify()
  await app.register(resourceServer, { verifier })
  try {
    use(app)
    await app.ready()
  } finally {
    await app.close()
  }
}

/** Every place where requirements are written down. */
const places: [place: string, write: (requirements: any) => unknown, name?: string][] = [
  ['createVerifier({ requirements })', (requirements) => createVerifier({ ...options(), requirements })],
  ['defineRequirements()', (requirements) => defineRequirements(requirements)],
  ['verifier.authenticate()', (requirements) => verifier.authenticate(request, requirements)],
  ['verifier.verify()', (requirements) => verifier.verify(T, requirements)],
  ['verifier.authorize()', async (requirements) => verifier.authorize(await verifier.verify(T), requirements)],
  ['verifier.protect()', (requirements) => verifier.protect(requirements, () => new Response())],
  ['authenticate() of Express', (requirements) => authenticate(verifier, requirements)],
  ['authorize() of Express', (requirements) => authorize(requirements)],
  ['app.authenticate() of Fastify', (requirements) => fastifyWith((app) => app.authenticate(requirements))],
  [
    'config.auth of Fastify',
    (requirements) => fastifyWith((app) => app.get('/', { config: { auth: requirements } }, async () => 'ok')),
    'config.auth',
  ],
]

async function refusalAt(place: (requirements: any) => unknown, requirements: unknown): Promise<string> {
  try {
    await place(requirements)
    return 'accepted'
  } catch (error: any) {
    return error instanceof TypeError && (error as any).code === 'ERR_INVALID_OPTION' ? error.message : String(error)
  }
}

const nothing = (members: object): object => Object.assign(Object.create(null), members)
const hidden = (members: object, name: string, value: unknown): object =>
  Object.defineProperty({ ...members }, name, { value })
const instance: object = Object.create(nothing({ constructor: Map, scopes: ['a'] }))

const refused: [path: string, what: string, requirements: unknown][] = [
  ['requirements', 'undefined', undefined],
  ['requirements', 'null', null],
  ['requirements', 'a promise', Promise.resolve({ scopes: ['read'] })],
  ['requirements', 'a Map', new Map()],
  ['requirements', 'an object that inherits', Object.create({ scopes: ['read'] })],
  ['requirements', 'an object that inherits from one that inherits nothing', Object.create(nothing({ scopes: ['a'] }))],
  ['requirements', 'an instance of a class that extends null', instance],
  ['requirements.scopes', 'a wrong member that is hidden', Object.defineProperty({}, 'scopes', { value: 'read' })],
  ['requirements.claims.org', 'a wrong claim that is hidden', { claims: hidden({ sub: 'u1' }, 'org', null) }],
  ['requirements', 'a string', 'read'],
  ['requirements', 'an array', ['read']],
  ['requirements', 'a number', 1],
  ['requirements', 'a function', () => true],
  ['requirements.scope', 'a misspelt member', { scope: ['read'] }],
  ['requirements.Scopes', 'a member in upper case', { Scopes: ['read'] }],
  ['requirements.permissions', 'an unknown member beside a good one', { scopes: ['read'], permissions: ['p'] }],
  ['requirements.dpop', 'a member of a later stage', { dpop: true }],
  ['requirements.acrValues', 'acrValues that are undefined', { acrValues: undefined }],
  ['requirements.acrValues', 'acrValues that are a string', { acrValues: 'gold' }],
  ['requirements.acrValues', 'no acrValues', { acrValues: [] }],
  ['requirements.acrValues[1]', 'an acr value with a space', { acrValues: ['gold', 'a b'] }],
  ['requirements.acrValues[0]', 'an acr value with a quote', { acrValues: ['"'] }],
  ['requirements.acrValues[0]', 'an acr value with a line break', { acrValues: ['gold\r\nSet-Cookie: a=b'] }],
  ['requirements.acrValues[0]', 'an acr value that is empty', { acrValues: [''] }],
  ['requirements.optional', 'optional that is undefined', { optional: undefined }],
  ['requirements.optional', 'optional that is a string', { optional: 'true' }],
  ['requirements.optional', 'optional that is a number', { optional: 1 }],
  ['requirements.maxAge', 'a maxAge that is undefined', { maxAge: undefined }],
  ['requirements.maxAge', 'a maxAge that is a string', { maxAge: '300' }],
  ['requirements.maxAge', 'a negative maxAge', { maxAge: -1 }],
  ['requirements.maxAge', 'a fraction as maxAge', { maxAge: 0.5 }],
  ['requirements.maxAge', 'a maxAge without end', { maxAge: Number.POSITIVE_INFINITY }],
  ['requirements.__proto__', 'a member called __proto__', JSON.parse('{"__proto__":{}}')],
  ['requirements.scopes', 'scopes that are undefined', { scopes: undefined }],
  ['requirements.anyScope', 'anyScope that is undefined', { anyScope: undefined }],
  ['requirements.claims', 'claims that are undefined', { claims: undefined }],
  ['requirements.check', 'a check that is undefined', { check: undefined }],
  ...['scopes', 'anyScope'].flatMap((name): [string, string, Options][] => [
    [`requirements.${name}`, 'null', { [name]: null }],
    [`requirements.${name}`, 'a string', { [name]: 'read' }],
    [`requirements.${name}`, 'no scope', { [name]: [] }],
    [`requirements.${name}`, 'a set', { [name]: new Set(['read']) }],
    [`requirements.${name}`, 'a function', { [name]: () => ['read'] }],
    [`requirements.${name}[0]`, 'an empty scope', { [name]: [''] }],
    [`requirements.${name}[1]`, 'a scope that is a number', { [name]: ['read', 1] }],
    [`requirements.${name}[0]`, 'a scope that is undefined', { [name]: [undefined] }],
    [`requirements.${name}[0]`, 'two scopes in one', { [name]: ['read write'] }],
    [`requirements.${name}[0]`, 'a space in front', { [name]: [' read'] }],
    [`requirements.${name}[0]`, 'a quote', { [name]: ['a"b'] }],
    [`requirements.${name}[0]`, 'a backslash', { [name]: ['a\\b'] }],
    [`requirements.${name}[0]`, 'a line feed', { [name]: ['read\n'] }],
    [`requirements.${name}[0]`, 'a letter beyond ASCII', { [name]: ['lesé'] }],
    [`requirements.${name}[0]`, 'an array in the array', { [name]: [['read']] }],
  ]),
  ['requirements.claims', 'claims that are null', { claims: null }],
  ['requirements.claims', 'claims that are an array', { claims: ['org'] }],
  ['requirements.claims', 'no claim', { claims: {} }],
  ['requirements.claims.org', 'a claim that is undefined', { claims: { org: undefined } }],
  ['requirements.claims.org', 'a claim that is null', { claims: { org: null } }],
  ['requirements.claims.org', 'a claim that is an array', { claims: { org: ['a'] } }],
  ['requirements.claims.org', 'a claim that is an object', { claims: { org: {} } }],
  ['requirements.claims.org', 'a claim that is a regular expression', { claims: { org: /^a/ } }],
  ['requirements.claims.org', 'a claim that is NaN', { claims: { org: Number.NaN } }],
  ['requirements.claims.org', 'a claim that is Infinity', { claims: { org: Number.POSITIVE_INFINITY } }],
  ['requirements.claims.org', 'a claim that is no exact number', { claims: { org: 2 ** 53 } }],
  ['requirements.claims.org', 'a claim that is a bigint', { claims: { org: 1n } }],
  ['requirements.claims.b', 'a wrong claim beside a good one', { claims: { a: 1, b: null } }],
  ['requirements.check', 'a check that is true', { check: true }],
  ['requirements.check', 'a check that is a string', { check: 'admin' }],
  ['requirements.check', 'several checks', { check: [() => true] }],
]

const accepted: [string, unknown][] = [
  ['nothing', {}],
  ['every member', { scopes: ['read'], anyScope: ['read', 'b'], claims: { sub: 'u1' }, check: () => true }],
  ['every sign that a scope may have', { anyScope: ["!#$%&'()*+,-./:;<=>?@[]^_`{|}~", 'read'] }],
  ['what has been defined already', defineRequirements({ scopes: ['read'] })],
  ['an object without prototype', Object.assign(Object.create(null), { scopes: ['read'] })],
]

describe.each(places)('X29: %s', (_, place, name = 'requirements') => {
  test.each(refused)('%s: %s', async (path, _what, requirements) => {
    const named = path.replace('requirements', name)
    expect((await refusalAt(place, requirements)).startsWith(`Invalid option ${named}: `)).toBe(true)
  })

  test.each(accepted)('%s is accepted', async (_what, requirements) => {
    expect(await refusalAt(place, requirements)).toBe('accepted')
  })
})

describe('X29: the message', () => {
  test.each<[unknown, string]>([
    [
      { scope: ['a'] },
      'Invalid option requirements.scope: there is no such option; there are scopes, anyScope, claims, acrValues, maxAge, check, optional',
    ],
    [{ scopes: 'read' }, 'Invalid option requirements.scopes: expected a non-empty array of scopes, got "read"'],
    [
      { scopes: ['a b'] },
      'Invalid option requirements.scopes[0]: expected one scope: printable ASCII without spaces, quotes and backslashes, got "a b"',
    ],
    [
      { scopes: undefined },
      'Invalid option requirements.scopes: expected a value, or the member to be left out, got undefined',
    ],
    [
      { claims: { org: null } },
      'Invalid option requirements.claims.org: expected a string, number, boolean or predicate, got null',
    ],
    [{ check: true }, 'Invalid option requirements.check: expected a function, got true'],
    ['read', 'Invalid option requirements: expected a plain object, got "read"'],
  ])('%j', async (requirements, message) => {
    expect(await refusalAt(defineRequirements as (requirements: any) => unknown, requirements)).toBe(message)
  })
})

test('a route is refused when it is written down, even if no request ever comes', () => {
  expect(() => verifier.protect({ scope: ['a'] } as any, () => new Response())).toThrow(TypeError)
  expect(() => verifier.protect({}, undefined as any)).toThrow(
    'Invalid option handler: expected a function, got undefined',
  )
  expect(() => authorize({ scope: ['a'] } as any)).toThrow(TypeError)
  expect(() => authenticate(verifier, { scope: ['a'] } as any)).toThrow(TypeError)
})
