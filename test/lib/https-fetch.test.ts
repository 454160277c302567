import type { IncomingMessage, ServerResponse } from 'node:http'
import { globalAgent } from 'node:https'
import { createVerifier } from '@resource-server/core'
import { httpsFetch } from '@resource-server/core/https'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createAuthority } from '../support/authority.js'
import { A } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { token } from '../support/token.js'
import { startTlsServer, type TlsServer } from './tls-server.js'

// How it behaves on the wire is shown for the client that refuses private addresses, which is made of it.

let server: TlsServer
let issuer: string
let answer: (request: IncomingMessage, response: ServerResponse) => unknown
let paths: (string | undefined)[]

beforeAll(async () => {
  const authority = await createAuthority()
  globalAgent.options.ca = authority.certificate
  server = await startTlsServer(await authority.issue('localhost'), (request, response) => {
    paths.push(request.url)
    answer(request, response)
  })
  issuer = `https://localhost:${server.port}`
})
beforeEach(() => {
  paths = []
  answer = ({ url }, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(url === '/jwks' ? { keys: publicKeys } : { issuer, jwks_uri: `${issuer}/jwks` }))
  }
  vi.stubGlobal('fetch', () => expect.fail('the global fetch is not used'))
})
afterEach(() => {
  vi.unstubAllGlobals()
})
afterAll(async () => {
  delete globalAgent.options.ca
  globalAgent.destroy()
  await server.close()
})

/** What comes of a good token of an issuer, and what was reported of its keys. */
async function verdict(name: string): Promise<{ subject: string | undefined; reason: unknown }> {
  let reason: unknown
  const verifier = createVerifier({
    issuer: name,
    audience: A,
    fetch: httpsFetch,
    keys: { retries: 0 },
    onEvent: (event) => {
      if (event.type === 'keys.fetch') reason ??= event.reason
    },
  })
  const now = Math.floor(Date.now() / 1000)
  const result = await verifier.verify(token({ claims: { iss: name, iat: now, exp: now + 60 } })).catch(() => undefined)
  return { subject: result?.subject, reason }
}

test('metadata and keys are fetched, over one connection, without the global fetch', async () => {
  const before = server.connections()
  expect(await verdict(issuer)).toEqual({ subject: 'u1', reason: undefined })
  expect(paths).toEqual(['/.well-known/openid-configuration', '/jwks'])
  expect(server.connections()).toBe(before + 1)
})

test.each([
  ['who is somebody else', () => issuer.replace('localhost', '127.0.0.1'), /ERR_TLS_CERT_ALTNAME_INVALID$/],
  ['without TLS', () => issuer.replace('https', 'http'), /ERR_INVALID_PROTOCOL$/],
])('an issuer %s is not asked', async (_, name, reason) => {
  expect(await verdict(name())).toEqual({ subject: undefined, reason: expect.stringMatching(reason) })
  expect(paths).toEqual([])
})

test('a redirect is not followed', async () => {
  answer = (_, response) => response.writeHead(302, { location: '/jwks' }).end()
  expect(await verdict(issuer)).toEqual({ subject: undefined, reason: expect.stringMatching(/answered 302/) })
  expect(paths).not.toContain('/jwks')
})

test('it has a promise for everything, a URL that is none included', async () => {
  const { signal } = new AbortController()
  const fetched = httpsFetch('no URL', { method: 'GET', headers: {}, redirect: 'manual', signal })
  await expect(fetched).rejects.toMatchObject({ code: 'ERR_INVALID_URL' })
})
