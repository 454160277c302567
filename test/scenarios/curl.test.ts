import type { VerifierOptions } from '@resource-server/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { NOW } from '../support/fixture.js'
import { sign } from '../support/token.js'
import { createWorld, type Routes } from '../support/world.js'
import { INVALID_TOKEN, insufficientScope } from './api.js'
import * as auth0 from './auth0.js'
import * as older from './auth0-older.js'
import { curl, hasCurl, listeningDoors, tokenByCurl } from './curl.js'
import * as jylo from './jylo.js'
import type { Network } from './network.js'
import * as pulsoid from './pulsoid.js'
import type { TokenRequest } from './token-request.js'

interface System {
  readonly network: Network
  readonly requests: readonly TokenRequest[]
  readonly options: Partial<VerifierOptions>
  readonly routes: Routes
  /** Routes by the status that the token gets there. */
  readonly granted: readonly string[]
  readonly denied: Readonly<Record<string, string>>
}

const systems: [name: string, start: () => Promise<System>][] = [
  [
    'Jylo',
    async () => {
      const { network } = await jylo.startJylo()
      return {
        network,
        requests: jylo.regions.map(jylo.tokenRequest),
        options: { issuer: jylo.regions.map(jylo.issuerOf), audience: jylo.audience },
        routes: { '/v1/external': {} },
        granted: ['/v1/external'],
        denied: {},
      }
    },
  ],
  [
    'Auth0 as documented today',
    async () => {
      const { network } = await auth0.startAuth0()
      const audience = 'https://api.example.com'
      return {
        network,
        requests: [auth0.tokenRequest(audience), auth0.tokenRequest(audience, auth0.organizations.acme)],
        options: { issuer: auth0.issuer, audience },
        routes: { '/v1/orders': { scopes: ['read:orders'] }, '/v1/admin': { scopes: ['admin'] } },
        granted: ['/v1/orders'],
        denied: { '/v1/admin': 'admin' },
      }
    },
  ],
  [
    'Auth0 as documented before',
    async () => {
      const token = sign(JSON.stringify(older.header), JSON.stringify(older.claims), older.key, 'RS256')
      const { network, metadataUrl } = await older.startOlderAuth0(token)
      return {
        network,
        requests: [older.tokenRequest],
        options: {
          issuer: { issuer: older.issuer, metadataUrl },
          audience: older.audience,
          fetch: globalThis.fetch,
        },
        routes: { '/v1/any': {}, '/v1/contacts': { scopes: ['read:contacts'] } },
        granted: ['/v1/any'],
        denied: { '/v1/contacts': 'read:contacts' },
      }
    },
  ],
  [
    'Pulsoid',
    async () => {
      const { network } = await pulsoid.startPulsoid()
      return {
        network,
        requests: [pulsoid.tokenRequest],
        options: {
          issuer: {
            issuer: pulsoid.issuer,
            audience: null,
            introspection: { introspect: pulsoid.validatedBy(network, () => NOW * 1000), tokens: 'all' },
          },
        },
        routes: { '/v1/profiles': { scopes: ['profile:create'] }, '/v1/data': { scopes: ['data:read'] } },
        granted: ['/v1/profiles'],
        denied: { '/v1/data': 'data:read' },
      }
    },
  ],
]

const suite = hasCurl ? describe : describe.skip
const when = hasCurl ? 'by curl, as the documentation says' : 'by curl, which is not installed here: skipped'

suite.each(systems)(`%s, ${when}`, (_, start) => {
  test.each(listeningDoors)('a token is obtained and gets in where it may, through %s', async (_name, open) => {
    const { network, requests, options, routes, granted, denied } = await start()
    const world = await createWorld({ options: { fetch: network.fetch, ...options }, routes })
    onTestFinished(() => world.close())
    const origin = await open(world)

    for (const request of requests) {
      const token = await tokenByCurl(network, request)
      const call = (path: string, ...args: string[]): ReturnType<typeof curl> => curl(...args, origin + path)
      const authorization = ['--header', `authorization: Bearer ${token}`]
      for (const path of granted) {
        expect(await call(path, ...authorization)).toMatchObject({ status: 200, challenge: undefined })
        expect(await call(path, ...authorization, '--header', 'content-type: application/json')).toMatchObject({
          status: 200,
        })
      }
      for (const [path, scope] of Object.entries(denied)) {
        expect(await call(path, ...authorization)).toMatchObject({ status: 403, challenge: insufficientScope(scope) })
      }
      const [anyPath = ''] = granted
      expect(await call(anyPath)).toMatchObject({ status: 401, challenge: 'Bearer realm="api"' })
      expect(await call(anyPath, '--header', `authorization: Bearer ${token}x`)).toMatchObject({
        status: 401,
        challenge: INVALID_TOKEN,
      })
    }
  })
})
