import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createVerifier, type MetadataDocument, protectedResourceMetadata, type Verifier } from '@resource-server/core'
import * as expressAdapter from '@resource-server/express'
import resourceServer from '@resource-server/fastify'
import express5 from 'express'
import express4 from 'express4'
import * as fc from 'fast-check'
import Fastify from 'fastify'
import { describe, expect, test } from 'vitest'
import { A, I, M } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'

const jwks = { keys: publicKeys }
const verifierWith = (options: object = {}): Verifier =>
  createVerifier({ issuer: { issuer: I, jwks }, audience: A, resource: A, ...options })
const PATH = '/.well-known/oauth-protected-resource/v1'

type Ask = (path: string, init?: RequestInit) => Promise<Response>

async function listening(app: RequestListener): Promise<{ origin: string; close: () => void }> {
  const server = createServer(app)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, close: () => void server.close() }
}

/** Each way of serving it, beside a guard for everything. */
const doors: [name: string, open: (verifier: Verifier, use: (ask: Ask) => Promise<void>) => Promise<void>][] = [
  [
    'Fetch',
    async (verifier, use) => {
      const metadata = protectedResourceMetadata(verifier)
      const guarded = verifier.protect({}, () => new Response('handled'))
      await use(async (path, init) => {
        const request = new Request(`https://api.test${path}`, init)
        return metadata(request)?.toResponse() ?? guarded(request)
      })
    },
  ],
  ...([express4, express5].map((createApplication, index) => [
    `Express ${index + 4}`,
    async (verifier: Verifier, use: (ask: Ask) => Promise<void>) => {
      const app = createApplication()
      app.set('env', 'test')
      app.use(expressAdapter.protectedResourceMetadata(verifier))
      app.use(expressAdapter.authenticate(verifier))
      const { origin, close } = await listening(app)
      await use((path, init) => fetch(origin + path, init)).finally(close)
    },
  ]) as [string, (verifier: Verifier, use: (ask: Ask) => Promise<void>) => Promise<void>][]),
  [
    'Fastify',
    async (verifier, use) => {
      const app = Fastify()
      await app.register(resourceServer, { verifier, global: true })
      const origin = await app.listen({ port: 0, host: '127.0.0.1' })
      await use((path, init) => fetch(origin + path, init)).finally(() => app.close())
    },
  ],
]

