import { describe, expect, test } from 'vitest'
import * as auth0 from './auth0.js'
import * as olderAuth0 from './auth0-older.js'
import * as jylo from './jylo.js'
import type { Network } from './network.js'
import * as pulsoid from './pulsoid.js'
import { requestToken, type TokenAnswer, type TokenRequest } from './token-request.js'

interface Endpoint {
  readonly name: string
  readonly start: () => Promise<{ readonly network: Network }>
  readonly request: TokenRequest
  readonly answer: object
}

const aJwt: unknown = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/)
const ORDERS = 'https://api.example.com'

const endpoints: readonly Endpoint[] = [
  ...jylo.regions.map((region) => ({
    name: `Jylo, ${region}`,
    start: () => jylo.startJylo(),
    request: jylo.tokenRequest(region),
    answer: { access_token: aJwt, token_type: 'Bearer' },
  })),
  {
    name: 'Auth0 as documented today',
    start: auth0.startAuth0,
    request: auth0.tokenRequest(ORDERS),
    answer: { access_token: aJwt, token_type: 'Bearer', expires_in: 86_400 },
  },
  {
    name: 'Auth0 as documented today, with an organization',
    start: auth0.startAuth0,
    request: auth0.tokenRequest(ORDERS, 'acme'),
    answer: { access_token: aJwt, token_type: 'Bearer', expires_in: 86_400 },
  },
  {
    name: 'Auth0 as documented before',
    start: () => olderAuth0.startOlderAuth0('a.b.c'),
    request: olderAuth0.tokenRequest,
    answer: { access_token: 'a.b.c', token_type: 'Bearer', expires_in: 86_400 },
  },
  {
    name: 'Pulsoid',
    start: pulsoid.startPulsoid,
    request: pulsoid.tokenRequest,
    answer: { access_token: pulsoid.TOKEN, token_type: 'bearer', expires_in: 5_011_271 },
  },
]

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'
const basic = (text: string): string => `Basic ${btoa(text)}`

/** The same request with other members; `undefined` removes one. */
function withMembers(request: TokenRequest, changes: Readonly<Record<string, string | undefined>>): TokenRequest {
  const members = { ...membersOf(request), ...changes }
  const present = Object.entries(members).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const body = isJson(request) ? JSON.stringify(Object.fromEntries(present)) : new URLSearchParams(present).toString()
  return { ...request, body }
}

const membersOf = (request: TokenRequest): Readonly<Record<string, string>> =>
  isJson(request)
    ? (JSON.parse(request.body) as Record<string, string>)
    : Object.fromEntries(new URLSearchParams(request.body))

const contentTypeOf = ({ headers }: TokenRequest): string | undefined =>
  headers['content-type'] ?? headers['Content-Type']
const isJson = (request: TokenRequest): boolean => contentTypeOf(request) === JSON_TYPE
const usesBasic = ({ headers }: TokenRequest): boolean => headers['Authorization'] !== undefined
const hasMember = (name: string) => (request: TokenRequest) => membersOf(request)[name] !== undefined
const always = (): boolean => true

type Change = (request: TokenRequest) => TokenRequest
type Deviation = [
  what: string,
  change: Change,
  status: number,
  error: string,
  appliesTo: (request: TokenRequest) => boolean,
]

