import { onTestFinished } from 'vitest'
import { NOW } from '../support/fixture.js'
import { r1, republished, type TestKey } from '../support/keys.js'
import { sign } from '../support/token.js'
import type { Presentation } from './api.js'
import { type AuthorizationServer, startAuthorizationServer } from './authorization-server.js'
import type { DocumentedRequest, Members } from './documented-request.js'
import { createNetwork, type Network } from './network.js'
import { obtainToken, type TokenRequest } from './token-request.js'

export const issuer = 'https://tenant.auth0.com/'
export const clientId = 'wMq2xV7'
export const LIFETIME = 86_400

const key: TestKey = republished(r1, 'tenant-1')

/** How Auth0 writes the tokens of an API: with the header and claims of its own or of RFC 9068, with `permissions` or without. */
export type Dialect = 'access_token' | 'access_token_authz' | 'rfc9068_profile' | 'rfc9068_profile_authz'

/** The APIs of the tenant. Their identifiers are any URI. */
export const apis = {
  'https://api.example.com': 'access_token',
  'urn:example:warehouse': 'access_token_authz',
  'https://api.example.com/reports/': 'rfc9068_profile',
  'https://api.example.com/billing?v=2': 'rfc9068_profile_authz',
} as const satisfies Readonly<Record<string, Dialect>>
export type ApiIdentifier = keyof typeof apis

/** Organizations that the client may act for, by name. */
export const organizations = { acme: 'org_8dPZ1qLw', globex: 'org_Yb30kTfN' } as const

/** Claims that an Action of the tenant adds. */
export const customClaims = {
  'https://example.com/plan': 'gold',
  'https://example.com/limits': { perMinute: 600, sites: ['berlin', 'leeds'] },
} as const

const organizationValues = Object.entries(organizations).flat()

const documented: DocumentedRequest = {
  contentType: 'application/x-www-form-urlencoded',
  clientAuthentication: 'body',
  members: { grant_type: ['client_credentials'], audience: Object.keys(apis) },
  optional: { organization: organizationValues },
}

/** `organization` is a name or an identifier. */
export const tokenRequest = (audience: string, organization?: string): TokenRequest => ({
  url: 'https://tenant.auth0.com/oauth/token',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: 'auth0-secret',
    audience,
    ...(organization !== undefined && { organization }),
  }).toString(),
})

/** The documentation of how to call an API sends a content type with its GET. */
export const presentation: Presentation = (token) => [
  ['authorization', `Bearer ${token}`],
  ['content-type', 'application/json'],
]

export function claimsFor({ audience = '', organization }: Members): Readonly<Record<string, unknown>> {
  const dialect: Dialect = apis[audience as ApiIdentifier]
  return {
    iss: issuer,
    sub: `${clientId}@clients`,
    aud: audience,
    iat: NOW,
    exp: NOW + LIFETIME,
    scope: 'read:orders write:orders',
    ...(dialect.startsWith('rfc9068')
      ? { client_id: clientId, jti: 'jti-1' }
      : { azp: clientId, gty: 'client-credentials' }),
    ...(dialect.endsWith('_authz') && { permissions: ['read:orders', 'read:stock'] }),
    ...(organization !== undefined && organizationClaims(organization)),
    ...customClaims,
  }
}

function organizationClaims(nameOrId: string): object {
  const [name, id] = Object.entries(organizations).find((pair) => pair.includes(nameOrId as never)) ?? []
  return { org_id: id, org_name: name }
}

/** A token of the tenant, signed by the key that it publishes. */
export function signToken(claims: object, typ = 'JWT'): string {
  return sign(JSON.stringify({ alg: 'RS256', typ, kid: key.kid }), JSON.stringify(claims), key, 'RS256')
}

export interface Auth0 {
  readonly network: Network
  readonly server: AuthorizationServer
  token(audience: ApiIdentifier, organization?: string): Promise<string>
}

/** The tenant, until the test is over. */
export async function startAuth0(): Promise<Auth0> {
  const network = createNetwork()
  onTestFinished(() => network.close())
  const server = await startAuthorizationServer(network, {
    issuer,
    tokenPath: '/oauth/token',
    documented,
    client: { id: clientId, secret: 'auth0-secret' },
    keys: [key],
    grant: (members) => ({
      access_token: signToken(claimsFor(members), typFor(apis[members['audience'] as ApiIdentifier])),
      token_type: 'Bearer',
      expires_in: LIFETIME,
    }),
  })
  return {
    network,
    server,
    token: (audience, organization) => obtainToken(network, tokenRequest(audience, organization)),
  }
}

const typFor = (dialect: Dialect): string => (dialect.startsWith('rfc9068') ? 'at+jwt' : 'JWT')
