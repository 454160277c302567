import type { IssuerOptions, Requirements } from '@resource-server/core'
import { describe, expect, test } from 'vitest'
import type { Door } from '../support/door.js'
import { doors } from '../support/doors.js'
import { type Api, type ApiSpec, INVALID_TOKEN, insufficientScope, openApi, openApis, summaryOf } from './api.js'
import {
  type ApiIdentifier,
  type Auth0,
  apis,
  claimsFor,
  clientId,
  customClaims,
  issuer,
  LIFETIME,
  organizations,
  presentation,
  signToken,
  startAuth0,
} from './auth0.js'

const ORDERS = 'https://api.example.com'
const WAREHOUSE = 'urn:example:warehouse'

const routes: Readonly<Record<string, Requirements>> = {
  '/v1/orders': { scopes: ['read:orders'] },
  '/v1/orders/new': { scopes: ['read:orders', 'write:orders'] },
  '/v1/stock': { scopes: ['read:stock'] },
  '/v1/acme': { claims: { org_id: organizations.acme } },
}

function apiSpec({ network }: Auth0, audience: ApiIdentifier = ORDERS, entry: Partial<IssuerOptions> = {}): ApiSpec {
  const trusted = { issuer, ...entry } as IssuerOptions
  return { options: { issuer: trusted, audience, fetch: network.fetch }, routes, presentation }
}

const openAuth0Api = (door: Door, ...spec: Parameters<typeof apiSpec>): Promise<Api> => openApi(door, apiSpec(...spec))

