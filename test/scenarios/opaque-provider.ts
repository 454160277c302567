import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { Provider } from 'oidc-provider'
import { onTestFinished } from 'vitest'
import { serveOnLoopback } from '../../examples/demo/src/loopback.js'

/** The API that asks about tokens, by each way of saying who it is. The secret needs every kind of escaping. */
export const api = {
  basic: 'api:basic',
  post: 'api-post',
  signed: 'api-signed',
  key: 'api-key',
  secret: 'a+b c%:&=/?',
}
const shop = { id: 'shop', secret: 'shop-secret' }

export interface OpaqueProvider {
  readonly issuer: string
  /** The private key of the API {@link api.key}. */
  readonly privateKey: JWK & { kty: string; alg: string; kid: string }
  /** The paths asked for, in order. */
  readonly hits: readonly string[]
  /** A token of the client credentials grant (RFC 6749 §4.4). */
  token(scope?: string): Promise<string>
  /** RFC 7009. */
  revoke(token: string): Promise<void>
}

/** An authorization server whose access tokens are opaque, until the test is over. */
export async function startOpaqueProvider(audience: string): Promise<OpaqueProvider> {
  const hits: string[] = []
  const [signing, client] = await Promise.all(['signing', 'client'].map(createJwk))
  const { origin, stop } = await serveOnLoopback((issuer) => {
    const callback = createProvider(issuer, audience, signing!, client!)
    return (request, response) => {
      hits.push(request.url ?? '')
      void callback(request, response)
    }
  })
  onTestFinished(stop)

  async function post(path: string, form: Record<string, string>): Promise<Response> {
    const body = new URLSearchParams({ ...form, client_id: shop.id, client_secret: shop.secret })
    const response = await fetch(origin + path, { method: 'POST', body })
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    return response
  }

  return {
    issuer: origin,
    privateKey: client!,
    hits,
    async token(scope = 'read:orders') {
      const response = await post('/token', { grant_type: 'client_credentials', scope, resource: audience })
      return ((await response.json()) as { access_token: string }).access_token
    },
    revoke: async (token) => void (await post('/token/revocation', { token })),
  }
}

async function createJwk(kid: string): Promise<OpaqueProvider['privateKey']> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const { kty, ...jwk } = await exportJWK(privateKey)
  return { ...jwk, kty: kty!, alg: 'ES256', kid, use: 'sig' }
}

function createProvider(
  issuer: string,
  audience: string,
  signing: JWK,
  { kty, crv, x, y, kid }: JWK,
): ReturnType<Provider['callback']> {
  const common = {
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    id_token_signed_response_alg: 'ES256', // there is no RSA key for the default
    introspection_signed_response_alg: 'ES256',
  } as const
  const provider = new Provider(issuer, {
    clients: [
      { ...common, client_id: shop.id, client_secret: shop.secret, token_endpoint_auth_method: 'client_secret_post' },
      { ...common, client_id: api.basic, client_secret: api.secret, token_endpoint_auth_method: 'client_secret_basic' },
      { ...common, client_id: api.post, client_secret: api.secret, token_endpoint_auth_method: 'client_secret_post' },
      {
        ...common,
        client_id: api.signed,
        client_secret: api.secret,
        token_endpoint_auth_method: 'client_secret_basic',
      },
      {
        ...common,
        client_id: api.key,
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [{ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } as never] },
      },
    ],
    jwks: { keys: [signing as never] },
    enabledJWA: { introspectionSigningAlgValues: ['ES256'] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: () => true },
      jwtIntrospection: { enabled: true },
      revocation: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({ audience, scope: 'read:orders write:orders', accessTokenFormat: 'opaque' }),
      },
    },
  })
  return provider.callback()
}
