import { AuthenticationError, type Verifier } from '@resource-server/core'
import resourceServer, { getAccessToken } from '@resource-server/fastify'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { describe, expect, test } from 'vitest'
import { A, I } from '../support/fixture.js'
import { thenable } from '../support/thenable.js'
import { token } from '../support/token.js'
import {
  bearer,
  type Get,
  getFrom,
  INSUFFICIENT_SCOPE,
  INVALID_TOKEN,
  leaveDuring,
  NO_CREDENTIALS,
  portOf,
  slowVerifier,
  verifierWith,
} from './listening.js'

const verifier = verifierWith()
const writer = bearer(token({ claims: { scope: 'write' } }))

const whoIs = async (request: FastifyRequest) => ({
  auth: request.auth?.subject,
  token: getAccessToken(request).subject,
})
const open = async () => 'open'
const LET_IN = { status: 200, body: '{"auth":"u1","token":"u1"}' }
const OPEN = { status: 200, body: 'open' }
const REFUSED = { status: 401, challenge: NO_CREDENTIALS, cacheControl: 'no-store' }

/** Serves an application on the loopback interface while `use` runs. */
async function withApp(
  mount: (app: FastifyInstance) => unknown,
  use: (get: Get, app: FastifyInstance) => Promise<unknown>,
): Promise<void> {
  const app = Fastify()
  try {
    await mount(app)
    await app.listen({ port: 0, host: '127.0.0.1' })
    await use(getFrom(portOf(app.server)), app)
  } finally {
    await app.close()
  }
}

describe('level 1: config.auth on a route', () => {
  const mount = async (app: FastifyInstance) => {
    await app.register(resourceServer, { verifier })
    app.get('/true', { config: { auth: true } }, whoIs)
    app.get('/read', { config: { auth: { scopes: ['read'] } } }, whoIs)
    app.get('/write', { config: { auth: { scopes: ['write'] } } }, whoIs)
    app.get('/checked', { config: { auth: { check: () => false } } }, whoIs)
    app.get('/empty', { config: { auth: {} } }, whoIs)
    app.get('/false', { config: { auth: false } }, open)
    app.get('/silent', open)
    app.get('/other', { config: { else: 1 } as object }, open)
  }

  test.each<[string, RequestInit | undefined, object]>([
    ['/true', undefined, REFUSED],
    ['/true', bearer(), LET_IN],
    ['/true', bearer('x'), { status: 401, challenge: INVALID_TOKEN, cacheControl: 'no-store' }],
    ['/read', undefined, REFUSED],
    ['/read', bearer(), LET_IN],
    ['/write', bearer(), { status: 403, challenge: INSUFFICIENT_SCOPE, cacheControl: 'no-store' }],
    ['/write', writer, LET_IN],
    ['/checked', bearer(), { status: 403, challenge: null, cacheControl: 'no-store' }],
    ['/empty', undefined, REFUSED],
    ['/empty', bearer(), LET_IN],
    ['/false', undefined, OPEN],
    ['/silent', undefined, OPEN],
    ['/other', undefined, OPEN],
    ['/unknown', undefined, { status: 404, challenge: null }],
  ])('%s', async (path, init, seen) => {
    await withApp(mount, async (get) => expect(await get(path, init)).toMatchObject(seen))
  })

  test('HEAD is guarded as its GET is, and so is every other method', async () => {
    await withApp(
      async (app) => {
        await mount(app)
        app.route({ method: ['POST', 'PUT', 'DELETE', 'OPTIONS'], url: '/all', config: { auth: true }, handler: whoIs })
      },
      async (get) => {
        expect(await get('/read', { method: 'HEAD' })).toMatchObject(REFUSED)
        expect(await get('/read', { method: 'HEAD', ...bearer() })).toMatchObject({ status: 200 })
        for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
          expect(await get('/all', { method })).toMatchObject(REFUSED)
      },
    )
  })
})

