import { expect, test } from 'vitest'
import { challengesFor } from '../../packages/core/src/challenge.js'
import type { Failure } from '../../packages/core/src/failure.js'

const scopes = (...names: string[]): Failure => ({ kind: 'insufficient_scope', reason: 'missing_scope', scopes: names })

const space = (realm: string) => ({ realm, resourceMetadata: undefined })

test.each<[string, Failure, string[]]>([
  [
    'RFC 6750 §3: without credentials no error',
    { kind: 'unauthenticated', reason: 'no_credentials' },
    ['Bearer realm="api"'],
  ],
  [
    'RFC 6750 §3: with another scheme no error',
    { kind: 'unauthenticated', reason: 'unsupported_scheme' },
    ['Bearer realm="api"'],
  ],
  [
    'RFC 6750 §3.1: invalid_request',
    { kind: 'invalid_request', reason: 'malformed_credentials' },
    [
      'Bearer realm="api", error="invalid_request", error_description="The request must carry exactly one well-formed Authorization header"',
    ],
  ],
  [
    'RFC 6750 §3.1: invalid_token',
    { kind: 'invalid_token', reason: 'expired' },
    [
      'Bearer realm="api", error="invalid_token", error_description="The access token is malformed, expired, revoked or otherwise invalid"',
    ],
  ],
  [
    'RFC 6750 §3.1: insufficient_scope',
    scopes('read'),
    [
      'Bearer realm="api", error="insufficient_scope", error_description="The access token does not have the scope that this request needs", scope="read"',
    ],
  ],
  [
    'RFC 6750 §3: scopes, divided by one space, in the order in which they were asked for',
    scopes('write:b', 'read:a', 'x!#[]~'),
    [
      'Bearer realm="api", error="insufficient_scope", error_description="The access token does not have the scope that this request needs", scope="write:b read:a x!#[]~"',
    ],
  ],
  ['a 403 that no other token could change has none', { kind: 'forbidden', reason: 'claim' }, []],
  ['a 403 by a check has none', { kind: 'forbidden', reason: 'check' }, []],
  ['a 503 has none: the token may be fine', { kind: 'unavailable', reason: 'keys', retryAfter: 1 }, []],
])('%s', (_, failure, challenges) => {
  expect(challengesFor(failure, space('api'), ['read', 'write'])).toEqual(challenges)
})

test('RFC 9110 §11.5: the realm is a quoted-string', () => {
  expect(challengesFor({ kind: 'unauthenticated', reason: 'no_credentials' }, space("orders, of 'acme'"), [])).toEqual([
    'Bearer realm="orders, of \'acme\'"',
  ])
})
