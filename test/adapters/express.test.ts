import { inspect } from 'node:util'
import { AuthenticationError, type Verifier } from '@resource-server/core'
import { authenticate, authorize, getAccessToken } from '@resource-server/express'
import express5, { type Express, type NextFunction, type Request, type Response } from 'express'
import express4 from 'express4'
import { describe, expect, test, vi } from 'vitest'
import { A, I } from '../support/fixture.js'
import { thenable } from '../support/thenable.js'
import { T, token } from '../support/token.js'
import {
  bearer,
  INSUFFICIENT_SCOPE,
  INVALID_TOKEN,
  leaveDuring,
  NO_CREDENTIALS,
  portOf,
  serving,
  slowVerifier,
  verifierWith,
} from './listening.js'

describe.each([
  ['Express 4', express4],
  ['Express 5', express5],
])('%s', (_, express) => {
  function withApp<R>(mount: (app: Express) => void, use: Parameters<typeof serving<R>>[1]): Promise<R> {
    const app = express()
    app.set('env', 'test') // or the default error handler writes to the console
    mount(app)
    return serving(app, use)
  }

  /** A handler that counts, and answers with who was let in. */
  function counted(): { handler: (req: Request, res: Response) => void; readonly runs: number } {
    const counter = {
      runs: 0,
      handler: (req: Request, res: Response) => {
        counter.runs++
        res.json({ auth: req.auth?.subject, token: getAccessToken(req).subject })
      },
    }
    return counter
  }

  test('what requests inherit is not taken for the token of an anonymous one', async () => {
    let seen: unknown
    await withApp(
      (app) => {
        Object.assign(app.request, { auth: { subject: 'root' } })
        app.use(authenticate(verifierWith(), { optional: true }))
        app.get('/', (req, res) => {
          seen = { auth: req.auth }
          res.end()
        })
      },
      (get) => get('/'),
    )
    expect(seen).toEqual({ auth: undefined })
  })

  test('the access token is attached, and getAccessToken() returns the same one', async () => {
    let seen: unknown[] = []
    await withApp(
      (app) => {
        app.use(authenticate(verifierWith()))
        app.get('/', (req, res) => {
          seen = [req.auth, getAccessToken(req)]
          res.end()
        })
      },
      (get) => get('/', bearer()),
    )
    expect(seen[0]).toMatchObject({ issuer: I, subject: 'u1', token: T })
    expect(seen[1]).toBe(seen[0])
  })

  test('options make a verifier, and wrong ones throw at once', () => {
    expect(authenticate({ issuer: I, audience: A })).toBeTypeOf('function')
    expect(() => authenticate({ issuer: I } as any)).toThrow('Invalid option audience: ')
    expect(() => authenticate(undefined as any)).toThrow(
      'Invalid option options: expected a plain object, got undefined',
    )
    expect(() => authenticate({ issuer: I, audience: A, authenticate: true } as any)).toThrow(
      'Invalid option authenticate: ',
    )
    expect(() => authenticate({ issuer: I, audience: A }, { scope: ['a'] } as any)).toThrow(
      'Invalid option requirements.scope: ',
    )
  })

  test('requirements of authenticate() hold', async () => {
    const { handler } = counted()
    await withApp(
      (app) => app.get('/', authenticate(verifierWith(), { scopes: ['write'] }), handler),
      async (get) => {
        expect(await get('/', bearer())).toMatchObject({ status: 403, challenge: INSUFFICIENT_SCOPE })
        expect(await get('/', bearer(token({ claims: { scope: 'write' } })))).toMatchObject({ status: 200 })
      },
    )
  })

  describe('the default error handler answers', () => {
    test.each<[string, string, RequestInit | undefined, object]>([
      ['no credentials', '/read', undefined, { status: 401, challenge: NO_CREDENTIALS, cacheControl: 'no-store' }],
      ['a bad token', '/read', bearer('x'), { status: 401, challenge: INVALID_TOKEN, cacheControl: 'no-store' }],
      ['a missing scope', '/write', bearer(), { status: 403, challenge: INSUFFICIENT_SCOPE, cacheControl: 'no-store' }],
      ['a check that fails', '/checked', bearer(), { status: 403, challenge: null, cacheControl: 'no-store' }],
      ['and lets a good token pass', '/read', bearer(), { status: 200, body: '{"auth":"u1","token":"u1"}' }],
    ])('%s', async (_what, path, init, seen) => {
      const read = counted()
      const other = counted()
      await withApp(
        (app) => {
          app.use(authenticate(verifierWith()))
          app.get('/read', authorize({ scopes: ['read'] }), read.handler)
          app.get('/write', authorize({ scopes: ['write'] }), other.handler)
          app.get('/checked', authorize({ check: () => false }), other.handler)
        },
        async (get) => expect(await get(path, init)).toMatchObject(seen),
      )
      expect(other.runs).toBe(0)
      expect(read.runs).toBe('body' in seen ? 1 : 0)
    })

    test('503 with Retry-After and without a challenge', async () => {
      const isRevoked = () => Promise.reject(new Error('down'))
      const { handler } = counted()
      await withApp(
        (app) => app.get('/', authenticate(verifierWith({ isRevoked })), handler),
        async (get) =>
          expect(await get('/', bearer())).toMatchObject({
            status: 503,
            challenge: null,
            retryAfter: '1',
            cacheControl: 'no-store',
          }),
      )
    })

    test('nothing of the token, the claims or the reason is in its page, in development either', async () => {
      const jwt = token({ claims: { exp: 1, sub: 'canary-sub' } })
      const log = vi.spyOn(console, 'error').mockImplementation(() => {})
      await withApp(
        (app) => {
          app.set('env', 'development')
          app.use(authenticate(verifierWith()))
        },
        async (get) => {
          const { status, body } = await get('/', bearer(jwt))
          expect(status).toBe(401)
          await vi.waitFor(() => expect(log).toHaveBeenCalled()) // Express logs after it has answered
          const shown = body + inspect(log.mock.calls, { depth: 9, showHidden: true })
          for (const secret of [jwt, 'canary-sub', 'expired:', 'exp has passed', 'node_modules', '.ts:', '.js:'])
            expect(shown).not.toContain(secret)
        },
      )
      log.mockRestore()
    })
  })

  test('an error handler of the application gets the error, once', async () => {
    const errors: any[] = []
    await withApp(
      (app) => {
        app.use(authenticate(verifierWith()))
        app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
          errors.push(error)
          res.status(418).end('in its own way')
        })
      },
      async (get) => {
        expect(await get('/')).toMatchObject({ status: 418, body: 'in its own way' })
        expect(await get('/', bearer('x'))).toMatchObject({ status: 418 })
      },
    )
    expect(errors.map((error) => [error instanceof AuthenticationError, error.kind, error.reason])).toEqual([
      [true, 'unauthenticated', 'no_credentials'],
      [true, 'invalid_token', 'malformed'],
    ])
  })

  test('an error handler that sends the status and forgets the headers sends the challenge all the same', async () => {
    await withApp(
      (app) => {
        app.get('/guard', authenticate(verifierWith()))
        app.get('/route', authenticate(verifierWith()), authorize({ scopes: ['write'] }))
        app.use((error: any, _req: Request, res: Response, _next: NextFunction) => {
          res.status(error.status).json({ problem: error.kind })
        })
      },
      async (get) => {
        expect(await get('/guard')).toMatchObject({ status: 401, challenge: NO_CREDENTIALS, cacheControl: 'no-store' })
        expect(await get('/route', bearer())).toMatchObject({ status: 403, challenge: INSUFFICIENT_SCOPE })
      },
    )
  })

  test('a response that has been sent while the token was checked is left alone', async () => {
    const errors: unknown[] = []
    const slow = slowVerifier()
    await withApp(
      (app) => {
        app.use((_req, res, next) => {
          void slow.asked.then(() => res.end('too late')).then(slow.finish)
          next()
        })
        app.get('/', authenticate(slow.verifier, { scopes: ['write'] }))
        app.use((error: any, _req: Request, _res: Response, _next: NextFunction) => {
          errors.push(error.kind)
        })
      },
      async (get) => expect(await get('/', bearer())).toMatchObject({ status: 200, challenge: null, body: 'too late' }),
    )
    expect(errors).toEqual(['insufficient_scope'])
  })

  test.each([undefined, null, {}, 'ok', { ok: false }])(
    'a verifier that somebody has written and that answers %o lets nobody through and nothing hang',
    async (answer) => {
      const route = counted()
      const odd = { ...verifierWith(), authenticate: () => Promise.resolve(answer) } as unknown as Verifier
      await withApp(
        (app) => app.get('/', authenticate(odd), route.handler),
        async (get) => expect((await get('/', bearer())).status).toBe(500),
      )
      expect(route.runs).toBe(0)
    },
  )

  test('a verifier that somebody has written and that answers later, by a then of its own, is waited for', async () => {
    const route = counted()
    const refusal = await verifierWith().authenticate(new Request('https://api.test/'))
    for (const [answer, status] of [
      [refusal, 401],
      [{ ok: false }, 500],
    ] as const) {
      const odd = { ...verifierWith(), authenticate: () => thenable(answer) } as unknown as Verifier
      await withApp(
        (app) => app.get('/', authenticate(odd), route.handler),
        async (get) => expect((await get('/', bearer())).status).toBe(status),
      )
    }
    expect(route.runs).toBe(0)
  })

  test('a known token goes on at once, and a new one later', async () => {
    const guard = authenticate(verifierWith())
    const request = () => ({ method: 'GET', url: '/', headers: { authorization: `Bearer ${T}` } }) as unknown as Request
    const seen: unknown[] = []
    await new Promise<void>((resolve) => {
      guard(request(), {} as Response, (error?: unknown) => {
        seen.push(error)
        resolve()
      })
      expect(seen).toEqual([])
    })
    const known = request()
    guard(known, {} as Response, (error?: unknown) => void seen.push(error))
    expect(seen).toEqual([undefined, undefined])
    expect(getAccessToken(known).subject).toBe('u1')
  })

  test.each([undefined, null, 'route', 'router', 0, {}])(
    'a verifier that rejects with %o, which would tell Express to go on, stops the request',
    async (thrown) => {
      const route = counted()
      const broken = { ...verifierWith(), authenticate: () => Promise.reject(thrown) }
      await withApp(
        (app) => app.get('/', authenticate(broken), route.handler),
        async (get) => expect(await get('/', bearer())).toMatchObject({ status: 500, challenge: null }),
      )
      expect(route.runs).toBe(0)
    },
  )

  test('what a check throws is a 500 without a challenge, and not an AuthenticationError', async () => {
    const errors: unknown[] = []
    const bug = new RangeError('a bug')
    const route = counted()
    await withApp(
      (app) => {
        const check = (): boolean => {
          throw bug
        }
        app.get('/guard', authenticate(verifierWith(), { check }), route.handler)
        app.get('/route', authenticate(verifierWith()), authorize({ check }), route.handler)
        app.use((error: unknown, _req: Request, _res: Response, next: NextFunction) => {
          errors.push(error)
          next(error)
        })
      },
      async (get) => {
        for (const path of ['/guard', '/route'])
          expect(await get(path, bearer())).toMatchObject({ status: 500, challenge: null })
      },
    )
    for (const error of errors) expect(error).toMatchObject({ message: 'A check or claim predicate threw', cause: bug })
    expect(errors).toHaveLength(2)
    expect(route.runs).toBe(0)
  })

  test('what a handler throws goes to the error handler once, and nothing answers twice', async () => {
    let errors = 0
    let runs = 0
    await withApp(
      (app) => {
        app.get('/', authenticate(verifierWith()), authorize({}), () => {
          runs++
          throw new Error('of the handler')
        })
        app.use((_error: unknown, _req: Request, res: Response, _next: NextFunction) => {
          errors++
          res.status(500).end()
        })
      },
      async (get) => expect(await get('/', bearer())).toMatchObject({ status: 500 }),
    )
    expect([runs, errors]).toEqual([1, 1])
  })

  describe('req.auth', () => {
    const forged: any = { subject: 'admin', scopes: new Set(['write']) }

    test('of somebody else is replaced by the guard, and gone where the guard refuses', async () => {
      const seen: unknown[] = []
      await withApp(
        (app) => {
          app.use((req, _res, next) => {
            req.auth = forged
            next()
          })
          app.use(authenticate(verifierWith()))
          app.get('/', (req, res) => {
            seen.push(req.auth?.subject)
            res.end()
          })
          app.use((_error: unknown, req: Request, res: Response, _next: NextFunction) => {
            seen.push('auth' in req)
            res.end()
          })
        },
        async (get) => {
          await get('/', bearer())
          await get('/')
        },
      )
      expect(seen).toEqual(['u1', false])
    })

    test('written over later changes neither authorize() nor getAccessToken()', async () => {
      const { handler } = counted()
      await withApp(
        (app) => {
          app.use(authenticate(verifierWith()))
          app.use((req, _res, next) => {
            req.auth = forged
            next()
          })
          app.get('/write', authorize({ scopes: ['write'] }), handler)
          app.get('/read', authorize({ scopes: ['read'] }), handler)
        },
        async (get) => {
          expect(await get('/write', bearer())).toMatchObject({ status: 403 })
          expect(await get('/read', bearer())).toMatchObject({ body: '{"auth":"admin","token":"u1"}' })
        },
      )
    })

    test('and what the guard has found belong to one request, and to no copy of it', async () => {
      const found: unknown[] = []
      const subjectOf = (req: any): unknown => {
        try {
          return getAccessToken(req).subject
        } catch (error) {
          return (error as { code?: unknown }).code
        }
      }
      await withApp(
        (app) => {
          app.use(authenticate(verifierWith()))
          app.get('/', (req, res) => {
            const stolen: object = {}
            for (const symbol of Object.getOwnPropertySymbols(req))
              Reflect.set(stolen, symbol, Reflect.get(req, symbol))
            const made: object = {}
            for (const symbol of Object.getOwnPropertySymbols(req))
              Reflect.set(made, symbol, { verifier: verifierWith(), accessToken: { subject: 'admin' } })
            for (const symbol of Object.getOwnPropertySymbols(req)) {
              const kept: unknown = Reflect.get(req, symbol)
              if (kept instanceof Object) Object.assign(kept, { accessToken: { subject: 'admin' } })
            }
            for (const copy of [
              req,
              { ...req },
              Object.assign({}, req),
              Object.create(req),
              stolen,
              made,
              new Proxy(req, {}),
            ])
              found.push(subjectOf(copy))
            res.end()
          })
        },
        async (get) => void (await get('/', bearer())),
      )
      expect(found).toEqual(['u1', ...Array.from({ length: 6 }, () => 'ERR_NO_ACCESS_TOKEN')])
    })

    test('of somebody else is no access token', async () => {
      const errors: any[] = []
      await withApp(
        (app) => {
          app.use((req, _res, next) => {
            req.auth = forged
            next()
          })
          app.get('/authorize', authorize({}), (_req, res) => void res.end('reached'))
          app.get('/get', (req, res) => void res.end(getAccessToken(req).subject))
          app.use((error: unknown, _req: Request, _res: Response, next: NextFunction) => {
            errors.push(error)
            next(error)
          })
        },
        async (get) => {
          for (const path of ['/authorize', '/get'])
            expect(await get(path, bearer())).toMatchObject({ status: 500, challenge: null })
        },
      )
      expect(errors.map(({ name, code, message }) => [name, code, message])).toEqual([
        [
          'TypeError',
          'ERR_NO_ACCESS_TOKEN',
          'authorize() found no access token: mount authenticate(verifier) before this route',
        ],
        [
          'TypeError',
          'ERR_NO_ACCESS_TOKEN',
          'getAccessToken() found no access token: mount authenticate(verifier) before this route',
        ],
      ])
    })
  })

  test('a second guard judges for itself, and takes the verdict of the first away', async () => {
    const strict = verifierWith({ audience: 'https://other.test' })
    const route = counted()
    const afterwards: unknown[] = []
    await withApp(
      (app) => {
        app.use(authenticate(verifierWith()))
        app.use('/other', authenticate(strict), route.handler)
        app.use((_error: unknown, req: Request, res: Response, _next: NextFunction) => {
          try {
            afterwards.push(getAccessToken(req))
          } catch (error: any) {
            afterwards.push(error.code)
          }
          res.status(401).end()
        })
      },
      async (get) => {
        expect(await get('/other', bearer())).toMatchObject({ status: 401 })
        const both = token({ claims: { aud: [A, 'https://other.test'] } })
        expect(await get('/other', bearer(both))).toMatchObject({ status: 200 })
      },
    )
    expect(afterwards).toEqual(['ERR_NO_ACCESS_TOKEN'])
    expect(route.runs).toBe(1)
  })

  test('R-OPS-e: the guard covers every spelling of a path that the router does', async () => {
    const { handler } = counted()
    await withApp(
      (app) => {
        app.use('/api', authenticate(verifierWith()))
        app.get('/api/orders', handler)
      },
      async (get) => {
        for (const path of [
          '/api/orders',
          '/API/orders',
          '/api/orders/',
          '/Api/Orders/',
          '/api/orders?a=b',
          '/api/%6Frders',
        ])
          expect((await get(path)).status).toBe(401)
      },
    )
  })

  test('every method is guarded, OPTIONS and HEAD included', async () => {
    await withApp(
      (app) => {
        app.use(authenticate(verifierWith()))
        app.all('/', (_req, res) => void res.end('reached'))
      },
      async (get) => {
        for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE', 'PROPFIND'])
          expect(await get('/', { method })).toMatchObject({ status: 401, challenge: NO_CREDENTIALS })
      },
    )
  })

  test('a client that leaves while the token is checked takes nothing down', async () => {
    const slow = slowVerifier()
    await withApp(
      (app) => {
        app.get('/slow', authenticate(slow.verifier), (req, res) => void res.end(getAccessToken(req).subject))
        app.get('/quick', authenticate(verifierWith()), (_req, res) => void res.end('alive'))
      },
      async (get, server) => {
        await leaveDuring(slow, portOf(server), '/slow')
        expect(await get('/quick', bearer())).toMatchObject({ status: 200, body: 'alive' })
      },
    )
  })
})
