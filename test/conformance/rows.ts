import type { FailureReason } from '@resource-server/core'
import type { RequestSpec } from '../support/door.js'
import { T } from '../support/token.js'
import type { Anonymous, Granted, Refused } from './case.js'

// The response table, every string typed out.

export const granted: Granted = { status: 200, subject: 'u1' }

export const anonymous: Anonymous = { status: 200, anonymous: true }

export const noCredentials: Refused = {
  status: 401,
  kind: 'unauthenticated',
  reason: 'no_credentials',
  challenges: ['Bearer realm="api"'],
  body: { error_description: 'This request needs an access token' },
}

export const unsupportedScheme: Refused = { ...noCredentials, reason: 'unsupported_scheme' }

export const malformedCredentials: Refused = {
  status: 400,
  kind: 'invalid_request',
  reason: 'malformed_credentials',
  challenges: [
    'Bearer realm="api", error="invalid_request", error_description="The request must carry exactly one well-formed Authorization header"',
  ],
  body: {
    error: 'invalid_request',
    error_description: 'The request must carry exactly one well-formed Authorization header',
  },
}

export const severalCredentials: Refused = { ...malformedCredentials, reason: 'several_credentials' }

export const invalidToken = (reason: FailureReason): Refused => ({
  status: 401,
  kind: 'invalid_token',
  reason,
  challenges: [
    'Bearer realm="api", error="invalid_token", error_description="The access token is malformed, expired, revoked or otherwise invalid"',
  ],
  body: {
    error: 'invalid_token',
    error_description: 'The access token is malformed, expired, revoked or otherwise invalid',
  },
})

export const malformed: Refused = invalidToken('malformed')

/** `scope` as it stands in the challenge. */
export const insufficientScope = (scope: string): Refused => ({
  status: 403,
  kind: 'insufficient_scope',
  reason: 'missing_scope',
  challenges: [
    `Bearer realm="api", error="insufficient_scope", error_description="The access token does not have the scope that this request needs", scope="${scope}"`,
  ],
  body: {
    error: 'insufficient_scope',
    error_description: 'The access token does not have the scope that this request needs',
  },
})

export const forbidden = (reason: 'claim' | 'check'): Refused => ({
  status: 403,
  kind: 'forbidden',
  reason,
  challenges: [],
  body: { error_description: 'The access token does not permit this request' },
})

/** `parameters` as they stand in the challenge. */
export const insufficientAuthentication = (reason: 'acr' | 'too_old', parameters: string): Refused => ({
  status: 401,
  kind: 'insufficient_user_authentication',
  reason,
  challenges: [
    `Bearer realm="api", error="insufficient_user_authentication", error_description="This request needs a stronger or more recent authentication of the user", ${parameters}`,
  ],
  body: {
    error: 'insufficient_user_authentication',
    error_description: 'This request needs a stronger or more recent authentication of the user',
  },
})

export const unavailable = (reason: 'keys' | 'metadata' | 'introspection' | 'issuer' | 'revocation'): Refused => ({
  status: 503,
  kind: 'unavailable',
  reason,
  challenges: [],
  body: { error_description: 'The access token could not be checked, try again later' },
})

/** A request that presents this token as RFC 6750 §2.1 says. */
export function bearer(token: string = T, request: Omit<RequestSpec, 'headers'> = {}): RequestSpec {
  return { ...request, headers: [['Authorization', `Bearer ${token}`]] }
}

/** A request with exactly this `Authorization` value. */
export function authorization(value: string, request: Omit<RequestSpec, 'headers'> = {}): RequestSpec {
  return { ...request, headers: [['Authorization', value]] }
}