describe('level 2: app.authenticate() as a hook', () => {
  test('of a route, alone and in an array', async () => {
    await withApp(
      async (app) => {
        await app.register(resourceServer, { verifier })
        app.get('/any', { onRequest: app.authenticate() }, whoIs)
        app.get('/write', { onRequest: [async () => {}, app.authenticate({ scopes: ['write'] })] }, whoIs)
      },
      async (get) => {
        expect(await get('/any')).toMatchObject(REFUSED)
        expect(await get('/any', bearer())).toMatchObject(LET_IN)
        expect(await get('/write', bearer())).toMatchObject({ status: 403, challenge: INSUFFICIENT_SCOPE })
        expect(await get('/write', writer)).toMatchObject(LET_IN)
      },
    )
  })

  test('of a scope', async () => {
    await withApp(
      async (app) => {
        await app.register(resourceServer, { verifier })
        await app.register(async (child) => {
          child.addHook('onRequest', child.authenticate({ scopes: ['write'] }))
          child.get('/inside', whoIs)
        })
        app.get('/outside', open)
      },
      async (get) => {
        expect(await get('/inside', bearer())).toMatchObject({ status: 403 })
        expect(await get('/inside', writer)).toMatchObject(LET_IN)
        expect(await get('/outside')).toMatchObject(OPEN)
      },
    )
  })

  test('beside config.auth both hold', async () => {
    await withApp(
      async (app) => {
        await app.register(resourceServer, { verifier })
        app.get(
          '/',
          { config: { auth: { scopes: ['read'] } }, onRequest: app.authenticate({ scopes: ['write'] }) },
          whoIs,
        )
      },
      async (get) => {
        expect(await get('/', bearer())).toMatchObject({ status: 403 })
        expect(await get('/', writer)).toMatchObject({ status: 403 })
        expect(await get('/', bearer(token({ claims: { scope: 'read write' } })))).toMatchObject(LET_IN)
      },
    )
  })
})

describe('level 3: global', () => {
  const mount = async (app: FastifyInstance) => {
    app.get('/before', whoIs)
    await app.register(resourceServer, { verifier, global: true })
    app.get('/', whoIs)
    app.get('/true', { config: { auth: true } }, whoIs)
    app.get('/write', { config: { auth: { scopes: ['write'] } } }, whoIs)
    app.get('/false', { config: { auth: false } }, open)
    app.get('/other', { config: { else: 1 } as object }, whoIs)
    await app.register(async (child) => {
      child.get('/child', whoIs)
      child.get('/child/false', { config: { auth: false } }, open)
      await child.register(async (grandchild) => {
        grandchild.get('/grandchild', whoIs)
      })
    })
  }

  test.each(['/', '/before', '/true', '/other', '/child', '/grandchild'])('%s is guarded', async (path) => {
    await withApp(mount, async (get) => {
      expect(await get(path)).toMatchObject(REFUSED)
      expect(await get(path, { method: 'HEAD' })).toMatchObject(REFUSED)
      expect(await get(path, bearer())).toMatchObject(LET_IN)
    })
  })

  test('requirements of a route hold', async () => {
    await withApp(mount, async (get) => {
      expect(await get('/write', bearer())).toMatchObject({ status: 403 })
      expect(await get('/write', writer)).toMatchObject(LET_IN)
    })
  })

  test('auth: false is the way out', async () => {
    await withApp(mount, async (get) => {
      expect(await get('/false')).toMatchObject(OPEN)
      expect(await get('/false', { method: 'HEAD' })).toMatchObject({ status: 200 })
      expect(await get('/false', bearer('x'))).toMatchObject(OPEN)
      expect(await get('/child/false')).toMatchObject(OPEN)
    })
  })

  test('what there is not is not told to strangers', async () => {
    await withApp(mount, async (get) => {
      expect(await get('/unknown')).toMatchObject(REFUSED)
      expect(await get('/unknown', bearer())).toMatchObject({ status: 404 })
      expect(await get('/', { method: 'DELETE' })).toMatchObject(REFUSED)
      expect(await get('/', { method: 'DELETE', ...bearer() })).toMatchObject({ status: 404 })
    })
  })

  test('holds in the scope where the plugin is registered', async () => {
    await withApp(
      async (app) => {
        app.get('/outside', open)
        await app.register(async (child) => {
          await child.register(resourceServer, { verifier, global: true })
          child.get('/inside', whoIs)
        })
      },
      async (get) => {
        expect(await get('/inside')).toMatchObject(REFUSED)
        expect(await get('/inside', bearer())).toMatchObject(LET_IN)
        expect(await get('/outside')).toMatchObject(OPEN)
      },
    )
  })
})

