import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent } from 'node:https'
import { getDefaultAutoSelectFamily, isIP, type LookupFunction, setDefaultAutoSelectFamily } from 'node:net'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ByteStream, Fetch, FetchInit } from '../../packages/core/src/lib/exchange.js'
import { createPublicFetch, type Lookup } from '../../packages/core/src/lib/public-fetch-node.js'
import { type Authority, createAuthority } from '../support/authority.js'
import { startTlsServer, type TlsServer } from './tls-server.js'

const PUBLIC = '93.184.216.34'
const HOST = 'as.example.com'

let authority: Authority
let server: TlsServer
let answer: (request: IncomingMessage, response: ServerResponse) => unknown

beforeAll(async () => {
  authority = await createAuthority()
  server = await startTlsServer(await authority.issue(HOST), (request, response) => void answer(request, response))
})
beforeEach(() => {
  answer = (_, response) => response.end('{}')
})
afterEach(() => {
  vi.restoreAllMocks()
})
afterAll(() => server.close())

const get = (signal: AbortSignal = new AbortController().signal): FetchInit => ({
  method: 'GET',
  headers: { accept: 'application/json' },
  redirect: 'manual',
  signal,
})

/** A resolver that answers these addresses, one list a call and then the last again, and counts how often it is asked. */
function resolver(...answers: string[][]): Lookup & { asked: number } {
  const lookup = ((_, { all }, done) => {
    const found = (answers[Math.min(lookup.asked++, answers.length - 1)] ?? []).map((address) => ({
      address,
      family: isIP(address),
    }))
    setImmediate(() => done(null, all ? found : (found[0]?.address as never)))
  }) as Lookup & { asked: number }
  lookup.asked = 0
  return lookup
}

const at = (host: string, path = '/'): string => `https://${host}:${server.port}${path}`

async function failure(work: Promise<unknown>): Promise<{ code?: string; name: string }> {
  return work.then(
    () => expect.fail('there should be an error'),
    (error: Error) => error,
  )
}

describe('a connection to an address that is not public is not made', () => {
  async function expectRefused(fetch: Fetch, host: string): Promise<void> {
    const before = server.connections()
    expect(await failure(fetch(at(host), get()))).toMatchObject({ code: 'ERR_PRIVATE_ADDRESS' })
    // One of our own goes through, so that those before it would have been counted.
    await globalThis.fetch(`https://127.0.0.1:${server.port}`).catch(() => {})
    expect(server.connections()).toBe(before + 1)
  }

  test.each([
    'localhost',
    'LOCALHOST',
    '127.0.0.1',
    '127.0.0.1.',
    '127.1',
    '127.255.255.254',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '%31%32%37.0.0.1',
    '0',
    '0.0.0.0',
    '[::]',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '169.254.169.254',
  ])('by the host %s', async (host) => {
    await expectRefused(createPublicFetch(), host)
  })

  test.each([
    ['a private address', ['127.0.0.1']],
    ['a private address of IPv6', ['::1']],
    ['a mapped one', ['::ffff:127.0.0.1']],
    ['a public address and a private one', [PUBLIC, '127.0.0.1']],
    ['a private address and a public one', ['127.0.0.1', PUBLIC]],
    ['a public address and a private one of the other family', [PUBLIC, '::1']],
    ['link-local with a zone', ['fe80::1%lo']],
    ['nothing', []],
  ])('by a name that resolves to %s', async (_, addresses) => {
    await expectRefused(createPublicFetch(resolver(addresses)), HOST)
  })

  test('by a name, where Node asks for one address only', async () => {
    const before = getDefaultAutoSelectFamily()
    setDefaultAutoSelectFamily(false)
    try {
      await expectRefused(createPublicFetch(resolver([PUBLIC, '127.0.0.1'])), HOST)
    } finally {
      setDefaultAutoSelectFamily(before)
    }
  })

  test('by a name that cannot be resolved: the reason is that of the resolver', async () => {
    const lookup: Lookup = (_, __, done) =>
      setImmediate(() => done(Object.assign(new Error(), { code: 'EAI_AGAIN' }), []))
    expect(await failure(createPublicFetch(lookup)(at(HOST), get()))).toMatchObject({ code: 'EAI_AGAIN' })
  })

  test('without TLS', async () => {
    const lookup = resolver([PUBLIC])
    const refused = createPublicFetch(lookup)(`http://${HOST}:${server.port}/`, get())
    expect(await failure(refused)).toMatchObject({ code: 'ERR_INVALID_PROTOCOL' })
    expect(lookup.asked).toBe(0)
  })
})

