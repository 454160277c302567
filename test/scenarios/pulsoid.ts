import type { Introspect } from '@resource-server/core'
import { onTestFinished } from 'vitest'
import { type AuthorizationServer, startAuthorizationServer } from './authorization-server.js'
import type { DocumentedRequest } from './documented-request.js'
import { createNetwork, type Host, type Network } from './network.js'
import { obtainToken, type TokenRequest } from './token-request.js'

export const issuer = 'https://pulsoid.net'

/** An opaque token: what it permits, only the service can say. */
export const TOKEN = '0f9a6c1e-5a0b-4a53-9d6e-7c2f7b1d83aa'

export const client = { id: '3d1c9f52-61f0-4f0e-8d43-a5b0c7e7f9d4', secret: 'b7e2d0a4-93c8-4c1f-b6a1-5e8f2d7c0b16' }

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

const VALIDATE = 'https://dev.pulsoid.net/api/v1/token/validate'

/** What an application writes for the service's endpoint, which has a shape of its own. */
export function validatedBy(network: Pick<Network, 'fetch'>, clock: () => number): Introspect {
  return async (token, { signal }) => {
    const response = await network.fetch(VALIDATE, { headers: { authorization: `Bearer ${token}` }, signal })
    if (response.status === 401 || response.status === 403) return { active: false }
    if (response.status !== 200) throw new Error(`pulsoid.net answered ${response.status}`)
    const { client_id, expires_in, scopes } = (await response.json()) as {
      client_id: string
      expires_in: number
      scopes: readonly string[]
    }
    return { active: true, client_id, scope: scopes.join(' '), exp: Math.floor(clock() / 1000) + expires_in }
  }
}

export interface Pulsoid {
  readonly network: Network
  readonly server: AuthorizationServer
  /** Where tokens are validated. */
  readonly validator: Host
  token(): Promise<string>
  /** From now on the token is none. */
  revoke(): void
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
  let isRevoked = false
  const validator = await network.serve(new URL(VALIDATE).origin, ({ method, url, headers }, response) => {
    const isValid = headers.authorization === `Bearer ${TOKEN}` && !isRevoked
    const status = method === 'GET' && url === new URL(VALIDATE).pathname ? (isValid ? 200 : 403) : 404
    const body = isValid
      ? { client_id: client.id, expires_in: 5_011_271, profile_id: 'p1', scopes: ['profile:create'] }
      : { error_code: 7005, error_message: 'token_not_found' }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  return {
    network,
    server,
    validator,
    token: () => obtainToken(network, tokenRequest),
    revoke: () => {
      isRevoked = true
    },
  }
}
