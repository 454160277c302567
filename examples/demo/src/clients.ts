import { randomBytes } from 'node:crypto'
import { exportJWK, type GenerateKeyPairResult, generateKeyPair, type JWK } from 'jose'

export type TokenAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA'

export type ClientAuthentication =
  | { readonly method: 'client_secret_post' | 'client_secret_basic'; readonly secret: string }
  | {
      readonly method: 'private_key_jwt'
      readonly privateKey: GenerateKeyPairResult['privateKey']
      readonly publicJwk: JWK
    }

/** A client as both sides know it: what it registered, and what it proves itself with. */
export interface Client {
  readonly id: string
  readonly authentication: ClientAuthentication
  readonly tokenAlgorithm: TokenAlgorithm
  readonly tokenLifetime: number
}

export interface Clients {
  readonly shop: Client
  readonly warehouse: Client
  readonly billing: Client
  readonly reports: Client
  readonly kiosk: Client
  readonly courier: Client
}

export async function createClients(): Promise<Clients> {
  return {
    shop: { id: 'shop', authentication: withSecret('client_secret_post'), tokenAlgorithm: 'RS256', tokenLifetime: 300 },
    warehouse: {
      id: 'warehouse',
      authentication: withSecret('client_secret_basic'),
      tokenAlgorithm: 'PS256',
      tokenLifetime: 300,
    },
    billing: { id: 'billing', authentication: await withPrivateKey(), tokenAlgorithm: 'ES256', tokenLifetime: 300 },
    reports: { id: 'reports', authentication: await withPrivateKey(), tokenAlgorithm: 'EdDSA', tokenLifetime: 300 },
    kiosk: {
      id: 'kiosk',
      authentication: withSecret('client_secret_basic'),
      tokenAlgorithm: 'ES256',
      tokenLifetime: 1,
    },
    courier: {
      id: 'courier',
      authentication: withSecret('client_secret_post'),
      tokenAlgorithm: 'ES256',
      tokenLifetime: 86_400,
    },
  }
}

const withSecret = (method: 'client_secret_post' | 'client_secret_basic'): ClientAuthentication => ({
  method,
  secret: randomBytes(24).toString('hex'),
})

async function withPrivateKey(): Promise<ClientAuthentication> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  return { method: 'private_key_jwt', privateKey, publicJwk: await exportJWK(publicKey) }
}
