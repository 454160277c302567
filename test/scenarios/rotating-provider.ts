import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { Provider } from 'oidc-provider'
import { onTestFinished } from 'vitest'
import type { Client } from '../../examples/demo/src/clients.js'
import { serveOnLoopback } from '../../examples/demo/src/loopback.js'

const secret = 'rotating-secret'
export const client: Client = {
  id: 'rotating-client',
  authentication: { method: 'client_secret_post', secret },
  tokenAlgorithm: 'ES256',
  tokenLifetime: 3600,
}

export interface RotatingProvider {
  readonly issuer: string
  /** The paths asked for, in order. */
  readonly hits: readonly string[]
  /** From now on it signs with the first of these keys and publishes all of them. */
  rotate(keys: readonly JWK[]): void
}

/** An authorization server whose keys can be replaced while it runs, until the test is over. */
export async function startRotatingProvider(keys: readonly JWK[]): Promise<RotatingProvider> {
  const hits: string[] = []
  let provider: ReturnType<typeof createProvider>
  const { origin, stop } = await serveOnLoopback((issuer) => {
    provider = createProvider(issuer, keys)
    return (request, response) => {
      hits.push(request.url ?? '')
      void provider(request, response)
    }
  })
  onTestFinished(stop)
  return {
    issuer: origin,
    hits,
    rotate: (replacement) => {
      provider = createProvider(origin, replacement)
    },
  }
}

function createProvider(issuer: string, keys: readonly JWK[]): ReturnType<Provider['callback']> {
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.id,
        client_secret: secret,
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'ES256', // there is no RSA key for the default
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      },
    ],
    jwks: { keys: [...keys] as never },
    ttl: { ClientCredentials: client.tokenLifetime },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          audience: resource,
          scope: 'read:orders',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  })
  return provider.callback()
}

export async function createSigningJwk(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(privateKey)), alg: 'ES256', kid, use: 'sig' }
}