describe.each(doors)('RFC 9728 §3: %s', (_name, open) => {
  test('the document is public, beside a guard for everything else', async () => {
    await open(verifierWith(), async (ask) => {
      const answer = await ask(PATH)
      expect(answer.status).toBe(200)
      expect(await answer.json()).toEqual({
        resource: A,
        authorization_servers: [I],
        bearer_methods_supported: ['header'],
      })
      expect(answer.headers.get('content-type')).toMatch(/^application\/json(; charset=utf-8)?$/)
      expect(answer.headers.get('cache-control')).toBe('public, max-age=3600')
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
      expect(answer.headers.get('www-authenticate')).toBeNull()
    })
  })

  test.each(['', '/', '/v1/', '/V1', '/v1/x', '/v2'])('it is nowhere else: %j', async (rest) => {
    await open(verifierWith(), async (ask) => {
      const answer = await ask(`/.well-known/oauth-protected-resource${rest}`)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe(`Bearer resource_metadata="${M}"`)
    })
  })

  test('a query makes no difference', async () => {
    await open(verifierWith(), async (ask) => expect((await ask(`${PATH}?a=/b`)).status).toBe(200))
  })

  test('a bad token makes no difference', async () => {
    await open(verifierWith(), async (ask) => {
      expect((await ask(PATH, { headers: { authorization: 'Bearer x' } })).status).toBe(200)
    })
  })

  test('HEAD has the headers and no body', async () => {
    await open(verifierWith({ resource: { url: A, name: 'Örders' } }), async (ask) => {
      const answer = await ask(PATH, { method: 'HEAD' })
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'public, max-age=3600'])
      expect(await answer.text()).toBe('')
      // RFC 9110 §8.6: that of the answer to a GET, or none.
      const length = (await (await ask(PATH)).arrayBuffer()).byteLength
      expect([null, String(length)]).toContain(answer.headers.get('content-length'))
    })
  })

  test('a preflight is answered: MCP clients in a browser send a header of their own', async () => {
    await open(verifierWith(), async (ask) => {
      const headers = { origin: 'https://app.test', 'access-control-request-headers': 'mcp-protocol-version' }
      const answer = await ask(PATH, { method: 'OPTIONS', headers })
      expect(answer.status).toBe(204)
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
      expect(answer.headers.get('access-control-allow-methods')).toBe('GET, HEAD, OPTIONS')
      expect(answer.headers.get('access-control-allow-headers')).toBe('*')
    })
  })

  test.each([
    ['application/json', '{'],
    ['text/xml', '<a/>'],
  ])('a body is not looked at: %s %s', async (type, body) => {
    await open(verifierWith(), async (ask) => {
      const answer = await ask(PATH, { method: 'POST', headers: { 'content-type': type }, body })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    })
  })

  test('RFC 9728 §3.3: of a resource with a query it is at that query alone', async () => {
    await open(verifierWith({ resource: `${A}?tenant=1` }), async (ask) => {
      const answer = await ask(`${PATH}?tenant=1`)
      expect(((await answer.json()) as MetadataDocument).resource).toBe(`${A}?tenant=1`)
      for (const other of ['', '?', '?tenant=2', '?tenant=1&a=b', '?a=b'])
        expect((await ask(PATH + other)).status).not.toBe(200)
    })
  })

  test.each(['POST', 'PUT', 'DELETE'])('%s is not allowed', async (method) => {
    await open(verifierWith(), async (ask) => {
      const answer = await ask(PATH, { method })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
    })
  })

  test('what the client says of the host changes nothing', async () => {
    await open(verifierWith(), async (ask) => {
      const headers = { 'x-forwarded-host': 'evil.test', forwarded: 'host=evil.test', 'x-forwarded-proto': 'http' }
      const answer = await ask(PATH, { headers })
      expect(((await answer.json()) as MetadataDocument).resource).toBe(A)
    })
  })

  test('a path with a colon is a path', async () => {
    await open(verifierWith({ resource: 'https://api.test/v1/urn:x' }), async (ask) => {
      expect((await ask('/.well-known/oauth-protected-resource/v1/urn:x')).status).toBe(200)
      expect((await ask('/.well-known/oauth-protected-resource/v1/urnsomething')).status).toBe(401)
    })
  })
})

describe('RFC 9728 §2: the document', () => {
  const documentOf = (options: object): MetadataDocument => verifierWith(options).metadata!.document

  test('without a resource there is none', () => {
    expect(verifierWith({ resource: undefined }).metadata).toBeUndefined()
    expect(() => protectedResourceMetadata(verifierWith({ resource: undefined }))).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_OPTION', message: expect.stringContaining('option resource') }),
    )
  })

  test('it names every issuer, as it was written', () => {
    const issuer = [{ issuer: I, jwks }, 'https://tenant.auth0.test/', { issuer: 'https://as.test/t', audience: null }]
    expect(documentOf({ issuer }).authorization_servers).toEqual([I, 'https://tenant.auth0.test/', 'https://as.test/t'])
  })

  test('it names the scopes that may be asked for, and those that the verifier asks for, once', () => {
    const resource = { url: A, scopesSupported: ['read', 'write'] }
    const requirements = { scopes: ['api', 'read'], anyScope: ['a', 'b'] }
    expect(documentOf({ resource, requirements }).scopes_supported).toEqual(['read', 'write', 'api', 'a', 'b'])
  })

  test('it says what people may want to know', () => {
    const resource = {
      url: A,
      name: 'Örders',
      documentation: 'https://api.test/docs',
      policyUri: 'https://api.test/policy',
      tosUri: 'https://api.test/terms',
    }
    expect(documentOf({ resource })).toStrictEqual({
      resource: A,
      authorization_servers: [I],
      bearer_methods_supported: ['header'],
      resource_name: 'Örders',
      resource_documentation: 'https://api.test/docs',
      resource_policy_uri: 'https://api.test/policy',
      resource_tos_uri: 'https://api.test/terms',
    })
  })

  test('what there is nothing to say of is left out', () => {
    expect(Object.keys(documentOf({}))).toEqual(['resource', 'authorization_servers', 'bearer_methods_supported'])
  })

  test('nobody can change it', () => {
    const { metadata } = verifierWith({ resource: { url: A, scopesSupported: ['read'] } })
    for (const value of [metadata, metadata!.document, ...Object.values(metadata!.document)])
      expect(Object.isFrozen(value)).toBe(true)
  })
})

