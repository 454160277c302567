import type { IntrospectionOptions, VerifierOptions } from '@resource-server/core'
import { describe, expect, test, vi } from 'vitest'
import { doors } from '../support/doors.js'
import { openApi, summaryOf } from './api.js'
import { api as names, type OpaqueProvider, startOpaqueProvider } from './opaque-provider.js'

// It warns of its own defaults, and of the runtime as soon as it is imported.
vi.hoisted(() => {
  vi.spyOn(console, 'info').mockReturnValue()
  vi.spyOn(console, 'warn').mockReturnValue()
})

const audience = 'https://orders.example'
const routes = { '/v1/orders': { scopes: ['read:orders'] }, '/v1/orders/new': { scopes: ['write:orders'] } }
const { secret } = names

const optionsFor = ({ issuer }: OpaqueProvider, introspection: IntrospectionOptions): Partial<VerifierOptions> => ({
  issuer: { issuer, introspection },
  audience,
  clockTolerance: 60,
  clock: Date.now,
  fetch: globalThis.fetch,
})

const authentications: [string, (provider: OpaqueProvider) => IntrospectionOptions][] = [
  ['client_secret_basic', () => ({ clientId: names.basic, clientSecret: secret })],
  ['client_secret_post', () => ({ clientId: names.post, clientSecret: secret, authentication: 'client_secret_post' })],
  ['private_key_jwt', ({ privateKey }) => ({ clientId: names.key, authentication: 'private_key_jwt', privateKey })],
  ['a signed answer (RFC 9701)', () => ({ clientId: names.signed, clientSecret: secret, signedResponse: true })],
]

describe.each(doors)('oidc-provider with opaque tokens, through $name', (door) => {
  test.each(authentications)('RFC 7662 §2: its tokens are accepted by its word, with %s', async (_, introspection) => {
    const provider = await startOpaqueProvider(audience)
    const api = await openApi(door, { options: optionsFor(provider, introspection(provider)), routes })
    const token = await provider.token()
    expect(token).not.toContain('.')

    const { status, accessToken, failure } = await api.call(token, '/v1/orders')
    expect([status, failure]).toEqual([200, undefined])
    expect(accessToken).toMatchObject({ issuer: provider.issuer, audience: [audience], clientId: 'shop' })
    expect([...accessToken!.scopes]).toEqual(['read:orders'])
    expect(summaryOf(await api.call(token, '/v1/orders/new'))).toBe('403 missing_scope')
    expect(summaryOf(await api.call(`${token}x`))).toBe('401 inactive')
  })

  test('RFC 7009: a revoked token is refused at once without a cache, and with one when its maxAge is over', async () => {
    const provider = await startOpaqueProvider(audience)
    const credentials = { clientId: names.basic, clientSecret: secret }
    const plain = await openApi(door, { options: optionsFor(provider, credentials), routes })
    let now = Date.now()
    const cached = await openApi(door, {
      options: { ...optionsFor(provider, { ...credentials, cache: { maxAge: 30 } }), clock: () => now },
      routes,
    })
    const token = await provider.token()
    expect(summaryOf(await plain.call(token))).toBe('200')
    expect(summaryOf(await cached.call(token))).toBe('200')

    await provider.revoke(token)
    expect(summaryOf(await plain.call(token))).toBe('401 inactive')
    now += 29_000
    expect(summaryOf(await cached.call(token))).toBe('200')
    now += 1000
    expect(summaryOf(await cached.call(token))).toBe('401 inactive')
  })

  test('RFC 7662 §2.3: a secret that the server does not know is our trouble and not that of the token', async () => {
    const provider = await startOpaqueProvider(audience)
    const wrong = { clientId: names.basic, clientSecret: 'canary-wrong-secret' }
    const api = await openApi(door, { options: optionsFor(provider, wrong), routes })
    const failed = await api.call(await provider.token(), '/v1/orders')
    expect(failed).toMatchObject({ status: 503, challenges: [] })
    expect(failed.failure?.detail).toBe('the introspection endpoint refused the credentials of this API')
    expect(String((failed.failure!.cause as Error).stack)).not.toContain('canary')
  })
})
