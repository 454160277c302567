import { onTestFinished } from 'vitest'
import { NOW } from '../support/fixture.js'
import { r1, republished, type TestKey } from '../support/keys.js'
import { type AuthorizationServer, METADATA_PATH, startAuthorizationServer } from './authorization-server.js'
import type { DocumentedRequest } from './documented-request.js'
import { createNetwork, type Network } from './network.js'
import { obtainToken, type TokenRequest } from './token-request.js'

export const issuer = 'https://namespace.auth0.com/'
export const audience = 'https://contacts.example.com'
export const client = { id: 'Hk4tRz9', secret: 'namespace-secret' }

export const key: TestKey = republished(r1, 'namespace-1')

const documented: DocumentedRequest = {
  contentType: 'application/json',
  clientAuthentication: 'body',
  members: { grant_type: ['client_credentials'], audience: [audience] },
}

export const tokenRequest: TokenRequest = {
  url: 'https://namespace.auth0.com/oauth/token',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    grant_type: 'client_credentials',
    client_id: client.id,
    client_secret: client.secret,
    audience,
  }),
}

/** All that such a token says: `scope` is there, and empty. */
export const claims = {
  iss: issuer,
  sub: `${client.id}@clients`,
  aud: audience,
  exp: NOW + 86_400,
  iat: NOW,
  scope: '',
} as const

export const header = { typ: 'JWT', alg: 'RS256', kid: key.kid } as const

export interface OlderAuth0 {
  readonly network: Network
  readonly server: AuthorizationServer
  /** Where the metadata really is: this scenario goes without an injected fetch. */
  readonly metadataUrl: string
  token(): Promise<string>
}

/** The namespace, until the test is over. */
export async function startOlderAuth0(accessToken: string): Promise<OlderAuth0> {
  const network = createNetwork()
  onTestFinished(() => network.close())
  const server = await startAuthorizationServer(network, {
    issuer,
    tokenPath: '/oauth/token',
    documented,
    client,
    keys: [key],
    namedBy: 'address',
    grant: () => ({ access_token: accessToken, token_type: 'Bearer', expires_in: 86_400 }),
  })
  return {
    network,
    server,
    metadataUrl: server.address + METADATA_PATH,
    token: () => obtainToken(network, tokenRequest),
  }
}