test('routes that were added before the plugin are guarded by their config', async () => {
  await withApp(
    async (app) => {
      app.get('/write', { config: { auth: { scopes: ['write'] } } }, whoIs)
      await app.register(resourceServer, { verifier })
    },
    async (get) => {
      expect(await get('/write')).toMatchObject(REFUSED)
      expect(await get('/write', bearer())).toMatchObject({ status: 403 })
      expect(await get('/write', writer)).toMatchObject(LET_IN)
    },
  )
})

test('children that were registered before the plugin are guarded too, by their config or globally', async () => {
  for (const global of [false, true]) {
    await withApp(
      async (app) => {
        await app.register(async (child) => {
          child.get('/write', { config: { auth: { scopes: ['write'] } } }, whoIs)
          child.get('/silent', open)
        })
        await app.register(resourceServer, { verifier, global })
      },
      async (get) => {
        expect(await get('/write')).toMatchObject(REFUSED)
        expect(await get('/write', bearer())).toMatchObject({ status: 403 })
        expect(await get('/silent')).toMatchObject(global ? REFUSED : OPEN)
      },
    )
  }
})

test('a misspelling in a route that was added before the plugin is a 500, and the handler does not run', async () => {
  let runs = 0
  await withApp(
    async (app) => {
      app.get('/', { config: { auth: { scope: ['write'] } as object } }, async () => ++runs)
      await app.register(resourceServer, { verifier })
    },
    async (get) => expect(await get('/', writer)).toMatchObject({ status: 500, challenge: null }),
  )
  expect(runs).toBe(0)
})

describe('a config.auth that means nothing throws when the route is added', () => {
  test.each<[string, unknown, string]>([
    ['a misspelt requirement', { scope: ['a'] }, 'Invalid option config.auth.scope: '],
    ['a wrong type', { scopes: 'a' }, 'Invalid option config.auth.scopes: '],
    ['undefined', undefined, 'Invalid option config.auth: '],
    ['null', null, 'Invalid option config.auth: '],
    ['a string', 'true', 'Invalid option config.auth: '],
    ['0', 0, 'Invalid option config.auth: '],
    ['an array', ['read'], 'Invalid option config.auth: '],
  ])('%s', async (_, auth, message) => {
    for (const global of [true, false]) {
      const app = Fastify()
      await app.register(resourceServer, { verifier, global })
      expect(() => app.get('/', { config: { auth: auth as boolean } }, open)).toThrow(message)
      await app.register(async (child) => {
        expect(() => child.get('/child', { config: { auth: auth as boolean } }, open)).toThrow(message)
      })
      await app.close()
    }
  })

  test('one that is inherited, which Fastify would drop', async () => {
    const app = Fastify()
    await app.register(resourceServer, { verifier })
    const config = Object.create({ auth: { scopes: ['admin'] } }) as object
    expect(() => app.get('/', { config }, open)).toThrow(
      'Invalid option config.auth: expected a member of config itself',
    )
    await app.close()
  })

  test('and so does app.authenticate()', async () => {
    const app = Fastify()
    await app.register(resourceServer, { verifier })
    expect(() => app.authenticate({ scope: ['a'] } as object)).toThrow('Invalid option requirements.scope: ')
    await app.close()
  })
})

