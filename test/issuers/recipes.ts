import type { FailureReason, IssuerOptions, Requirements, VerifierOptions } from '@resource-server/core'
import type { Members } from '../support/token.js'

// What the issuers' public documentation shows of their access tokens, and the options that the pages in docs/issuers
// advise. Names and ids are made up.

/** An issuer by its documentation: what it publishes, what its tokens say, and what is told of it in the options. */
export interface Recipe {
  readonly name: string
  readonly options: Pick<VerifierOptions, 'issuer' | 'audience'>
  /** The documents of its metadata by URL; the key set is added. */
  readonly metadata: Readonly<Record<string, Members>>
  readonly jwksUri: string
  readonly header: Members
  readonly claims: Members
  /** What the API sees of the good token. */
  readonly seen: {
    readonly clientId: string | undefined
    readonly subject: string | undefined
    readonly scopes: readonly string[]
  }
  readonly route: Requirements
  /** [what is different, changes to header and claims, why it is refused, what `explain` has to say] */
  readonly refused: readonly (readonly [what: string, changes: Changes, reason: FailureReason, advice?: RegExp])[]
  /** Tokens that are valid and not enough for the route. */
  readonly notEnough: readonly (readonly [what: string, changes: Members, reason: FailureReason])[]
}

export interface Changes {
  readonly header?: Members
  readonly claims?: Members
}

const tenant = '9188040d-6c67-4c5b-b112-36a304b66dad'
const otherTenant = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a'
const entraApp = '6e74172b-be56-4843-9ff4-e66a39bb12e3'
const entraClient = '72f988bf-86f1-41af-91ab-2d7cd011db47'
const slash = /They differ by a trailing slash/

const entry = (options: IssuerOptions): IssuerOptions => options

