import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBudget } from '../../packages/core/src/lib/deadline.js'
import { type Fetch, LoadError } from '../../packages/core/src/lib/exchange.js'
import { createJsonLoader, type LoadedJson } from '../../packages/core/src/lib/load-json.js'
import { startServer, type TestServer } from './server.js'

const CANARY = 'canary-9f8e7d'
const DOCUMENT = { a: 1, b: [CANARY] }

type Behaviour = (response: ServerResponse, request: IncomingMessage) => void

const answer =
  (
    body: string | Uint8Array,
    headers: Record<string, string> = { 'content-type': 'application/json' },
    status = 200,
  ): Behaviour =>
  (response) =>
    response.writeHead(status, headers).end(body)

const json = JSON.stringify(DOCUMENT)

/** `{"a":"xxx…"}` of exactly so many bytes. */
const jsonOf = (bytes: number): string => `{"a":"${'x'.repeat(bytes - 8)}"}`

let headersOfLastRequest: IncomingMessage['headers'] = {}

const behaviours: Record<string, Behaviour> = {
  '/good': (response, request) => {
    headersOfLastRequest = request.headers
    answer(json)(response, request)
  },
  '/good-gzip': answer(gzipSync(json), { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
  '/good-in-pieces': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    for (const byte of Buffer.from('{"é":"€"}')) response.write(Buffer.of(byte))
    response.end()
  },
  '/as-large-as-allowed': answer(jsonOf(262_144)),
  '/one-byte-too-large': answer(jsonOf(262_145)),
  '/sixteen-levels': answer(`{"a":${'['.repeat(15)}${']'.repeat(15)}}`),
  '/seventeen-levels': answer(`{"a":${'['.repeat(16)}${']'.repeat(16)}}`),
  '/type-with-parameters': answer(json, { 'content-type': ' Application/JSON ; charset=utf-8; a="b;c"' }),
  '/type-missing': answer(json, {}),
  '/html': answer(`<!doctype html><title>${CANARY}</title>`, { 'content-type': 'text/html' }),
  '/array': answer(`["${CANARY}"]`),
  '/duplicates': answer(`{"keys":[],"keys":["${CANARY}"]}`),
  '/truncated-json': answer(`{"a":"${CANARY}`),
  '/two-documents': answer(`${json}\n${json}`),
  '/byte-order-mark': answer(`\ufeff${json}`),
  '/latin-1': answer(Buffer.from('{"a":"é"}', 'latin1')),
  '/empty': answer(''),
  '/204': answer('', {}, 204),
  '/201': answer(json, { 'content-type': 'application/json' }, 201),
  '/304': answer('', {}, 304),
  '/400': answer(json, { 'content-type': 'application/json' }, 400),
  '/404': answer(`no ${CANARY} here`, {}, 404),
  '/500': answer(CANARY, {}, 500),
  '/503': answer(CANARY, {}, 503),
  '/301': answer('', { location: '/target' }, 301),
  '/302': answer('', { location: '/target' }, 302),
  '/303': answer('', { location: '/target' }, 303),
  '/307': answer('', { location: '/target' }, 307),
  '/308': answer('', { location: '/target' }, 308),
  '/target': answer(json),
  '/not-gzip': answer(CANARY, { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
  '/gzip-bomb': answer(gzipSync(Buffer.alloc(60_000_000, 'x')), { 'content-encoding': 'gzip' }),
  '/60-MB-announced': (response) => {
    response.writeHead(200, { 'content-length': '60000000' })
    pour(response, 60_000_000)
  },
  '/60-MB-chunked': (response) => {
    response.writeHead(200)
    pour(response, 60_000_000)
  },
  '/cut-off': (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(json.length + 1) })
    response.write(json)
    setTimeout(() => response.socket?.destroy(), 10)
  },
  '/closed': (response) => response.socket?.destroy(),
  '/hang': () => {},
  '/hang-after-headers': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.flushHeaders()
  },
  '/hang-before-the-last-byte': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write(json.slice(0, -1))
  },
  '/drip': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const timer = setInterval(() => response.write(' '), 10)
    response.on('close', () => clearInterval(timer))
  },
  '/large-404': (response) => {
    response.writeHead(404)
    pour(response, 60_000_000)
  },
}

let poured = 0
function pour(response: ServerResponse, bytes: number): void {
  const chunk = Buffer.alloc(16_384, 'x')
  const go = (): void => {
    while (poured < bytes && !response.destroyed) {
      poured += chunk.length
      if (!response.write(chunk)) return
    }
    response.end()
  }
  poured = 0
  response.on('drain', go)
  go()
}

