import { describe, expect, test } from 'vitest'
import { problemWithType, requireAccessTokenType } from '../../packages/core/src/jwt/type.js'
import type { JsonObject } from '../../packages/core/src/lib/json.js'
import type { VerifiedJwt } from '../../packages/core/src/verified-token.js'
import { refusalOf } from './rejection.js'

type Profile = 'jwt' | 'rfc9068'

const problem = (typ: unknown, claims: JsonObject = {}, profile: Profile = 'jwt'): string =>
  problemWithType((typ === undefined ? {} : { typ }) as JsonObject, claims, profile) ?? 'fine'

const ANOTHER_TYPE = 'typ names another kind of JWT'
const ANOTHER_KIND = 'the claims are those of an ID token, a logout token or another kind of JWT'
const NOT_RFC_9068 = 'typ is not at+jwt, which the profile rfc9068 requires'

const accessTokenTypes = ['at+jwt', 'AT+JWT', 'At+Jwt', 'application/at+jwt', 'APPLICATION/AT+JWT']
const plainTypes = ['JWT', 'jwt', 'Jwt', 'application/jwt', 'APPLICATION/JWT']
const otherTypes = [
  '',
  ' ',
  'at+jwt ',
  ' at+jwt',
  'at+jwt;v=1',
  'at+jwt\n',
  '\nat+jwt',
  'xat+jwt',
  'at+jwtx',
  'at jwt',
  'at-jwt',
  'at+jw',
  'x/at+jwt',
  'application/at+jwt/x',
  '/at+jwt',
  'application//at+jwt',
  'text/at+jwt',
  'JWT;x',
  'JWTx',
  'xJWT',
  'x/JWT',
  'jwt\n',
  'JWE',
  'JOSE',
  'at',
  'ID',
  'id+jwt',
  'dpop+jwt',
  'logout+jwt',
  'secevent+jwt',
  'token-introspection+jwt',
  'oauth-authz-req+jwt',
  'vc+sd-jwt',
  'at+\u212awt',
]

test('RFC 9068 §4: a token that says it is an access token is one, under both profiles', () => {
  for (const typ of accessTokenTypes) {
    expect(problem(typ)).toBe('fine')
    expect(problem(typ, {}, 'rfc9068')).toBe('fine')
  }
})

test('RFC 8725 §3.11: a token that says JWT or nothing passes, except under the profile rfc9068', () => {
  for (const typ of [...plainTypes, undefined]) {
    expect(problem(typ)).toBe('fine')
    expect(problem(typ, {}, 'rfc9068')).toBe(NOT_RFC_9068)
  }
})

test.each(otherTypes)('RFC 8725 §3.11: typ %j is another kind of JWT', (typ) => {
  expect(problem(typ)).toBe(ANOTHER_TYPE)
  expect(problem(typ, {}, 'rfc9068')).toBe(NOT_RFC_9068)
})

test.each([[null], [1], [true], [['at+jwt']], [{ toString: 'at+jwt' }]])('typ %j is no type', (typ) => {
  expect(problem(typ)).toBe('typ is not a string')
  expect(problem(typ, {}, 'rfc9068')).toBe('typ is not a string')
})

describe('RFC 8725 §3.12: the marks of other kinds of JWT', () => {
  test.each<[string, JsonObject]>([
    ['nonce', { nonce: 'n' }],
    ['nonce as null', { nonce: null }],
    ['at_hash', { at_hash: 'h' }],
    ['c_hash', { c_hash: 'h' }],
    ['s_hash', { s_hash: 'h' }],
    ['events', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
    ['events as null', { events: null }],
    ['token_use id', { token_use: 'id' }],
    ['the claim typ ID', { typ: 'ID' }],
    ['the claim typ Refresh', { typ: 'Refresh' }],
    ['htm and htu', { htm: 'GET', htu: 'https://api.test' }],
  ])('%s', (_, claims) => {
    for (const typ of ['JWT', 'application/jwt', undefined]) expect(problem(typ, claims)).toBe(ANOTHER_KIND)
    // An explicit type decides alone.
    for (const typ of accessTokenTypes) expect(problem(typ, claims)).toBe('fine')
  })

  test.each<[string, JsonObject]>([
    ['token_use access', { token_use: 'access' }],
    ['the claim typ Bearer', { typ: 'Bearer' }],
    ['htm alone', { htm: 'GET' }],
    ['htu alone', { htu: 'https://api.test' }],
    ['auth_time, acr, amr and azp', { auth_time: 1, acr: '1', amr: ['pwd'], azp: 'c1' }],
    ['email', { email: 'a@b.test' }],
  ])('%s is none', (_, claims) => {
    expect(problem('JWT', claims)).toBe('fine')
  })
})

test('RFC 9068 §4: a problem is a refused token', () => {
  const jwt = (typ: string): VerifiedJwt => ({ header: { typ }, claims: {} }) as unknown as VerifiedJwt
  expect(refusalOf(() => requireAccessTokenType(jwt('at+jwt'), 'jwt'))).toBe('passed')
  expect(refusalOf(() => requireAccessTokenType(jwt('dpop+jwt'), 'jwt'))).toBe(
    'invalid_token/type: typ names another kind of JWT',
  )
})