describe.each(doors)('Auth0 as documented today, through $name', (door) => {
  test.each(Object.entries(apis) as [ApiIdentifier, string][])(
    'a token for the API %s, in the dialect %s, is accepted with client, subject and scopes',
    async (audience, dialect) => {
      const auth0 = await startAuth0()
      const api = await openAuth0Api(door, auth0, audience)

      const { status, accessToken } = await api.call(await auth0.token(audience), '/v1/orders/new')
      expect(status).toBe(200)
      expect(accessToken).toMatchObject({ issuer, audience: [audience], subject: `${clientId}@clients`, clientId })
      expect([...accessToken!.scopes]).toEqual(['read:orders', 'write:orders'])
      expect(accessToken!.header['typ']).toBe(dialect.startsWith('rfc9068') ? 'at+jwt' : 'JWT')
    },
  )

  test('a token for one API of the tenant is refused by another', async () => {
    const auth0 = await startAuth0()
    const api = await openAuth0Api(door, auth0, WAREHOUSE)

    expect(summaryOf(await api.call(await auth0.token(ORDERS)))).toBe('401 audience')
  })

  test('under the profile rfc9068 a token of that dialect is accepted and one of the other is not', async () => {
    const auth0 = await startAuth0()
    const token = async (audience: ApiIdentifier): Promise<string> => {
      const api = await openAuth0Api(door, auth0, audience, { profile: 'rfc9068' })
      return summaryOf(await api.call(await auth0.token(audience)))
    }
    expect(await token('https://api.example.com/reports/')).toBe('200')
    expect(await token(ORDERS)).toBe('401 type')
  })

  test.each([
    ['its name', 'acme'],
    ['its identifier', organizations.acme],
  ])('a token that was asked for with an organization by %s carries it to the handler', async (_, organization) => {
    const auth0 = await startAuth0()
    const api = await openAuth0Api(door, auth0)

    const { status, accessToken } = await api.call(await auth0.token(ORDERS, organization), '/v1/acme')
    expect(status).toBe(200)
    expect(accessToken?.claims).toMatchObject({ org_id: organizations.acme, org_name: 'acme' })
  })

  test.each([
    ['another organization', 'globex'],
    ['no organization', undefined],
  ])(
    'where an organization is required, a token of %s is answered 403 without a challenge',
    async (_, organization) => {
      const auth0 = await startAuth0()
      const api = await openAuth0Api(door, auth0)
      const token = await auth0.token(ORDERS, organization)

      const refused = await api.call(token, '/v1/acme')
      expect(refused).toMatchObject({ status: 403, challenges: [], failure: { kind: 'forbidden', reason: 'claim' } })
      expect(refused.failure?.detail).toContain('"org_id"')
      expect(summaryOf(await api.call(token, '/v1/orders'))).toBe('200')
    },
  )

  test('with permissions as the scope source they count, and scope does not', async () => {
    const auth0 = await startAuth0()
    const api = await openAuth0Api(door, auth0, WAREHOUSE, { scopeClaims: ['permissions'] })
    const token = await auth0.token(WAREHOUSE)

    const granted = await api.call(token, '/v1/stock')
    expect(granted.status).toBe(200)
    expect([...granted.accessToken!.scopes]).toEqual(['read:orders', 'read:stock'])

    const refused = await api.call(token, '/v1/orders/new')
    expect(refused).toMatchObject({ status: 403, challenges: [insufficientScope('read:orders write:orders')] })
  })

  test('unless it is asked for, permissions is a claim like any other', async () => {
    const auth0 = await startAuth0()
    const api = await openAuth0Api(door, auth0, WAREHOUSE)

    const refused = await api.call(await auth0.token(WAREHOUSE), '/v1/stock')
    expect(refused).toMatchObject({ status: 403, challenges: [insufficientScope('read:stock')] })
  })

  test('a token without permissions has no scopes where they are the scope source', async () => {
    const auth0 = await startAuth0()
    const api = await openAuth0Api(door, auth0, ORDERS, { scopeClaims: ['permissions'] })

    expect(summaryOf(await api.call(await auth0.token(ORDERS), '/v1/orders'))).toBe('403 missing_scope')
  })

  test('claims that the tenant has added reach the handler as they are', async () => {
    const auth0 = await startAuth0()
    const api = await openAuth0Api(door, auth0)

    const { accessToken } = await api.call(await auth0.token(ORDERS))
    expect(accessToken?.claims).toMatchObject({ ...customClaims, azp: clientId, gty: 'client-credentials' })
  })

  test.each([
    ['the slash is missing', 'https://tenant.auth0.com'],
    ['there is one slash more', 'https://tenant.auth0.com//'],
    ['the host is in capitals', 'https://TENANT.auth0.com/'],
    ['the port is written out', 'https://tenant.auth0.com:443/'],
    ['it goes on', 'https://tenant.auth0.com/v2'],
    ['it is another tenant', 'https://tenant.auth0.com.example/'],
  ])('iss is compared to the letter: a well-signed token is refused when %s', async (_, iss) => {
    const auth0 = await startAuth0()
    const api = await openAuth0Api(door, auth0)

    const refused = await api.call(signToken({ ...claimsFor({ audience: ORDERS }), iss }))
    expect(refused).toMatchObject({ status: 401, challenges: [INVALID_TOKEN], accessToken: undefined })
    expect(summaryOf(refused)).toBe('401 unknown_issuer')
    expect(auth0.server.hits).toEqual([])
  })

  test('an API that was configured without the slash refuses the tenant, and its operator reads why', async () => {
    const auth0 = await startAuth0()
    const api = await openAuth0Api(door, auth0, ORDERS, { issuer: 'https://tenant.auth0.com' })

    const refused = await api.call(await auth0.token(ORDERS))
    expect(summaryOf(refused)).toBe('401 unknown_issuer')
    expect(refused.failure?.detail).toContain('to the letter')
  })

  test('a token that lives 86,400 s is accepted for as long, and not longer', async () => {
    const auth0 = await startAuth0()
    const api = await openAuth0Api(door, auth0)
    const token = await auth0.token(ORDERS)

    expect(summaryOf(await api.call(token))).toBe('200')
    api.advance(LIFETIME / 2)
    expect(summaryOf(await api.call(token))).toBe('200')
    api.advance(LIFETIME / 2 + 9) // within the clock tolerance of 10 s
    expect(summaryOf(await api.call(token))).toBe('200')
    api.advance(1)
    expect(summaryOf(await api.call(token))).toBe('401 expired')
  })
})

test('Auth0: one token that arrives 1,000 times, 50 at once, through all doors, costs one JWKS fetch', {
  timeout: 30_000,
}, async () => {
  const auth0 = await startAuth0()
  const apis = await openApis(doors, apiSpec(auth0))
  const token = await auth0.token(ORDERS)

  const statuses = new Map<number, number>()
  for (let arrived = 0; arrived < 1000; arrived += 50) {
    const batch = Array.from({ length: 50 }, (_, i) => apis[i % apis.length]!.call(token, '/v1/orders'))
    for (const { status } of await Promise.all(batch)) statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  expect([...statuses]).toEqual([[200, 1000]])
  expect(auth0.server.hits).toEqual([
    'POST /oauth/token',
    'GET /.well-known/openid-configuration',
    'GET /.well-known/jwks.json',
  ])
})
