import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { type ClientMetadata, type Configuration, Provider, type ResourceServer } from 'oidc-provider'
import type { Client, TokenAlgorithm } from './clients.js'
import { serveOnLoopback } from './loopback.js'

export interface AuthorizationServer {
  readonly issuer: string
  readonly stop: () => Promise<void>
}

export async function startAuthorizationServer(clients: readonly Client[]): Promise<AuthorizationServer> {
  const algorithms = new Set(clients.map((client) => client.tokenAlgorithm))
  const keys = await Promise.all([...algorithms].map((alg) => createSigningKey(alg, alg.toLowerCase())))
  return serveAuthorizationServer(clients, keys)
}

/** @param keys the first one of an algorithm signs, all are published */
export async function serveAuthorizationServer(
  clients: readonly Client[],
  keys: JWK[],
  port?: number,
): Promise<AuthorizationServer> {
  const configuration = configurationFor(clients, keys)
  const { origin, stop } = await serveOnLoopback((issuer) => new Provider(issuer, configuration).callback(), port)
  return { issuer: origin, stop }
}

function configurationFor(clients: readonly Client[], keys: JWK[]): Configuration {
  const registered = (id: string) => clients.find((client) => client.id === id) ?? neverRegistered(id)

  return {
    clients: clients.map(registrationOf),
    jwks: { keys },
    ttl: { ClientCredentials: (_context, _token, { clientId }) => registered(clientId).tokenLifetime },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource, { clientId }) => tokenPolicyFor(resource, registered(clientId)),
      },
    },
  }
}

/** RFC 9068 tokens, signed by the client's algorithm: one API gets to see all four. */
const tokenPolicyFor = (resource: string, client: Client): ResourceServer => ({
  audience: resource,
  scope: 'read:orders read:profile',
  accessTokenFormat: 'jwt',
  jwt: { sign: { alg: client.tokenAlgorithm } },
})

function neverRegistered(id: string): never {
  throw new Error(`${id} is not a client of this authorization server`)
}

function registrationOf({ id, authentication, tokenAlgorithm }: Client): ClientMetadata {
  const registration = {
    client_id: id,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    id_token_signed_response_alg: tokenAlgorithm, // none is ever issued, but the key for one must be there
    token_endpoint_auth_method: authentication.method,
  }
  if (authentication.method === 'private_key_jwt') {
    return {
      ...registration,
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [authentication.publicJwk] },
    }
  }
  return { ...registration, client_secret: authentication.secret }
}

export async function createSigningKey(alg: TokenAlgorithm, kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), alg, kid, use: 'sig' }
}