describe('RFC 9728 §3.1: where it belongs', () => {
  test.each([
    ['https://api.test', 'https://api.test/.well-known/oauth-protected-resource'],
    ['https://api.test/', 'https://api.test/.well-known/oauth-protected-resource'],
    ['https://api.test/v1', M],
    ['https://api.test/v1/', `${M}/`],
    ['https://api.test:8443/a/b', 'https://api.test:8443/.well-known/oauth-protected-resource/a/b'],
    ['https://api.test/?tenant=1', 'https://api.test/.well-known/oauth-protected-resource?tenant=1'],
    ['https://api.test/v1?tenant=1', `${M}?tenant=1`],
    ['HTTPS://API.test/v1', M],
    ['http://localhost:3000/mcp', 'http://localhost:3000/.well-known/oauth-protected-resource/mcp'],
  ])('%s', async (resource, url) => {
    const { metadata } = verifierWith({ resource })
    expect(metadata!.url).toBe(url)
    expect(metadata!.path).toBe(new URL(url).pathname)
    expect(metadata!.document.resource).toBe(resource) // to the letter
  })

  test('whatever the path, the challenge can be written, and what it names is answered', async () => {
    await fc.assert(
      fc.asyncProperty(fc.webUrl({ validSchemes: ['https'], withQueryParameters: true }), async (resource) => {
        const verifier = verifierWith({ resource })
        const { error } = await verifier.authenticate(new Request(A))
        const named = /^Bearer resource_metadata="([^"\\]*)"$/.exec(String(error!.headers['WWW-Authenticate']))?.[1]
        const answer = protectedResourceMetadata(verifier)(new Request(named!))
        expect(answer?.status).toBe(200)
        expect((JSON.parse(answer!.body) as MetadataDocument).resource).toBe(resource)
        const { origin, pathname, search } = new URL(resource)
        const expected = new URL(
          `/.well-known/oauth-protected-resource${pathname.replace(/^\/$/, '')}${search}`,
          origin,
        )
        expect(named).toBe(expected.href)
      }),
    )
  })

  test('RFC 9112 §3.2.2: a whole URL in the request line is understood', () => {
    const answerTo = protectedResourceMetadata(verifierWith())
    const ask = (url: string) => answerTo({ method: 'GET', url, headers: { get: () => null } })?.status
    expect(ask(`http://anything.test:80${PATH}`)).toBe(200)
    expect(ask(`http://anything.test/x${PATH}`)).toBeUndefined()
  })
})

describe('Express', () => {
  test('two resources that differ in their query have a document each', async () => {
    const app = express5()
    const resources = [`${A}?tenant=1`, `${A}?tenant=2`]
    for (const resource of resources) app.use(expressAdapter.protectedResourceMetadata(verifierWith({ resource })))
    const { origin, close } = await listening(app)
    const ask = async (query: string) => (await (await fetch(origin + PATH + query)).json()) as MetadataDocument
    const documents = Promise.all([ask('?tenant=1'), ask('?tenant=2')])
    expect((await documents.finally(close)).map(({ resource }) => resource)).toEqual(resources)
  })

  test('a middleware that is mounted below a path still sees the whole of it', async () => {
    const app = express5()
    app.use('/.well-known', expressAdapter.protectedResourceMetadata(verifierWith()))
    const { origin, close } = await listening(app)
    await fetch(origin + PATH)
      .then((answer) => expect(answer.status).toBe(200))
      .finally(close)
  })
})

