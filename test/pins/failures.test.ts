import { readFileSync } from 'node:fs'
import { AuthenticationError, createVerifier, type Requirements, type VerifierEvent } from '@resource-server/core'
import { describe, expect, test } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { T, token } from '../support/token.js'

// The response table: what a client sees for each kind of failure, and what the operator is told.

const INVALID_TOKEN =
  'Bearer realm="api", error="invalid_token", error_description="The access token is malformed, expired, revoked or otherwise invalid"'
const INVALID_REQUEST =
  'Bearer realm="api", error="invalid_request", error_description="The request must carry exactly one well-formed Authorization header"'
const INSUFFICIENT_SCOPE =
  'Bearer realm="api", error="insufficient_scope", error_description="The access token does not have the scope that this request needs", scope="write admin"'

const INSUFFICIENT_AUTHENTICATION =
  'Bearer realm="api", error="insufficient_user_authentication", error_description="This request needs a stronger or more recent authentication of the user"'

interface Row {
  readonly authorization?: string
  readonly options?: object
  readonly requirements?: Requirements
}

const bearer = (spec: Parameters<typeof token>[0]): Row => ({ authorization: `Bearer ${token(spec)}` })

/** kind/reason, status, challenge */
type Expected = [what: string, status: number, challenge: string | undefined, row: Row]

const table: Expected[] = [
  ['unauthenticated/no_credentials', 401, 'Bearer realm="api"', {}],
  ['unauthenticated/unsupported_scheme', 401, 'Bearer realm="api"', { authorization: 'Basic dTpw' }],
  ['invalid_request/malformed_credentials', 400, INVALID_REQUEST, { authorization: 'Bearer' }],
  ['invalid_token/malformed', 401, INVALID_TOKEN, { authorization: 'Bearer x' }],
  ['invalid_token/algorithm', 401, INVALID_TOKEN, bearer({ header: { alg: 'none' }, signedAs: 'ES256' })],
  ['invalid_token/type', 401, INVALID_TOKEN, bearer({ header: { typ: 'dpop+jwt' } })],
  ['invalid_token/unknown_issuer', 401, INVALID_TOKEN, bearer({ claims: { iss: 'https://evil.test' } })],
  ['invalid_token/unknown_key', 401, INVALID_TOKEN, bearer({ header: { kid: 'x' } })],
  ['invalid_token/signature', 401, INVALID_TOKEN, { authorization: `Bearer ${T.slice(0, -8)}AAAAAAAA` }],
  ['invalid_token/expired', 401, INVALID_TOKEN, bearer({ claims: { exp: NOW - 60 } })],
  ['invalid_token/not_yet_valid', 401, INVALID_TOKEN, bearer({ claims: { nbf: NOW + 60 } })],
  ['invalid_token/audience', 401, INVALID_TOKEN, bearer({ claims: { aud: 'https://evil.test' } })],
  ['invalid_token/missing_claim', 401, INVALID_TOKEN, bearer({ claims: { exp: undefined } })],
  [
    'invalid_token/claim',
    401,
    INVALID_TOKEN,
    { ...bearer({}), options: { issuer: { issuer: I, jwks: { keys: publicKeys }, claims: { token_use: 'access' } } } },
  ],
  [
    'invalid_token/inactive',
    401,
    INVALID_TOKEN,
    { authorization: 'Bearer x', options: { issuer: { issuer: I, introspection: () => ({ active: false }) } } },
  ],
  [
    'unavailable/introspection',
    503,
    undefined,
    { authorization: 'Bearer x', options: { issuer: { issuer: I, introspection: () => Promise.reject(new Error()) } } },
  ],
  ['unavailable/issuer', 503, undefined, { ...bearer({}), options: { issuer: () => Promise.reject(new Error()) } }],
  ['invalid_token/revoked', 401, INVALID_TOKEN, { ...bearer({}), options: { isRevoked: () => true } }],
  ['invalid_token/unproven_confirmation', 401, INVALID_TOKEN, bearer({ claims: { cnf: { jkt: 'a' } } })],
  [
    'insufficient_scope/missing_scope',
    403,
    INSUFFICIENT_SCOPE,
    { ...bearer({}), requirements: { scopes: ['write', 'admin'] } },
  ],
  [
    'insufficient_user_authentication/acr',
    401,
    `${INSUFFICIENT_AUTHENTICATION}, acr_values="gold silver", max_age="300", scope="write"`,
    { ...bearer({}), requirements: { acrValues: ['gold', 'silver'], maxAge: 300, scopes: ['write'] } },
  ],
  [
    'insufficient_user_authentication/too_old',
    401,
    `${INSUFFICIENT_AUTHENTICATION}, max_age="300"`,
    { ...bearer({ claims: { auth_time: NOW - 301 } }), requirements: { maxAge: 300 } },
  ],
  ['forbidden/claim', 403, undefined, { ...bearer({}), requirements: { claims: { org: 1 } } }],
  ['forbidden/check', 403, undefined, { ...bearer({}), requirements: { check: () => false } }],
  [
    'unavailable/keys',
    503,
    undefined,
    {
      ...bearer({}),
      options: { issuer: { issuer: I, jwksUri: `${I}/jwks` }, fetch: () => Promise.reject(new Error('down')) },
    },
  ],
  [
    'unavailable/metadata',
    503,
    undefined,
    { ...bearer({}), options: { issuer: I, fetch: () => Promise.reject(new Error('down')) } },
  ],
  [
    'unavailable/revocation',
    503,
    undefined,
    { ...bearer({}), options: { isRevoked: () => Promise.reject(new Error('down')) } },
  ],
]