const deviations: readonly Deviation[] = [
  ['GET', (request) => ({ ...request, method: 'GET' }), 400, 'invalid_request', always],
  ['PUT', (request) => ({ ...request, method: 'PUT' }), 400, 'invalid_request', always],
  ['a query', (request) => ({ ...request, url: `${request.url}?a=b` }), 400, 'invalid_request', always],
  ['no body', (request) => ({ ...request, body: '' }), 400, 'invalid_request', usesBasic],
  ['another content type', withOtherType, 400, 'invalid_request', always],
  ['the other encoding', withOtherEncoding, 400, 'invalid_request', always],
  ['a parameter of the content type', withTypeParameter, 400, 'invalid_request', always],
  ['no grant_type', (request) => withMembers(request, { grant_type: undefined }), 400, 'invalid_request', always],
  [
    'another grant',
    (request) => withMembers(request, { grant_type: 'password' }),
    400,
    'unsupported_grant_type',
    always,
  ],
  ['a member more', (request) => withMembers(request, { resource: 'https://a.test' }), 400, 'invalid_request', always],
  [
    'a member twice',
    (request) => ({ ...request, body: `${request.body}&${request.body}` }),
    400,
    'invalid_request',
    (request) => !isJson(request),
  ],
  [
    'no audience',
    (request) => withMembers(request, { audience: undefined }),
    400,
    'invalid_request',
    hasMember('audience'),
  ],
  [
    'another audience',
    (request) => withMembers(request, { audience: 'https://a.test' }),
    400,
    'invalid_request',
    hasMember('audience'),
  ],
  [
    'another organization',
    (request) => withMembers(request, { organization: 'initech' }),
    400,
    'invalid_request',
    hasMember('organization'),
  ],
  ['no scope', (request) => withMembers(request, { scope: undefined }), 400, 'invalid_request', hasMember('scope')],
  [
    'another scope',
    (request) => withMembers(request, { scope: 'profile:delete' }),
    400,
    'invalid_scope',
    hasMember('scope'),
  ],
  [
    'another secret',
    (request) => withMembers(request, { client_secret: 'guess' }),
    401,
    'invalid_client',
    hasMember('client_secret'),
  ],
  [
    'another client',
    (request) => withMembers(request, { client_id: 'guess' }),
    401,
    'invalid_client',
    hasMember('client_id'),
  ],
  [
    'no secret',
    (request) => withMembers(request, { client_secret: undefined }),
    401,
    'invalid_client',
    hasMember('client_secret'),
  ],
  [
    'credentials in body and header',
    (request) => withHeader(request, basic('a:b')),
    400,
    'invalid_request',
    hasMember('client_secret'),
  ],
  ['another secret in the header', (request) => withHeader(request, basic('a:b')), 401, 'invalid_client', usesBasic],
  ['no Authorization header', (request) => withHeader(request, undefined), 401, 'invalid_client', usesBasic],
  [
    'credentials in header and body',
    (request) => withMembers(request, { client_id: 'a', client_secret: 'b' }),
    400,
    'invalid_request',
    usesBasic,
  ],
]

function withOtherType(request: TokenRequest): TokenRequest {
  return withType(request, 'text/plain')
}

function withOtherEncoding(request: TokenRequest): TokenRequest {
  const members = membersOf(request)
  return isJson(request)
    ? { ...withType(request, FORM), body: new URLSearchParams(members).toString() }
    : { ...withType(request, JSON_TYPE), body: JSON.stringify(members) }
}

function withTypeParameter(request: TokenRequest): TokenRequest {
  return withType(request, `${contentTypeOf(request)}; charset=utf-8`)
}

function withType(request: TokenRequest, contentType: string): TokenRequest {
  const { 'content-type': _lower, 'Content-Type': _upper, ...others } = request.headers
  return { ...request, headers: { ...others, 'content-type': contentType } }
}

function withHeader(request: TokenRequest, authorization: string | undefined): TokenRequest {
  const { Authorization: _, ...others } = request.headers
  return { ...request, headers: { ...others, ...(authorization !== undefined && { Authorization: authorization }) } }
}

describe.each(endpoints)('RFC 6749 §4.4: the token endpoint of $name', ({ start, request, answer }) => {
  const ask = async (asked: TokenRequest): Promise<TokenAnswer> => requestToken((await start()).network, asked)

  test('answers the documented request with the documented response', async () => {
    const { status, headers, body } = await ask(request)
    expect(status).toBe(200)
    expect(body).toEqual(answer)
    expect(headers.get('content-type')).toBe(JSON_TYPE)
    expect(headers.get('cache-control')).toBe('no-store')
  })

  const applicable = deviations.filter(([, , , , appliesTo]) => appliesTo(request))
  test.each(applicable)('refuses a request with %s', async (_, change, expectedStatus, error) => {
    const { status, headers, body } = await ask(change(request))
    expect({ status, body }).toEqual({ status: expectedStatus, body: { error } })
    const challenge = status === 401 && usesBasic(request) ? 'Basic realm="token endpoint"' : null
    expect(headers.get('www-authenticate')).toBe(challenge)
  })
})