describe('Fastify', () => {
  test.each(['/v%31', '/%76%31'])(
    'another spelling of the path, which its router takes for the same: %s',
    async (path) => {
      const app = Fastify()
      await app.register(resourceServer, { verifier: verifierWith(), global: true })
      const answer = await app.inject(`/.well-known/oauth-protected-resource${path}`)
      expect([answer.statusCode, answer.json<MetadataDocument>().resource]).toEqual([200, A])
    },
  )

  test.each(['/V1', '/v1/', '//v1'])('a router that forgives more: %s', async (path) => {
    const routerOptions = { caseSensitive: false, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true }
    const app = Fastify({ routerOptions })
    await app.register(resourceServer, { verifier: verifierWith(), global: true })
    const answer = await app.inject(`/.well-known/oauth-protected-resource${path}`)
    expect([answer.statusCode, answer.json<MetadataDocument>().resource]).toEqual([200, A])
  })

  test.each(['/a%20b', '/a%2Fb', '/%C3%A9', '/a*', '/*', '/a*b'])(
    'a path that its router does not take to the letter is refused at once: %s',
    async (path) => {
      await expect(async () =>
        Fastify().register(resourceServer, { verifier: verifierWith({ resource: `https://api.test${path}` }) }),
      ).rejects.toThrow(
        `Invalid option metadata: expected false, since Fastify does not route /.well-known/oauth-protected-resource${path} to the letter`,
      )
    },
  )

  test('metadata: false turns it off', async () => {
    const app = Fastify()
    await app.register(resourceServer, { verifier: verifierWith(), metadata: false })
    expect((await app.inject(PATH)).statusCode).toBe(404)
  })

  test('one verifier in two scopes: it is served once', async () => {
    const app = Fastify()
    const verifier = verifierWith()
    for (const name of ['a', 'b']) {
      await app.register(async (scope) => {
        await scope.register(resourceServer, { verifier })
        scope.get(`/${name}`, { config: { auth: true } }, async () => 'ok')
      })
    }
    expect((await app.inject(PATH)).statusCode).toBe(200)
    expect((await app.inject('/b')).statusCode).toBe(401)
  })

  test('it is public in a scope that has the guard as a hook, too', async () => {
    const app = Fastify()
    await app.register(resourceServer, { verifier: verifierWith() })
    app.addHook('onRequest', app.authenticate({ scopes: ['read'] }))
    app.get('/r', async () => 'ok')
    expect((await app.inject(PATH)).statusCode).toBe(200)
    expect((await app.inject('/r')).statusCode).toBe(401)
  })

  test.each([
    ['of another issuer', { issuer: 'https://other.test' }],
    ['of a resource that differs in its query', { resource: `${A}?tenant=2` }],
  ])('two documents cannot be at one path: %s', async (_what, options) => {
    const app = Fastify()
    await app.register(async (scope) => scope.register(resourceServer, { verifier: verifierWith() }))
    await app.register(async (scope) => scope.register(resourceServer, { verifier: verifierWith() }))
    await expect(async () =>
      app.register(async (scope) => scope.register(resourceServer, { verifier: verifierWith(options) })),
    ).rejects.toThrow(`Invalid option metadata: expected false, since something else is served at ${PATH} already`)
  })

  test('a route of the application keeps its place', async () => {
    const app = Fastify()
    app.get(PATH, async () => 'ours')
    await expect(async () => app.register(resourceServer, { verifier: verifierWith() })).rejects.toThrow(
      `Invalid option metadata: expected false, since something else is served at ${PATH} already`,
    )
  })

  test('below a prefix it could not be where it belongs', async () => {
    const app = Fastify()
    app.register(async (scope) => scope.register(resourceServer, { verifier: verifierWith() }), { prefix: '/api' })
    await expect(async () => app.ready()).rejects.toThrow(
      'Invalid option metadata: expected false below the prefix /api, since /.well-known/oauth-protected-resource/v1 begins at the root',
    )
  })

  test('metadata must be true or false', async () => {
    await expect(async () =>
      Fastify().register(resourceServer, { verifier: verifierWith(), metadata: 1 as never }),
    ).rejects.toThrow('Invalid option metadata: expected true or false')
  })
})