async function refused({
  authorization,
  options,
  requirements,
}: Row): Promise<{ error: AuthenticationError; events: VerifierEvent[] }> {
  const events: VerifierEvent[] = []
  const verifier = createVerifier({
    issuer: { issuer: I, jwks: { keys: publicKeys } },
    audience: A,
    clock: () => NOW * 1000,
    onEvent: (event) => events.push(event),
    ...options,
  })
  const request = new Request('https://api.test', { headers: authorization === undefined ? {} : { authorization } })
  const result = await verifier.authenticate(request, requirements ?? {})
  expect(result.ok).toBe(false)
  return { error: result.error!, events }
}

describe.each(table)('%s', (what, status, challenge, row) => {
  const [kind, reason] = what.split('/')

  test('the error', async () => {
    const { error } = await refused(row)
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(error).toMatchObject({ kind, reason, status, statusCode: status, name: 'AuthenticationError' })
    expect(error.headers).toEqual({
      'Cache-Control': 'no-store',
      ...(challenge !== undefined && { 'WWW-Authenticate': challenge }),
      ...(status === 503 && { 'Retry-After': '1' }),
    })
  })

  test('the response', async () => {
    const response = (await refused(row)).error.toResponse()
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([status, challenge ?? null])
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('retry-after')).toBe(status === 503 ? '1' : null)
    const body = await response.text()
    expect(JSON.parse(body)).toEqual(BODIES[kind!])
  })

  test('the event', async () => {
    const { events } = await refused(row)
    expect(events.at(-1)).toMatchObject({ type: 'authentication.failed', kind, reason, detail: expect.any(String) })
    expect(events.filter(({ type }) => type === 'authentication.failed')).toHaveLength(1)
    expect(JSON.stringify(events)).not.toContain(row.authorization?.split('.')[1] ?? 'no payload')
  })
})

const BODIES: Record<string, object> = {
  unauthenticated: { error_description: 'This request needs an access token' },
  invalid_request: {
    error: 'invalid_request',
    error_description: 'The request must carry exactly one well-formed Authorization header',
  },
  invalid_token: {
    error: 'invalid_token',
    error_description: 'The access token is malformed, expired, revoked or otherwise invalid',
  },
  insufficient_scope: {
    error: 'insufficient_scope',
    error_description: 'The access token does not have the scope that this request needs',
  },
  insufficient_user_authentication: {
    error: 'insufficient_user_authentication',
    error_description: 'This request needs a stronger or more recent authentication of the user',
  },
  forbidden: { error_description: 'The access token does not permit this request' },
  unavailable: { error_description: 'The access token could not be checked, try again later' },
}

test('a success tells the operator nothing', async () => {
  const events: VerifierEvent[] = []
  const verifier = createVerifier({
    issuer: { issuer: I, jwks: { keys: publicKeys } },
    audience: A,
    clock: () => NOW * 1000,
    onEvent: (event) => events.push(event),
  })
  await verifier.verify(T)
  expect(events).toEqual([])
})

test('a key that is skipped is told, with what is wrong and nothing of the key', async () => {
  const events: VerifierEvent[] = []
  const verifier = createVerifier({
    issuer: { issuer: I, jwksUri: `${I}/jwks` },
    audience: A,
    clock: () => NOW * 1000,
    fetch: async () =>
      Response.json({ keys: [...publicKeys, { kty: 'oct', kid: 'oops', k: 'canary' }, { kty: 'AKP', kid: 'pq' }] }),
    onEvent: (event) => events.push(event),
  })
  await verifier.verify(T)
  expect(events).toEqual([
    { type: 'key.skipped', issuer: I, kid: 'oops', kty: 'oct', why: 'private' },
    { type: 'key.skipped', issuer: I, kid: 'pq', kty: 'AKP', why: 'unsupported' },
    { type: 'keys.changed', issuer: I, added: publicKeys.map(({ kid }) => kid), removed: [] },
    { type: 'keys.fetch', issuer: I, ok: true, ms: 0, bytes: expect.any(Number), attempt: 1 },
  ])
})

test.each(table)('the page of responses has %s', (what, status) => {
  const [kind, reason] = what.split('/')
  const rows = readFileSync(new URL('../../docs/responses.md', import.meta.url), 'utf8').split('\n')
  const named = rows.filter((row) => row.includes(`\`${kind}\``) && row.includes(`\`${reason}\``))
  expect(new Set(named.map((row) => row.includes(`| ${status}`)))).toEqual(new Set([true]))
})