export const recipes: readonly Recipe[] = [
  {
    name: 'Auth0',
    options: { issuer: 'https://tenant.eu.auth0.com/', audience: 'https://api.example.com' },
    metadata: {
      'https://tenant.eu.auth0.com/.well-known/openid-configuration': { issuer: 'https://tenant.eu.auth0.com/' },
    },
    jwksUri: 'https://tenant.eu.auth0.com/.well-known/jwks.json',
    header: { typ: 'JWT' },
    claims: {
      iss: 'https://tenant.eu.auth0.com/',
      sub: 'wMq2xV7@clients',
      aud: 'https://api.example.com',
      azp: 'wMq2xV7',
      gty: 'client-credentials',
      scope: 'read:orders write:orders',
    },
    seen: { clientId: 'wMq2xV7', subject: 'wMq2xV7@clients', scopes: ['read:orders', 'write:orders'] },
    route: { scopes: ['read:orders'] },
    refused: [
      ['the issuer without its slash', { claims: { iss: 'https://tenant.eu.auth0.com' } }, 'unknown_issuer', slash],
      ['another tenant', { claims: { iss: 'https://other.eu.auth0.com/' } }, 'unknown_issuer'],
      ['the audience with a slash', { claims: { aud: 'https://api.example.com/' } }, 'audience', slash],
      ['an ID token', { claims: { aud: 'wMq2xV7', nonce: 'n' } }, 'type'],
      ['the management API', { claims: { aud: 'https://tenant.eu.auth0.com/api/v2/' } }, 'audience'],
    ],
    notEnough: [
      ['another scope', { scope: 'write:orders' }, 'missing_scope'],
      ['an empty scope', { scope: '' }, 'missing_scope'],
    ],
  },
  {
    name: 'Auth0 with permissions and the RFC 9068 profile',
    options: {
      issuer: entry({ issuer: 'https://tenant.eu.auth0.com/', profile: 'rfc9068', scopeClaims: ['permissions'] }),
      audience: 'https://api.example.com',
    },
    metadata: {
      'https://tenant.eu.auth0.com/.well-known/openid-configuration': { issuer: 'https://tenant.eu.auth0.com/' },
    },
    jwksUri: 'https://tenant.eu.auth0.com/.well-known/jwks.json',
    header: { typ: 'at+jwt' },
    claims: {
      iss: 'https://tenant.eu.auth0.com/',
      sub: 'auth0|507f1f77',
      aud: ['https://api.example.com', 'https://tenant.eu.auth0.com/userinfo'],
      client_id: 'wMq2xV7',
      jti: 'Gh7',
      scope: 'openid profile',
      permissions: ['read:orders'],
    },
    seen: { clientId: 'wMq2xV7', subject: 'auth0|507f1f77', scopes: ['read:orders'] },
    route: { scopes: ['read:orders'] },
    refused: [
      ['the older dialect', { header: { typ: 'JWT' } }, 'type'],
      ['no jti', { claims: { jti: undefined } }, 'missing_claim'],
    ],
    notEnough: [['a scope that is no permission', { permissions: [], scope: 'read:orders' }, 'missing_scope']],
  },
  {
    name: 'Microsoft Entra ID, v2',
    options: {
      issuer: entry({
        issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
        tenants: [tenant],
        scopeClaims: ['scp', 'roles'],
      }),
      audience: entraApp,
    },
    metadata: {
      [`https://login.microsoftonline.com/${tenant}/v2.0/.well-known/openid-configuration`]: {
        issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
      },
    },
    jwksUri: `https://login.microsoftonline.com/${tenant}/discovery/v2.0/keys`,
    header: { typ: 'JWT' },
    claims: {
      iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
      aud: entraApp,
      sub: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
      oid: '00000000-0000-0000-66f3-3332eca7ea81',
      tid: tenant,
      azp: entraClient,
      azpacr: '1',
      scp: 'Orders.Read Orders.Write',
      ver: '2.0',
    },
    seen: {
      clientId: entraClient,
      subject: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
      scopes: ['Orders.Read', 'Orders.Write'],
    },
    route: { scopes: ['Orders.Read'] },
    refused: [
      [
        'another tenant',
        { claims: { iss: `https://login.microsoftonline.com/${otherTenant}/v2.0`, tid: otherTenant } },
        'unknown_issuer',
      ],
      [
        'the template itself',
        { claims: { iss: 'https://login.microsoftonline.com/{tenantid}/v2.0' } },
        'unknown_issuer',
      ],
      [
        'the tenants of everybody',
        { claims: { iss: 'https://login.microsoftonline.com/common/v2.0' } },
        'unknown_issuer',
      ],
      ['v1', { claims: { iss: `https://sts.windows.net/${tenant}/`, ver: '1.0' } }, 'unknown_issuer'],
      [
        'a slash at the end',
        { claims: { iss: `https://login.microsoftonline.com/${tenant}/v2.0/` } },
        'unknown_issuer',
        slash,
      ],
      ['the audience of v1', { claims: { aud: `api://${entraApp}` } }, 'audience'],
      [
        'a token of Microsoft Graph, which has a nonce',
        { claims: { aud: '00000003-0000-0000-c000-000000000000', nonce: 'n' } },
        'type',
      ],
    ],
    notEnough: [
      ['an application with another role', { scp: undefined, roles: ['Orders.Delete'] }, 'missing_scope'],
      ['a user whose roles are not his scopes', { scp: 'User.Read', roles: ['Orders.Read'] }, 'missing_scope'],
    ],
  },
  {
    name: 'Microsoft Entra ID, v1, an application',
    options: {
      issuer: entry({
        issuer: 'https://sts.windows.net/{tenantid}/',
        tenants: [tenant],
        metadataUrl: 'https://login.microsoftonline.com/{tenantid}/.well-known/openid-configuration',
        scopeClaims: ['scp', 'roles'],
      }),
      audience: `api://${entraApp}`,
    },
    metadata: {
      [`https://login.microsoftonline.com/${tenant}/.well-known/openid-configuration`]: {
        issuer: `https://sts.windows.net/${tenant}/`,
      },
    },
    jwksUri: `https://login.microsoftonline.com/${tenant}/discovery/keys`,
    header: { typ: 'JWT' },
    claims: {
      iss: `https://sts.windows.net/${tenant}/`,
      aud: `api://${entraApp}`,
      sub: 'e2ac8e2c-7e5c-4d5c-8a0b-6e7a4f4b9a11',
      tid: tenant,
      appid: entraClient,
      appidacr: '1',
      idp: `https://sts.windows.net/${tenant}/`,
      roles: ['Orders.Read'],
      ver: '1.0',
    },
    seen: { clientId: entraClient, subject: 'e2ac8e2c-7e5c-4d5c-8a0b-6e7a4f4b9a11', scopes: ['Orders.Read'] },
    route: { scopes: ['Orders.Read'] },
    refused: [
      [
        'the issuer without its slash',
        { claims: { iss: `https://sts.windows.net/${tenant}` } },
        'unknown_issuer',
        slash,
      ],
      ['another tenant', { claims: { iss: `https://sts.windows.net/${otherTenant}/` } }, 'unknown_issuer'],
      ['the bare id as audience', { claims: { aud: entraApp } }, 'audience'],
    ],
    notEnough: [['no role', { roles: undefined }, 'missing_scope']],
  },
  {
    name: 'Okta',
    options: { issuer: 'https://example.okta.com/oauth2/aus1', audience: 'api://orders' },
    metadata: {
      'https://example.okta.com/oauth2/aus1/.well-known/openid-configuration': {
        issuer: 'https://example.okta.com/oauth2/aus1',
      },
    },
    jwksUri: 'https://example.okta.com/oauth2/aus1/v1/keys',
    header: { typ: undefined },
    claims: {
      ver: 1,
      jti: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE',
      iss: 'https://example.okta.com/oauth2/aus1',
      aud: 'api://orders',
      sub: '0oa2client',
      cid: '0oa2client',
      scp: ['orders.read'],
      scope: undefined,
    },
    seen: { clientId: '0oa2client', subject: '0oa2client', scopes: ['orders.read'] },
    route: { scopes: ['orders.read'] },
    refused: [
      [
        'the org authorization server',
        { claims: { iss: 'https://example.okta.com', aud: 'https://example.okta.com' } },
        'unknown_issuer',
      ],
      [
        'another authorization server of the org',
        { claims: { iss: 'https://example.okta.com/oauth2/default' } },
        'unknown_issuer',
      ],
      ['a slash at the end', { claims: { iss: 'https://example.okta.com/oauth2/aus1/' } }, 'unknown_issuer', slash],
      ['an ID token', { claims: { aud: '0oa2client', nonce: 'n', at_hash: 'h' } }, 'type'],
    ],
    notEnough: [['another scope', { scp: ['orders.write'] }, 'missing_scope']],
  },
  {
    name: 'Amazon Cognito',
    options: {
      issuer: entry({
        issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf',
        audience: null,
        claims: { token_use: 'access', client_id: '1example23456789' },
      }),
      audience: 'https://api.example.com',
    },
    metadata: {
      'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf/.well-known/openid-configuration': {
        issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf',
      },
    },
    jwksUri: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf/.well-known/jwks.json',
    header: { typ: undefined },
    claims: {
      iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf',
      aud: undefined,
      sub: '1example23456789',
      client_id: '1example23456789',
      token_use: 'access',
      version: 2,
      scope: 'orders/read orders/write',
    },
    seen: { clientId: '1example23456789', subject: '1example23456789', scopes: ['orders/read', 'orders/write'] },
    route: { scopes: ['orders/read'] },
    refused: [
      ['an ID token', { claims: { token_use: 'id', aud: '1example23456789', client_id: undefined } }, 'type'],
      ['a refresh token', { claims: { token_use: 'refresh' } }, 'type'],
      ['a token of another kind', { claims: { token_use: 'other' } }, 'claim'],
      ['another application of the pool', { claims: { client_id: 'other' } }, 'claim'],
      [
        'another pool',
        { claims: { iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other' } },
        'unknown_issuer',
      ],
    ],
    notEnough: [['what a sign-in grants', { scope: 'aws.cognito.signin.user.admin' }, 'missing_scope']],
  },
  {
    name: 'Keycloak',
    options: {
      issuer: entry({ issuer: 'https://sso.example.com/realms/shop', claims: { typ: 'Bearer' } }),
      audience: 'orders-api',
    },
    metadata: {
      'https://sso.example.com/realms/shop/.well-known/openid-configuration': {
        issuer: 'https://sso.example.com/realms/shop',
      },
    },
    jwksUri: 'https://sso.example.com/realms/shop/protocol/openid-connect/certs',
    header: { typ: 'JWT' },
    claims: {
      iss: 'https://sso.example.com/realms/shop',
      aud: ['orders-api', 'account'],
      sub: '5b8e1a0f-6c1d-4f0e-9b1a-1f2e3d4c5b6a',
      typ: 'Bearer',
      azp: 'shop-web',
      realm_access: { roles: ['clerk'] },
      scope: 'openid orders',
    },
    seen: { clientId: 'shop-web', subject: '5b8e1a0f-6c1d-4f0e-9b1a-1f2e3d4c5b6a', scopes: ['openid', 'orders'] },
    route: {
      scopes: ['orders'],
      check: ({ claims }) =>
        (claims['realm_access'] as { roles?: readonly string[] } | undefined)?.roles?.includes('clerk') === true,
    },
    refused: [
      ['no mapper for the audience', { claims: { aud: 'account' } }, 'audience'],
      ['another realm', { claims: { iss: 'https://sso.example.com/realms/master' } }, 'unknown_issuer'],
      [
        'the address of older versions',
        { claims: { iss: 'https://sso.example.com/auth/realms/shop' } },
        'unknown_issuer',
      ],
      ['an ID token', { claims: { typ: 'ID', aud: 'orders-api' } }, 'type'],
      ['a refresh token', { claims: { typ: 'Refresh', aud: 'orders-api' } }, 'type'],
      ['a token of another kind', { claims: { typ: 'Offline' } }, 'claim'],
    ],
    notEnough: [
      ['another role', { realm_access: { roles: ['guest'] } }, 'check'],
      ['no role', { realm_access: undefined }, 'check'],
    ],
  },
  {
    name: 'Google, a service account by its identity token',
    options: {
      issuer: entry({
        issuer: 'https://accounts.google.com',
        claims: { email: 'shop@project.iam.gserviceaccount.com', email_verified: true },
      }),
      audience: 'https://orders.example.com',
    },
    metadata: {
      'https://accounts.google.com/.well-known/openid-configuration': { issuer: 'https://accounts.google.com' },
    },
    jwksUri: 'https://www.googleapis.com/oauth2/v3/certs',
    header: { typ: 'JWT' },
    claims: {
      iss: 'https://accounts.google.com',
      aud: 'https://orders.example.com',
      azp: '113774264463038321964',
      sub: '113774264463038321964',
      email: 'shop@project.iam.gserviceaccount.com',
      email_verified: true,
      scope: undefined,
    },
    seen: { clientId: '113774264463038321964', subject: '113774264463038321964', scopes: [] },
    route: {},
    refused: [
      ['another account', { claims: { email: 'other@project.iam.gserviceaccount.com' } }, 'claim'],
      ['an address that nobody has verified', { claims: { email_verified: false } }, 'claim'],
      ['another service', { claims: { aud: 'https://invoices.example.com' } }, 'audience'],
      ['a person who has signed in', { claims: { at_hash: 'h', nonce: 'n' } }, 'type'],
      ['the name without https', { claims: { iss: 'accounts.google.com' } }, 'unknown_issuer'],
    ],
    notEnough: [],
  },
]
