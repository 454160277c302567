import { onTestFinished } from 'vitest'
import { type AuthorizationServer, startAuthorizationServer } from './authorization-server.js'
import type { DocumentedRequest } from './documented-request.js'
import { createNetwork, type Network } from './network.js'
import { obtainToken, type TokenRequest } from './token-request.js'

export const issuer = 'https://pulsoid.net'

/** An opaque token: what it permits, only the service can say. */
export const TOKEN = '0f9a6c1e-5a0b-4a53-9d6e-7c2f7b1d83aa'

const client = { id: '3d1c9f52-61f0-4f0e-8d43-a5b0c7e7f9d4', secret: 'b7e2d0a4-93c8-4c1f-b6a1-5e8f2d7c0b16' }

const documented: DocumentedRequest = {
  contentType: 'application/x-www-form-urlencoded',
  clientAuthentication: 'basic',
  members: { grant_type: ['client_credentials'], scope: ['profile:create'] },
}

export const tokenRequest: TokenRequest = {
  url: 'https://pulsoid.net/oauth2/token',
  headers: {
    Authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}`,
    'Content-Type': 'application/x-www-form-urlencoded',
  },
  body: 'grant_type=client_credentials&scope=profile:create',
}

export interface Pulsoid {
  readonly network: Network
  readonly server: AuthorizationServer
  token(): Promise<string>
}

/** The service, until the test is over. */
export async function startPulsoid(): Promise<Pulsoid> {
  const network = createNetwork()
  onTestFinished(() => network.close())
  const server = await startAuthorizationServer(network, {
    issuer,
    tokenPath: '/oauth2/token',
    documented,
    client,
    keys: [],
    grant: () => ({ access_token: TOKEN, expires_in: 5_011_271, token_type: 'bearer' }),
  })
  return { network, server, token: () => obtainToken(network, tokenRequest) }
}
