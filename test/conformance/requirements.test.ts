import { createVerifier, defineRequirements, type Requirements } from '@resource-server/core'
import { authenticate, authorize } from '@resource-server/express'
import resourceServer from '@resource-server/fastify'
import Fastify from 'fastify'
import { describe, expect, test } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { T } from '../support/token.js'

const options = { issuer: { issuer: I, jwks: { keys: publicKeys } }, audience: A, clock: () => NOW * 1000 }
const verifier = createVerifier(options)
const request = new Request('https://api.test/v1/r', { headers: { authorization: `Bearer ${T}` } })

/** Where requirements are written down. A mistake must show there, before a request could slip through. */
const places: Readonly<Record<string, (requirements: Requirements) => unknown>> = {
  'createVerifier({ requirements })': (requirements) => createVerifier({ ...options, requirements }),
  'defineRequirements()': defineRequirements,
  'verifier.authenticate()': (requirements) => verifier.authenticate(request, requirements),
  'verifier.verify()': (requirements) => verifier.verify(T, requirements),
  'verifier.authorize()': async (requirements) => verifier.authorize(await verifier.verify(T), requirements),
  'verifier.protect()': (requirements) => verifier.protect(requirements, () => new Response()),
  'authenticate() of Express': (requirements) => authenticate(verifier, requirements),
  'authorize() of Express': authorize,
  'config.auth of Fastify': async (requirements) => {
    const app = Fastify()
    await app.register(resourceServer, { verifier })
    app.get('/', { config: { auth: requirements } }, async () => 'open')
  },
  'app.authenticate() of Fastify': async (requirements) => {
    const app = Fastify()
    await app.register(resourceServer, { verifier })
    app.get('/', { onRequest: app.authenticate(requirements) }, async () => 'open')
  },
}

/** They look like objects that ask for nothing: a forgotten `await`, members in the wrong place. */
const impostors: Readonly<Record<string, unknown>> = {
  undefined,
  'a promise of requirements': Promise.resolve({ scopes: ['admin'] }),
  'a Map': new Map([['scopes', ['admin']]]),
  'a Set': new Set(['admin']),
  'a Date': new Date(0),
  'an Error': new Error('scopes'),
  'a function': () => ({ scopes: ['admin'] }),
  'inherited requirements': Object.create({ scopes: ['admin'] }),
  'requirements that cannot be enumerated, misspelt': Object.defineProperty({}, 'scope', { value: ['admin'] }),
  'requirements by symbol': { [Symbol('scopes')]: ['admin'] },
}

const mistakes: readonly unknown[] = [
  null,
  'read',
  ['read'],
  1,
  { scope: ['read'] },
  { Scopes: ['read'] },
  { role: 'admin' },
  { scopes: undefined },
  { anyScope: undefined },
  { claims: undefined },
  { check: undefined },
  { scopes: ['read'], check: undefined },
  { scopes: 'read' },
  { scopes: null },
  { scopes: [] },
  { scopes: [''] },
  { scopes: ['read write'] },
  { scopes: ['a"b'] },
  { scopes: ['a\\b'] },
  { scopes: ['é'] },
  { scopes: ['a\r\nSet-Cookie: x=1'] },
  { scopes: ['a\tb'] },
  { scopes: [1] },
  { scopes: [undefined] },
  { scopes: ['read', undefined] },
  { scopes: { 0: 'read' } },
  { scopes: new Set(['read']) },
  { anyScope: 'read' },
  { anyScope: [] },
  { anyScope: ['a b'] },
  { claims: 'org_id' },
  { claims: ['org_id'] },
  { claims: null },
  { claims: {} },
  { claims: { org_id: undefined } },
  { claims: { org_id: null } },
  { claims: { org_id: ['org_1'] } },
  { claims: { org_id: {} } },
  { claims: { level: Number.NaN } },
  { claims: { level: 2 ** 53 } },
  { check: true },
  { check: 'admin' },
  { check: null },
  { check: {} },
]

describe.each(Object.entries(places))('X29, R-SCOPE-d: %s refuses', (_place, writeDown) => {
  for (const requirements of mistakes) {
    test(
      JSON.stringify(requirements, (_, value: unknown) => (value === undefined ? 'undefined' : value)),
      async () => {
        const written = async (): Promise<unknown> => writeDown(requirements as Requirements)
        await expect(written()).rejects.toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_OPTION' })
      },
    )
  }

  test.each(Object.keys(impostors))('%s', async (name) => {
    const written = async (): Promise<unknown> => writeDown(impostors[name] as Requirements)
    await expect(written()).rejects.toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_OPTION' })
  })

  test('nothing of what is right', async () => {
    const written = async (): Promise<unknown> =>
      writeDown({
        scopes: ['read'],
        anyScope: ['read', 'write'],
        claims: { sub: 'u1', exp: () => true },
        check: () => true,
      })
    await expect(written()).resolves.not.toBeInstanceOf(Error)
  })
})