describe('the options of the plugin', () => {
  async function registered(options: object): Promise<string> {
    const app = Fastify()
    try {
      await app.register(resourceServer, options as any)
      await app.ready()
      return 'accepted'
    } catch (error: any) {
      return `${error.name} ${error.code}: ${error.message}`
    } finally {
      await app.close()
    }
  }

  test.each<[string, object]>([
    ['a verifier', { verifier }],
    ['a verifier and global', { verifier, global: true }],
    ['options', { issuer: I, audience: A }],
    ['options and global', { issuer: I, audience: A, global: false }],
    ['what Fastify takes for any plugin', { verifier, prefix: '/v1', logLevel: 'warn', logSerializers: {} }],
    ['the same beside options', { issuer: I, audience: A, prefix: '/v1', logLevel: 'warn' }],
  ])('%s are accepted', async (_, options) => {
    expect(await registered(options)).toBe('accepted')
  })

  test.each<[string, object, string]>([
    ['nothing', {}, 'audience'],
    ['a verifier that is undefined', { verifier: undefined }, 'audience'],
    ['no audience', { issuer: I }, 'audience'],
    ['a misspelt option', { issuer: I, audience: A, gobal: true }, 'gobal'],
    ['a verifier beside options', { verifier, issuer: I, audience: A }, 'issuer'],
    ['a verifier beside one misspelt option', { verifier, gobal: true }, 'gobal'],
    ['something that is no verifier', { verifier: {} }, 'audience'],
    ['a verifier that is null', { verifier: null }, 'options'],
    ['global as a string', { verifier, global: 'true' }, 'global'],
    ['global as 1', { verifier, global: 1 }, 'global'],
    ['global as null', { verifier, global: null }, 'global'],
  ])('%s', async (_, options, option) => {
    expect(await registered(options)).toMatch(new RegExp(`^TypeError ERR_INVALID_OPTION: Invalid option ${option}: `))
  })

  test('options make a verifier: the one that guards', async () => {
    await withApp(
      async (app) => {
        await app.register(resourceServer, { issuer: I, audience: A, realm: 'orders', global: true })
        app.get('/', open)
      },
      async (get) => expect(await get('/')).toMatchObject({ status: 401, challenge: 'Bearer realm="orders"' }),
    )
  })

  test('the plugin has a name that others can depend on, and says for which Fastify it is', () => {
    expect((resourceServer as any)[Symbol.for('plugin-meta')]).toEqual({
      name: '@resource-server/fastify',
      fastify: '5.x',
    })
    expect((resourceServer as any)[Symbol.for('skip-override')]).toBe(true)
  })

  test('registered twice in one scope it is refused by Fastify', async () => {
    const app = Fastify()
    await app.register(resourceServer, { verifier })
    await expect(async () => app.register(resourceServer, { verifier })).rejects.toThrow(
      /already been added|already exists|already present/,
    )
  })
})

