import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type AuthorizationServer, startAuthorizationServer } from '../../examples/demo/src/authorization-server.js'
import { type Client, createClients } from '../../examples/demo/src/clients.js'
import { requestToken } from '../../examples/demo/src/token-request.js'
import { doors } from '../support/doors.js'
import { openApi, summaryOf } from './api.js'
import { createSigningJwk, client as rotatingClient, startRotatingProvider } from './rotating-provider.js'

// It warns of its own defaults, and of the runtime as soon as it is imported.
vi.hoisted(() => {
  vi.spyOn(console, 'info').mockReturnValue()
  vi.spyOn(console, 'warn').mockReturnValue()
})

const audience = 'https://orders.example'
const routes = { '/v1/orders': { scopes: ['read:orders'] }, '/v1/orders/new': { scopes: ['write:orders'] } }

/** The server's tokens are of today, and so is the API's clock, more or less. */
const optionsFor = (issuer: string) =>
  ({ issuer, audience, profile: 'rfc9068', clockTolerance: 60, clock: Date.now, fetch: globalThis.fetch }) as const

let server: AuthorizationServer
let clients: readonly Client[]

beforeAll(async () => {
  const { shop, warehouse, billing, reports } = await createClients()
  clients = [shop, warehouse, billing, reports]
  server = await startAuthorizationServer(clients)
  return server.stop
}, 30_000)

describe.each(doors)('oidc-provider, under the profile rfc9068, through $name', (door) => {
  test('RFC 9068 §4: its tokens are accepted, by every client authentication and algorithm', async () => {
    const { issuer } = server
    const api = await openApi(door, { options: optionsFor(issuer), routes })
    const seen: unknown[] = []

    for (const client of clients) {
      const token = await requestToken(issuer, client, audience, 'read:orders')
      const { status, accessToken } = await api.call(token, '/v1/orders')
      expect(status).toBe(200)
      expect(accessToken).toMatchObject({ issuer, audience: [audience], subject: client.id, clientId: client.id })
      expect([...accessToken!.scopes]).toEqual(['read:orders'])
      seen.push([client.authentication.method, accessToken?.header['alg'], accessToken?.header['typ']])
      expect(summaryOf(await api.call(token, '/v1/orders/new'))).toBe('403 missing_scope')
    }
    expect(seen).toEqual([
      ['client_secret_post', 'RS256', 'at+jwt'],
      ['client_secret_basic', 'PS256', 'at+jwt'],
      ['private_key_jwt', 'ES256', 'at+jwt'],
      ['private_key_jwt', 'EdDSA', 'at+jwt'],
    ])
  })

  test('when it rotates its keys, new tokens work at once and old ones until their key is withdrawn', async () => {
    const [first, second] = [await createSigningJwk('first'), await createSigningJwk('second')]
    const provider = await startRotatingProvider([first])
    let now = Date.now()
    const api = await openApi(door, { options: { ...optionsFor(provider.issuer), clock: () => now }, routes })
    const request = (): Promise<string> => requestToken(provider.issuer, rotatingClient, audience, 'read:orders')

    const old = await request()
    expect((await api.call(old)).accessToken?.header['kid']).toBe('first')

    provider.rotate([second, first])
    const fresh = await request()
    expect((await api.call(fresh)).accessToken?.header['kid']).toBe('second')
    expect(summaryOf(await api.call(old))).toBe('200')
    expect(provider.hits.filter((path) => path === '/jwks')).toHaveLength(2)

    provider.rotate([second])
    now += 599_000 // the key set is used for 600 s
    expect(summaryOf(await api.call(old))).toBe('200')
    now += 1000
    expect(summaryOf(await api.call(old))).toBe('401 unknown_key')
    expect(summaryOf(await api.call(fresh))).toBe('200')
  })
})
