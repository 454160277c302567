import { onTestFinished } from 'vitest'
import { NOW } from '../support/fixture.js'
import { r1, republished, rsaKey, strangerRsa, type TestKey } from '../support/keys.js'
import { sign } from '../support/token.js'
import { type AuthorizationServer, startAuthorizationServer } from './authorization-server.js'
import type { DocumentedRequest } from './documented-request.js'
import { createNetwork, type Network } from './network.js'
import { obtainToken, type TokenRequest } from './token-request.js'

export const regions = ['uk', 'eu', 'us'] as const
export type Region = (typeof regions)[number]

export const audience = 'https://jga.jylo.ai/external/v2'

/** The documentation names token endpoints and no issuers; these are what such an endpoint's issuer looks like. */
export const issuerOf = (region: Region): string => `https://login.${region}.jylo.ai/`

/** Two are the fixture's under other names: making RSA keys takes long. */
export const keys: Readonly<Record<Region, TestKey>> = {
  uk: republished(r1, 'uk-1'),
  eu: republished(strangerRsa, 'eu-1'),
  us: rsaKey('us-1'),
}

const client = { id: 'jylo-client', secret: 'jylo-secret' }

const documented: DocumentedRequest = {
  contentType: 'application/x-www-form-urlencoded',
  clientAuthentication: 'body',
  members: { grant_type: ['client_credentials'], audience: [audience] },
}

export const tokenRequest = (region: Region): TokenRequest => ({
  url: `https://login.${region}.jylo.ai/oauth/token`,
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  body: `grant_type=client_credentials&client_id=jylo-client&client_secret=jylo-secret&audience=${audience}`,
})

export interface TokenDetails {
  readonly key: TestKey
  /** `null`: no `kid` in the header. */
  readonly kid?: string | null
  readonly typ?: string
}

/** A token with the documented claims, by whatever key. */
export function signToken(region: Region, { key, kid = key.kid, typ }: TokenDetails): string {
  const header = { alg: 'RS256', ...(kid !== null && { kid }), ...(typ !== undefined && { typ }) }
  const claims = { iss: issuerOf(region), aud: audience, exp: NOW + 86_400 }
  return sign(JSON.stringify(header), JSON.stringify(claims), key, 'RS256')
}

export interface Jylo {
  readonly network: Network
  readonly servers: Readonly<Record<Region, AuthorizationServer>>
  token(region: Region): Promise<string>
}

/** The three regions, until the test is over. */
export async function startJylo(signingKeys: Readonly<Record<Region, TestKey>> = keys, typ = 'JWT'): Promise<Jylo> {
  const network = createNetwork()
  onTestFinished(() => network.close())
  const start = (region: Region): Promise<AuthorizationServer> =>
    startAuthorizationServer(network, {
      issuer: issuerOf(region),
      tokenPath: '/oauth/token',
      documented,
      client,
      keys: [signingKeys[region]],
      grant: () => ({
        access_token: signToken(region, { key: signingKeys[region], ...(typ !== 'none' && { typ }) }),
        token_type: 'Bearer',
      }),
    })
  return {
    network,
    servers: { uk: await start('uk'), eu: await start('eu'), us: await start('us') },
    token: (region) => obtainToken(network, tokenRequest(region)),
  }
}