describe('what a refusal is', () => {
  test('an error handler gets it, once, and the handler does not run', async () => {
    const errors: any[] = []
    let runs = 0
    await withApp(
      async (app) => {
        app.setErrorHandler((error, _request, reply) => {
          errors.push(error)
          return reply.status(418).send('in its own way')
        })
        await app.register(resourceServer, { verifier })
        app.get('/', { config: { auth: { scopes: ['write'] } } }, async () => ++runs)
      },
      async (get) => {
        for (const init of [undefined, bearer('x'), bearer()])
          expect(await get('/', init)).toMatchObject({ status: 418, body: 'in its own way' })
      },
    )
    expect(errors.map((error) => [error instanceof AuthenticationError, error.kind])).toEqual([
      [true, 'unauthenticated'],
      [true, 'invalid_token'],
      [true, 'insufficient_scope'],
    ])
    expect(runs).toBe(0)
  })

  test('an error handler that sends the status and forgets the headers sends the challenge all the same', async () => {
    await withApp(
      async (app) => {
        app.setErrorHandler((error: any, _request, reply) =>
          reply.status(error.statusCode).send({ problem: error.kind }),
        )
        await app.register(resourceServer, { verifier })
        app.get('/', { config: { auth: { scopes: ['write'] } } }, whoIs)
      },
      async (get) => {
        expect(await get('/')).toMatchObject(REFUSED)
        expect(await get('/', bearer())).toMatchObject({
          status: 403,
          challenge: INSUFFICIENT_SCOPE,
          body: '{"problem":"insufficient_scope"}',
        })
      },
    )
  })

  test('Fastify answers it by itself', async () => {
    await withApp(
      async (app) => {
        await app.register(resourceServer, { verifier, global: true })
        app.get('/', open)
      },
      async (get) =>
        expect(await get('/', bearer('x'))).toEqual({
          status: 401,
          challenge: INVALID_TOKEN,
          cacheControl: 'no-store',
          retryAfter: null,
          body: '{"statusCode":401,"error":"Unauthorized","message":"The access token is malformed, expired, revoked or otherwise invalid"}',
        }),
    )
  })

  test.each<[string, () => unknown]>([
    ['rejects with undefined, which would tell Fastify to go on', () => Promise.reject(undefined)],
    [
      'throws undefined',
      () => {
        throw undefined
      },
    ],
    ['answers undefined', () => Promise.resolve(undefined)],
    ['answers without ok', () => Promise.resolve({})],
    ['answers at once, and without ok', () => ({})],
    ['answers null at once', () => null],
    ['answers later by a then of its own', () => thenable({})],
  ])('a verifier of the user’s own that %s lets nobody through and nothing hang', async (_, authenticate) => {
    let runs = 0
    const odd = { ...verifier, authenticate } as unknown as Verifier
    const handler = async () => ++runs
    await withApp(
      async (app) => {
        await app.register(resourceServer, { verifier: odd })
        app.get('/route', { config: { auth: true } }, handler)
        app.get('/hook', { onRequest: app.authenticate() }, handler)
      },
      async (get) => {
        for (const path of ['/route', '/hook']) expect((await get(path, bearer())).status).toBe(500)
      },
    )
    expect(runs).toBe(0)
  })

  test('503 with Retry-After and without a challenge', async () => {
    await withApp(
      async (app) => {
        await app.register(resourceServer, {
          verifier: verifierWith({ isRevoked: () => Promise.reject(new Error('down')) }),
          global: true,
        })
        app.get('/', open)
      },
      async (get) =>
        expect(await get('/', bearer())).toMatchObject({
          status: 503,
          challenge: null,
          retryAfter: '1',
          cacheControl: 'no-store',
        }),
    )
  })

  test('what a check throws is a 500 without a challenge', async () => {
    const check = (): boolean => {
      throw new RangeError('a bug')
    }
    await withApp(
      async (app) => {
        await app.register(resourceServer, { verifier })
        app.get('/', { config: { auth: { check } } }, open)
      },
      async (get) => expect(await get('/', bearer())).toMatchObject({ status: 500, challenge: null }),
    )
  })

  test('nothing of the request is parsed before', async () => {
    let parsed = 0
    await withApp(
      async (app) => {
        app.addContentTypeParser('text/x', async () => ++parsed)
        await app.register(resourceServer, { verifier, global: true })
        app.post('/', open)
      },
      async (get) => {
        const init = { method: 'POST', body: 'x', headers: { 'content-type': 'text/x' } }
        expect(await get('/', init)).toMatchObject({ status: 401 })
      },
    )
    expect(parsed).toBe(0)
  })
})

