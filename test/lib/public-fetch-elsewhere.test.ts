import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { FetchInit } from '../../packages/core/src/lib/exchange.js'
import { createPublicFetch } from '../../packages/core/src/lib/public-fetch-elsewhere.js'

const fetched = vi.fn()
const init: FetchInit = {
  method: 'GET',
  headers: { accept: 'application/json' },
  redirect: 'manual',
  signal: new AbortController().signal,
}

beforeEach(() => {
  fetched.mockReset().mockImplementation(async () => new Response('{}'))
  vi.stubGlobal('fetch', fetched)
})
afterEach(() => {
  vi.unstubAllGlobals()
})

test.each([
  'as.example.com',
  'as.example.com.',
  'as.example.com:8443',
  'local.example.com',
  'localhost.example.com',
  'internal.example',
  'notlocal.example',
  'a.mylocal',
  '93.184.216.34',
  '[2606:4700:4700::1111]',
])('%s is fetched, by what fetch is then', async (host) => {
  const response = await createPublicFetch()(`https://${host}/a?b=c`, init)
  expect(response.status).toBe(200)
  expect(fetched.mock.calls).toEqual([[`https://${host}/a?b=c`, init]])
})

test.each([
  'localhost',
  'LocalHost',
  'localhost.',
  'localhost..',
  'localhost:8443',
  'a.localhost',
  'a.b.localhost.',
  'printer.local',
  'metadata.google.internal',
  'db.intranet',
  'db.private',
  'db.corp',
  'db.home',
  'router.lan',
  'router.home.arpa',
  'kubernetes.default.svc',
  'vault.service.consul',
  'host.localdomain',
  'db.test',
  'a.onion',
  'a.invalid',
  'metadata',
  'metadata.',
  '127.0.0.1',
  '127.0.0.1.',
  '127.0.0.1..',
  '2130706433',
  '0x7f.1',
  '0',
  '169.254.169.254',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[fe80::1]',
])('%s is not', async (host) => {
  await expect(createPublicFetch()(`https://${host}/`, init)).rejects.toMatchObject({ code: 'ERR_PRIVATE_ADDRESS' })
  expect(fetched).not.toHaveBeenCalled()
})

test.each(['http://as.example.com/', 'ftp://as.example.com/', 'data:application/json,{}', 'file:///etc/passwd'])(
  '%s is not, for lack of TLS',
  async (url) => {
    await expect(createPublicFetch()(url, init)).rejects.toMatchObject({ code: 'ERR_INVALID_PROTOCOL' })
    expect(fetched).not.toHaveBeenCalled()
  },
)