describe('a connection to a public address', () => {
  /** What was connected to, by lookup or not. */
  let connected: string[]
  let sockets: Duplex[]

  // The test server is where the public address leads; all that happens before connecting is as it always is.
  beforeEach(() => {
    connected = []
    sockets = []
    const createConnection = Agent.prototype.createConnection as (options: ConnectionOptions) => TLSSocket
    vi.spyOn(Agent.prototype, 'createConnection').mockImplementation(function (this: Agent, given) {
      const { lookup, ...options } = given as ConnectionOptions & { lookup: LookupFunction }
      const rerouted: LookupFunction = (host, options, done) =>
        lookup(host, options, (error, found) => {
          if (error) return done(error, [])
          connected.push(...(typeof found === 'string' ? [found] : found.map(({ address }) => address)))
          return options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)
        })
      const isLiteral = isIP(options.host ?? '') !== 0
      if (isLiteral) connected.push(options.host ?? '')
      const socket = createConnection.call(this, {
        ...options,
        ca: authority.certificate,
        lookup: rerouted,
        ...(isLiteral && { host: '127.0.0.1', servername: HOST }),
      })
      sockets.push(socket)
      return socket
    })
  })

  async function bodyOf(fetch: Fetch, url: string, init: FetchInit = get()): Promise<string> {
    const { body } = await fetch(url, init)
    return textOf(body)
  }

  async function textOf(body: ByteStream | null): Promise<string> {
    const reader = body!.getReader()
    const chunks: Uint8Array[] = []
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return Buffer.concat(chunks).toString()
      chunks.push(value as Uint8Array)
    }
  }

  async function restOf(reader: ReturnType<ByteStream['getReader']>): Promise<void> {
    while (!(await reader.read()).done);
  }

  test('answers with status, headers and body', async () => {
    answer = (_, response) => {
      response.writeHead(418, ['Content-Type', 'application/json', 'Vary', 'a', 'Vary', 'b', 'Retry-After', '7'])
      response.end('{"a":"é"}')
    }
    const response = await createPublicFetch(resolver([PUBLIC]))(at(HOST), get())
    expect(response.status).toBe(418)
    const names = ['content-type', 'Content-Type', 'vary', 'retry-after', 'age']
    expect(names.map((name) => response.headers.get(name))).toEqual([
      'application/json',
      'application/json',
      'a, b',
      '7',
      null,
    ])
    expect(await textOf(response.body)).toBe('{"a":"é"}')
    expect(connected).toEqual([PUBLIC])
  })

  test.each([PUBLIC, '[2606:4700:4700::1111]'])('is made to the literal %s', async (host) => {
    expect(await bodyOf(createPublicFetch(resolver([])), at(host))).toBe('{}')
    expect(connected).toEqual([host.replace(/[[\]]/g, '')])
  })

  test('is made to several addresses, all of them public', async () => {
    expect(await bodyOf(createPublicFetch(resolver([PUBLIC, '2606:4700:4700::1111'])), at(HOST))).toBe('{}')
    expect(connected).toEqual([PUBLIC, '2606:4700:4700::1111'])
  })

  test('is made where Node asks for one address only', async () => {
    const before = getDefaultAutoSelectFamily()
    setDefaultAutoSelectFamily(false)
    try {
      expect(await bodyOf(createPublicFetch(resolver([PUBLIC, '8.8.8.8'])), at(HOST))).toBe('{}')
      expect(connected).toEqual([PUBLIC])
    } finally {
      setDefaultAutoSelectFamily(before)
    }
  })

  test('does not outlast its name: once that leads inside, it is refused', async () => {
    answer = (_, response) => response.writeHead(200, { connection: 'close' }).end('{}')
    const fetch = createPublicFetch(resolver([PUBLIC], ['127.0.0.1']))
    expect(await bodyOf(fetch, at(HOST))).toBe('{}')
    const before = server.connections()
    expect(await failure(fetch(at(HOST), get()))).toMatchObject({ code: 'ERR_PRIVATE_ADDRESS' })
    expect(server.connections()).toBe(before)
  })

  test('is used again by the next request, and closed when there is none', async () => {
    const lookup = resolver([PUBLIC])
    const fetch = createPublicFetch(lookup)
    expect(await bodyOf(fetch, at(HOST, '/1'))).toBe('{}')
    expect(await bodyOf(fetch, at(HOST, '/2'))).toBe('{}')
    expect([lookup.asked, sockets.length]).toEqual([1, 1])
    const [socket] = sockets as [TLSSocket]
    expect(socket.timeout).toBe(4000)
    expect(socket.destroyed).toBe(false)
    socket.emit('timeout')
    expect(socket.destroyed).toBe(true)
  })

  test('must prove who it is', async () => {
    const other = createPublicFetch(resolver([PUBLIC]))(at('evil.example.com'), get())
    expect(await failure(other)).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  })

  test('asks for no compression, says what it is, and sends what it is given', async () => {
    let received: unknown
    answer = async (request, response) => {
      const { method, url, headers } = request
      received = { method, url, headers, body: await text(request) }
      response.end()
    }
    const fetch = createPublicFetch(resolver([PUBLIC]))
    const headers = { accept: 'application/json', 'content-type': 'text/plain', 'accept-encoding': 'gzip' }
    const post = { ...get(), method: 'POST', headers, body: 'token=é' } as unknown as FetchInit
    await bodyOf(fetch, at(HOST, '/introspect?a=b'), post)
    expect(received).toEqual({
      method: 'POST',
      url: '/introspect?a=b',
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        connection: 'keep-alive',
        'content-length': '8',
        'content-type': 'text/plain',
        host: `${HOST}:${server.port}`,
        'user-agent': 'node',
      },
      body: 'token=é',
    })
    await bodyOf(fetch, at(HOST))
    expect(received).toMatchObject({ method: 'GET', body: '' })
    expect(received).not.toHaveProperty('headers.content-length')
  })

  test('does not follow a redirect', async () => {
    const paths: (string | undefined)[] = []
    answer = ({ url }, response) => {
      paths.push(url)
      response.writeHead(302, { location: at('127.0.0.1', '/inside') }).end()
    }
    const response = await createPublicFetch(resolver([PUBLIC]))(at(HOST), get())
    expect([response.status, response.headers.get('location')]).toEqual([302, at('127.0.0.1', '/inside')])
    expect(paths).toEqual(['/'])
  })

  test('streams: the first part is there before the last is sent', async () => {
    let end = (): void => {}
    answer = (_, response) => {
      response.write('first')
      end = () => response.end('last')
    }
    const { body } = await createPublicFetch(resolver([PUBLIC]))(at(HOST), get())
    const reader = body!.getReader()
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe('first')
    end()
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe('last')
    expect(await reader.read()).toEqual({ done: true, value: undefined })
  })

  /** A server that writes as fast as it is read, and never ends. */
  function endless(): { written: () => number; closed: Promise<void> } {
    let written = 0
    const closed = new Promise<void>((resolve) => {
      answer = (_, response) => {
        response.on('close', resolve)
        const write = (): void => {
          let isRoom = !response.destroyed
          while (isRoom) {
            written += 65_536
            isRoom = response.write(Buffer.alloc(65_536))
          }
        }
        response.on('drain', write)
        write()
      }
    })
    return { written: () => written, closed }
  }

  test('reads no more than it is asked for', async () => {
    const { written } = endless()
    const controller = new AbortController()
    const { body } = await createPublicFetch(resolver([PUBLIC]))(at(HOST), get(controller.signal))
    await body!.getReader().read()
    await vi.waitFor(async () => {
      const before = written()
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(written()).toBe(before) // the buffers of the two sockets are full, and that is all
    })
    controller.abort()
  })

  test('ends when the body is cancelled, while the server goes on sending', async () => {
    const uncaught = vi.fn()
    process.on('uncaughtException', uncaught)
    try {
      for (let i = 0; i < 20; i++) {
        const { closed } = endless()
        const { body } = await createPublicFetch(resolver([PUBLIC]))(at(HOST), get())
        const reader = body!.getReader()
        await reader.read()
        await new Promise((resolve) => setTimeout(resolve, 10)) // for more to have arrived than was asked for
        const pending = [reader.read(), reader.read()]
        await reader.cancel()
        await Promise.allSettled([...pending, restOf(reader)]) // an error or the end, by the version of Node
        await closed
      }
    } finally {
      process.off('uncaughtException', uncaught)
    }
    expect(uncaught).not.toHaveBeenCalled()
  })

  test('ends when the body is cancelled unread', async () => {
    const { closed } = endless()
    const { body } = await createPublicFetch(resolver([PUBLIC]))(at(HOST), get())
    await body!.cancel()
    await closed
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true])
  })

  test('a body that breaks off is an error, whether it is read by then or not', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{')
      setTimeout(() => response.destroy(), 20)
    }
    const fetch = createPublicFetch(resolver([PUBLIC]))
    await expect(bodyOf(fetch, at(HOST))).rejects.toMatchObject({ code: expect.any(String) })
    const { body } = await fetch(at(HOST), get())
    await vi.waitFor(() => expect(sockets.every(({ destroyed }) => destroyed)).toBe(true))
    await expect(textOf(body)).rejects.toMatchObject({ code: expect.any(String) })
  })

  test.each(['before it is asked', 'while its name is looked up'])('is aborted %s', async (when) => {
    const controller = new AbortController()
    const lookup: Lookup = (...call) => {
      controller.abort()
      resolver([PUBLIC])(...call)
    }
    answer = () => expect.fail('nothing should be asked')
    if (when === 'before it is asked') controller.abort()
    const aborted = createPublicFetch(lookup)(at(HOST), get(controller.signal))
    expect(await failure(aborted)).toMatchObject({ name: 'AbortError' })
  })

  test('is aborted before it answers', async () => {
    const controller = new AbortController()
    answer = () => controller.abort()
    const aborted = createPublicFetch(resolver([PUBLIC]))(at(HOST), get(controller.signal))
    expect(await failure(aborted)).toMatchObject({ name: 'AbortError' })
    await vi.waitFor(() => expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]))
  })

  test('is aborted amid the body', async () => {
    const { closed } = endless()
    const controller = new AbortController()
    const { body } = await createPublicFetch(resolver([PUBLIC]))(at(HOST), get(controller.signal))
    const reader = body!.getReader()
    await reader.read()
    controller.abort()
    await closed
    await expect(restOf(reader)).rejects.toThrow()
  })

  test.each([
    ['hangs up', ''],
    ['switches protocols', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: raw\r\nConnection: Upgrade\r\n\r\n'],
    ['talks something else', 'SSH-2.0-OpenSSH_9.9\r\n'],
  ])('fails, and does not wait, when the server %s', async (_, bytes) => {
    answer = ({ socket }) => socket.end(bytes)
    await expect(createPublicFetch(resolver([PUBLIC]))(at(HOST), get())).rejects.toThrow()
  })
})