describe('request.auth', () => {
  test('is undefined on a route without a guard, and getAccessToken() throws', async () => {
    const seen: unknown[] = []
    await withApp(
      async (app) => {
        await app.register(resourceServer, { verifier })
        app.get('/', async (request) => {
          seen.push(request.auth)
          return getAccessToken(request)
        })
      },
      async (get) => {
        const { status, body } = await get('/', bearer())
        expect([status, JSON.parse(body)]).toEqual([
          500,
          {
            statusCode: 500,
            code: 'ERR_NO_ACCESS_TOKEN',
            error: 'Internal Server Error',
            message:
              'getAccessToken() found no access token: give this route config: { auth: true } or onRequest: app.authenticate(), and where the guard is optional read request.auth',
          },
        ])
      },
    )
    expect(seen).toEqual([undefined])
  })

  test('of somebody else is replaced by the guard, and is no access token', async () => {
    await withApp(
      async (app) => {
        app.addHook('onRequest', async (request) => {
          request.auth = { subject: 'admin' } as any
        })
        await app.register(resourceServer, { verifier })
        app.get('/guarded', { config: { auth: true } }, whoIs)
        app.get('/open', whoIs)
      },
      async (get) => {
        expect(await get('/guarded', bearer())).toMatchObject(LET_IN)
        expect(await get('/open', bearer())).toMatchObject({ status: 500 })
      },
    )
  })

  test('of somebody else is gone where the guard refuses', async () => {
    const seen: unknown[] = []
    await withApp(
      async (app) => {
        app.addHook('onRequest', async (request) => {
          request.auth = { subject: 'admin' } as any
        })
        app.setErrorHandler(async (_error, request, reply) => {
          seen.push(request.auth)
          return reply.status(401).send()
        })
        await app.register(resourceServer, { verifier })
        app.get('/', { config: { auth: true } }, whoIs)
      },
      (get) => get('/'),
    )
    expect(seen).toEqual([undefined])
  })

  test('a second guard judges for itself, and takes the verdict of the first away', async () => {
    let seen: unknown
    await withApp(
      async (app) => {
        app.setErrorHandler(async (_error, request, reply) => {
          try {
            seen = getAccessToken(request)
          } catch (error: any) {
            seen = error.code
          }
          return reply.status(403).send()
        })
        await app.register(resourceServer, { verifier })
        app.get('/', { config: { auth: true }, onRequest: app.authenticate({ scopes: ['write'] }) }, whoIs)
      },
      (get) => get('/', bearer()),
    )
    expect(seen).toBe('ERR_NO_ACCESS_TOKEN')
  })

  test('of one request is not that of the next', async () => {
    await withApp(
      async (app) => {
        await app.register(resourceServer, { verifier })
        app.get('/guarded', { config: { auth: true } }, whoIs)
        app.get('/open', async (request) => String(request.auth))
      },
      async (get) => {
        await get('/guarded', bearer())
        expect(await get('/open')).toMatchObject({ body: 'undefined' })
      },
    )
  })
})

test('a client that leaves while the token is checked takes nothing down', async () => {
  const slow = slowVerifier()
  await withApp(
    async (app) => {
      await app.register(resourceServer, { verifier: slow.verifier })
      app.get('/slow', { config: { auth: true } }, whoIs)
      app.get('/quick', open)
    },
    async (get, app) => {
      await leaveDuring(slow, portOf(app.server), '/slow')
      expect(await get('/quick')).toMatchObject(OPEN)
    },
  )
})

test('requests that are injected are guarded like any other', async () => {
  const app = Fastify()
  await app.register(resourceServer, { verifier, global: true })
  app.get('/', whoIs)
  const headers = bearer().headers as Record<string, string>
  expect((await app.inject('/')).statusCode).toBe(401)
  expect((await app.inject({ url: '/', headers })).body).toBe('{"auth":"u1","token":"u1"}')
  await app.close()
})