let server: TestServer
beforeAll(async () => {
  server = await startServer((request, response) => {
    const behave = behaviours[(request.url ?? '').split('?', 1)[0]!]
    if (behave === undefined) throw new Error(`no behaviour for ${request.url}`)
    behave(response, request)
  })
})
afterAll(() => server.close())

const globalFetch: Fetch = (url, init) => fetch(url, init)

function load(path: string, { fetch = globalFetch, timeout = 3, total = 5 } = {}): Promise<LoadedJson> {
  return createJsonLoader('keys', fetch, timeout)(server.origin + path, startBudget(total))
}

async function errorOf(loading: Promise<unknown>): Promise<LoadError> {
  const error: unknown = await loading.then(
    () => 'nothing went wrong',
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(LoadError)
  return error as LoadError
}

const seconds = async (waiting: Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await waiting
  return (performance.now() - startedAt) / 1000
}

describe('a document that is as it should be', () => {
  test('comes with its media type and its size', async () => {
    expect(await load('/good')).toEqual({
      document: DOCUMENT,
      bytes: json.length,
      mediaType: 'application/json',
      maxAge: undefined,
    })
    expect((await load('/good-gzip')).bytes).toBe(json.length)
  })

  test('is asked for by GET, as JSON, and without anything about us', async () => {
    await load('/good')
    expect(server.hits.at(-1)).toBe('GET /good')
    expect(headersOfLastRequest).toMatchObject({ accept: 'application/json' })
    expect(headersOfLastRequest).not.toHaveProperty('authorization')
    expect(headersOfLastRequest).not.toHaveProperty('cookie')
    expect(headersOfLastRequest).not.toHaveProperty('content-length')
  })

  test.each([['/good-gzip'], ['/as-large-as-allowed'], ['/sixteen-levels'], ['/type-missing']])('%s', async (path) => {
    expect(Object.keys((await load(path)).document)).toContain('a')
  })

  test('may come byte by byte', async () => {
    expect((await load('/good-in-pieces')).document).toEqual({ é: '€' })
  })

  test.each([
    ['/type-with-parameters', 'application/json'],
    ['/type-missing', ''],
  ])('RFC 9110 §8.3.1: the media type of %s is %j', async (path, mediaType) => {
    expect((await load(path)).mediaType).toBe(mediaType)
  })
})

test.each<[string | undefined, number | undefined]>([
  [undefined, undefined],
  ['max-age=300', 300],
  ['Max-Age=300', 300],
  ['public, max-age=300', 300],
  ['public,max-age=300, must-revalidate', 300],
  ['max-age=0', 0],
  ['no-store', undefined],
  ['s-maxage=300', undefined],
  ['x-max-age=300', undefined],
  ['max-age=abc', undefined],
  ['max-age=-1', undefined],
  ['max-age', undefined],
  ['', undefined],
])('RFC 9111 §5.2.2.1: Cache-Control %j may be kept for %s s', async (value, maxAge) => {
  const fetch: Fetch = async () => ({
    status: 200,
    headers: { get: (name) => (name.toLowerCase() === 'cache-control' ? (value ?? null) : null) },
    body: new Response(json).body,
  })
  expect((await load('/x', { fetch })).maxAge).toBe(maxAge)
})

const NOT_JSON = 'it did not answer one well-formed JSON object'

describe('a bad answer is a failure that says what was wrong, and never what the server said', () => {
  test.each([
    ['/html', NOT_JSON, undefined],
    ['/array', NOT_JSON, undefined],
    ['/duplicates', NOT_JSON, undefined],
    ['/truncated-json', NOT_JSON, undefined],
    ['/two-documents', NOT_JSON, undefined],
    ['/byte-order-mark', NOT_JSON, undefined],
    ['/latin-1', NOT_JSON, undefined],
    ['/empty', NOT_JSON, undefined],
    ['/seventeen-levels', NOT_JSON, undefined],
    ['/one-byte-too-large', 'it answered more than 262144 bytes', undefined],
    ['/201', 'it answered 201, expected 200', 201],
    ['/204', 'it answered 204, expected 200', 204],
    ['/304', 'it answered 304, expected 200', 304],
    ['/400', 'it answered 400, expected 200', 400],
    ['/404', 'it answered 404, expected 200', 404],
    ['/500', 'it answered 500, expected 200', 500],
    ['/503', 'it answered 503, expected 200', 503],
    ['/closed', 'UND_ERR_SOCKET', undefined],
    ['/cut-off', 'UND_ERR_SOCKET', undefined],
    ['/not-gzip', 'Z_DATA_ERROR', undefined],
  ])('%s: %s', async (path, problem, status) => {
    const error = await errorOf(load(path))
    expect(error.message).toBe(`GET ${server.origin}${path} failed: ${problem}`)
    expect(error.status).toBe(status)
    expect(error.name).toBe('LoadError')
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain(CANARY)
    expect(error.cause).toBeUndefined()
  })

  test.each(['/301', '/302', '/303', '/307', '/308'])('a redirect is not followed: %s', async (path) => {
    const hitsBefore = server.hits.length
    expect((await errorOf(load(path))).status).toBe(Number(path.slice(1)))
    expect(server.hits.slice(hitsBefore)).toEqual([`GET ${path}`])
  })

  test('nobody listens: the code of the refused connection', async () => {
    const gone = await startServer(() => {})
    await gone.close()
    const error = await errorOf(createJsonLoader('metadata', globalFetch, 3)(`${gone.origin}/x`, startBudget(5)))
    expect(error.message).toBe(`GET ${gone.origin}/x failed: ECONNREFUSED`)
    expect(error.subject).toBe('metadata')
  })

  test('RFC 9110 §17.9: the query of an address, which may hold a key, is not told', async () => {
    const error = await errorOf(load(`/404?key=${CANARY}#${CANARY}`))
    expect(error.message).toBe(`GET ${server.origin}/404 failed: it answered 404, expected 200`)
  })

  test('it says what was being loaded', async () => {
    expect((await errorOf(load('/404'))).subject).toBe('keys')
  })
})

describe('what is read is bounded', () => {
  test.each(['/60-MB-announced', '/60-MB-chunked'])(
    '%s: read no further than 256 KiB, and hung up on',
    async (path) => {
      const error = await errorOf(load(path))
      expect(error.message).toMatch(/failed: it answered more than 262144 bytes$/)
      await delay(100)
      expect(poured).toBeLessThan(16_000_000) // the rest is what the sockets buffer
    },
  )

  test('a gzip bomb is counted as it unpacks', async () => {
    const error = await errorOf(load('/gzip-bomb'))
    expect(error.message).toMatch(/failed: it answered more than 262144 bytes$/)
  })

  test('the body of a refusal is not read at all', async () => {
    expect((await errorOf(load('/large-404'))).status).toBe(404)
    await delay(100)
    expect(poured).toBeLessThan(16_000_000)
  })
})

describe('how long it takes is bounded', () => {
  const slow = ['/hang', '/hang-after-headers', '/hang-before-the-last-byte', '/drip']

  test.each(slow)('%s ends with the time for one exchange', async (path) => {
    const loading = errorOf(load(path, { timeout: 0.2 }))
    const taken = await seconds(loading)
    expect((await loading).message).toBe(`GET ${server.origin}${path} failed: timed out`)
    expect(taken).toBeGreaterThan(0.18)
    expect(taken).toBeLessThan(0.6)
  })

  test.each(slow)('%s ends with what is left of the whole time', async (path) => {
    const taken = await seconds(errorOf(load(path, { timeout: 3, total: 0.2 })))
    expect(taken).toBeGreaterThan(0.18)
    expect(taken).toBeLessThan(0.6)
  })

  test('a connection that was given up is closed', async () => {
    let isClosed = false
    const own = await startServer((request) => request.socket.once('close', () => (isClosed = true)))
    await errorOf(createJsonLoader('keys', globalFetch, 0.1)(own.origin, startBudget(5)))
    await delay(50)
    expect(isClosed).toBe(true)
    await own.close()
  })
})

describe('an injected fetch', () => {
  const body = (...chunks: (string | Error)[]): ReadableStream<Uint8Array> =>
    new ReadableStream({
      pull: (controller) => {
        const chunk = chunks.shift()
        if (chunk === undefined) controller.close()
        else if (typeof chunk === 'string') controller.enqueue(Buffer.from(chunk))
        else controller.error(chunk)
      },
    })
  const headers = new Headers({ 'content-type': 'application/json' })

  test('is called with the URL and exactly what is documented', async () => {
    const calls: unknown[][] = []
    await load('/x', {
      fetch: async (...args) => {
        calls.push(args)
        return { status: 200, headers, body: body(json) }
      },
    })
    expect(calls).toEqual([
      [
        `${server.origin}/x`,
        { method: 'GET', headers: { accept: 'application/json' }, redirect: 'manual', signal: expect.any(AbortSignal) },
      ],
    ])
  })

  test('whose body is not one of bytes is a failure', async () => {
    const text = new ReadableStream<any>({ start: (controller) => controller.enqueue(json) })
    const error = await errorOf(load('/x', { fetch: async () => ({ status: 200, headers, body: text }) }))
    expect(error.message).toBe(`GET ${server.origin}/x failed: its body is not one of bytes`)
  })

  test('may have its bytes from another realm, or as a Buffer', async () => {
    const OtherUint8Array = runInNewContext('Uint8Array') as typeof Uint8Array
    const bytes = OtherUint8Array.from(Buffer.from(json))
    expect(bytes instanceof Uint8Array).toBe(false)
    for (const chunk of [bytes, Buffer.from(json)]) {
      const own = new ReadableStream<any>({
        start: (controller) => {
          controller.enqueue(chunk)
          controller.close()
        },
      })
      const { document } = await load('/x', { fetch: async () => ({ status: 200, headers, body: own }) })
      expect(document).toEqual(DOCUMENT)
    }
  })

  test('whose views are wider than bytes is bounded in bytes', async () => {
    const wide = new ReadableStream<any>({ start: (controller) => controller.enqueue(new Uint32Array(65_537)) })
    const error = await errorOf(load('/x', { fetch: async () => ({ status: 200, headers, body: wide }) }))
    expect(error.message).toMatch(/failed: it answered more than 262144 bytes$/)
  })

  test('whose body is too slow has its body cancelled, even if that fails', async () => {
    let cancelled = false
    const slow = new ReadableStream<Uint8Array>({
      cancel: () => {
        cancelled = true
        throw new Error('cannot be cancelled')
      },
    })
    const error = await errorOf(
      load('/x', { fetch: async () => ({ status: 200, headers, body: slow }), timeout: 0.05 }),
    )
    expect(error.message).toMatch(/failed: timed out$/)
    expect(cancelled).toBe(true)
  })

  test('that answers too late has its body cancelled', async () => {
    let cancelled = false
    const late = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        await delay(10)
        controller.enqueue(Buffer.from(' '))
      },
      cancel: () => {
        cancelled = true
      },
    })
    const answer = async () => {
      await delay(100)
      return { status: 200, headers, body: late }
    }
    expect((await errorOf(load('/x', { fetch: answer, timeout: 0.05 }))).message).toMatch(/failed: timed out$/)
    await delay(100)
    expect(cancelled).toBe(true)
  })

  test('that ignores the signal and never settles is not waited for', async () => {
    const loading = errorOf(load('/x', { fetch: () => new Promise(() => {}), timeout: 0.1 }))
    expect(await seconds(loading)).toBeLessThan(0.5)
    expect((await loading).message).toMatch(/failed: timed out$/)
  })

  test('that ignores the signal and has a body that never ends is not waited for', async () => {
    const endless = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        await delay(10)
        controller.enqueue(Buffer.from(' '))
      },
    })
    const loading = errorOf(load('/x', { fetch: async () => ({ status: 200, headers, body: endless }), timeout: 0.1 }))
    expect(await seconds(loading)).toBeLessThan(0.5)
    expect((await loading).message).toMatch(/failed: timed out$/)
  })

  test('whose body is too large has its body cancelled', async () => {
    let cancelled = false
    const large = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(100_000)),
      cancel: () => {
        cancelled = true
      },
    })
    await errorOf(load('/x', { fetch: async () => ({ status: 200, headers, body: large }) }))
    expect(cancelled).toBe(true)
  })

  test('that answers another status has its body cancelled, even if that fails', async () => {
    let cancelled = false
    const unread = new ReadableStream<Uint8Array>({
      cancel: () => {
        cancelled = true
        throw new Error('cannot be cancelled')
      },
    })
    expect((await errorOf(load('/x', { fetch: async () => ({ status: 418, headers, body: unread }) }))).status).toBe(
      418,
    )
    expect(cancelled).toBe(true)
  })

  test('may answer without a body', async () => {
    expect((await errorOf(load('/x', { fetch: async () => ({ status: 200, headers, body: null }) }))).message).toMatch(
      /failed: it did not answer one well-formed JSON object$/,
    )
    expect((await errorOf(load('/x', { fetch: async () => ({ status: 204, headers, body: null }) }))).status).toBe(204)
  })

  const withCode = (code: unknown): Error => Object.assign(new Error(CANARY), { code })
  test.each<[string, unknown, string]>([
    ['an error', new Error(CANARY), 'Error'],
    ['an error of its own class', new RangeError(CANARY), 'RangeError'],
    ['an error with a code', withCode('ECONNRESET'), 'ECONNRESET'],
    [
      'an error with a code in its cause',
      new TypeError('fetch failed', { cause: withCode('CERT_HAS_EXPIRED') }),
      'CERT_HAS_EXPIRED',
    ],
    ['an error with a cause without a code', new TypeError('fetch failed', { cause: new Error(CANARY) }), 'TypeError'],
    ['an error with a code that is a sentence', withCode(`${CANARY} is down`), 'Error'],
    ['an error with a code with a line feed', withCode('A\nB'), 'Error'],
    ['an error with a code of 64 signs', withCode('E'.repeat(64)), 'E'.repeat(64)],
    ['an error with a code of 65 signs', withCode('E'.repeat(65)), 'Error'],
    ['an error with a name that is a sentence', Object.assign(new Error(''), { name: `${CANARY} x` }), 'unknown error'],
    ['an error with a code that is no text', withCode(7), 'Error'],
    ['an error that says it timed out', new DOMException(CANARY, 'TimeoutError'), 'timed out'],
    ['text', CANARY, 'unknown error'],
    ['nothing', undefined, 'unknown error'],
  ])('that fails with %s is a failure without its words', async (_, thrown, description) => {
    const rejecting = await errorOf(load('/x', { fetch: () => Promise.reject(thrown) }))
    const throwing = await errorOf(
      load('/x', {
        fetch: () => {
          throw thrown
        },
      }),
    )
    for (const error of [rejecting, throwing])
      expect(error.message).toBe(`GET ${server.origin}/x failed: ${description}`)
  })

  test('whose body breaks off is a failure with the code of that', async () => {
    const broken = body('{"a"', new TypeError('terminated', { cause: withCode('UND_ERR_SOCKET') }))
    const error = await errorOf(load('/x', { fetch: async () => ({ status: 200, headers, body: broken }) }))
    expect(error.message).toBe(`GET ${server.origin}/x failed: UND_ERR_SOCKET`)
  })
})

describe('what a failure says of the next try', () => {
  async function failureOf(status: number, headers: Record<string, string> = {}): Promise<LoadError> {
    const fetch: Fetch = async () => new Response(null, { status, headers })
    const load = createJsonLoader('metadata', fetch, 3)
    return load('https://as.test/m', startBudget(1)).then(
      () => expect.unreachable(),
      (error: unknown) => error as LoadError,
    )
  }

  test.each([
    [302, false],
    [400, false],
    [404, false],
    [408, true],
    [409, false],
    [428, false],
    [429, true],
    [499, false],
    [500, true],
    [503, true],
    [599, true],
  ])('RFC 9110 §15: after %d it may succeed: %s', async (status, isTransient) => {
    expect(await failureOf(status)).toMatchObject({ name: 'LoadError', subject: 'metadata', status, isTransient })
  })

  test('no answer at all is the doing of the network', async () => {
    const load = createJsonLoader('keys', () => Promise.reject(new TypeError('no')), 3)
    await expect(load('https://as.test/jwks', startBudget(1))).rejects.toMatchObject({
      status: undefined,
      isTransient: true,
      retryAfter: undefined,
    })
  })

  test('an answer that is wrong will be wrong again', async () => {
    const load = createJsonLoader('keys', async () => new Response(new Uint8Array(300_000)), 3)
    await expect(load('https://as.test/jwks', startBudget(1))).rejects.toMatchObject({ isTransient: false })
  })

  test.each([
    ['17', 17],
    ['0', 0],
    ['999999999', 999_999_999],
    ['1234567890', undefined],
    ['17x', undefined],
    ['x17', undefined],
    ['1.5', undefined],
    ['-1', undefined],
    ['Fri, 27 Nov 2026 08:00:00 GMT', undefined],
    [undefined, undefined],
  ])('RFC 9110 §10.2.3: Retry-After %s', async (value, retryAfter) => {
    const failure = await failureOf(503, value === undefined ? {} : { 'retry-after': value })
    expect(failure.retryAfter).toBe(retryAfter)
  })
})
