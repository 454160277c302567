import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type AccessToken, createAccessToken } from '../../packages/core/src/access-token.js'
import { parseJsonObject } from '../../packages/core/src/lib/json.js'
import type { VerifiedJwt } from '../../packages/core/src/verified-token.js'
import { A, I, NOW } from '../support/fixture.js'
import { CLAIMS, HEADER, type Members } from '../support/token.js'

const TOKEN = 'aaa.bbb.ccc'

function accessTokenOf(claims: Members, scopeClaims = ['scope', 'scp']): AccessToken {
  const text = (members: Members) => parseJsonObject(JSON.stringify(members), 16)
  const jwt = { header: text(HEADER), claims: text({ ...CLAIMS, ...claims }) } as unknown as VerifiedJwt
  return createAccessToken(TOKEN, jwt, scopeClaims, {})
}

test('RFC 9068 §2.2: everything of T is where it belongs', () => {
  const accessToken = accessTokenOf({})
  expect({ ...accessToken, token: accessToken.token, scopes: [...accessToken.scopes] }).toEqual({
    token: TOKEN,
    scheme: 'Bearer',
    issuer: I,
    subject: 'u1',
    clientId: 'c1',
    audience: [A],
    scopes: ['read'],
    expiresAt: NOW + 300,
    issuedAt: NOW,
    claims: CLAIMS,
    header: HEADER,
    confirmation: undefined,
  })
})

test('tokens that say the same of their scopes share one set, but for a long one', () => {
  expect(accessTokenOf({ scope: 'a b' }).scopes).toBe(accessTokenOf({ scope: 'a b' }).scopes)
  const long = Array.from({ length: 400 }, (_, n) => `scope:${n}`).join(' ')
  expect(accessTokenOf({ scope: long }).scopes).not.toBe(accessTokenOf({ scope: long }).scopes)
  expect(accessTokenOf({ scope: long }).scopes.has('scope:399')).toBe(true)
})

test('what a token does not say is undefined or empty', () => {
  const bare = accessTokenOf({ sub: undefined, client_id: undefined, aud: undefined, scope: undefined, iat: undefined })
  expect(bare).toMatchObject({ subject: undefined, clientId: undefined, audience: [], issuedAt: undefined })
  expect(bare.scopes.size).toBe(0)
})

test('RFC 7519 §4.1.3: all of aud, in its order', () => {
  expect(accessTokenOf({ aud: ['b', 'a'] }).audience).toEqual(['b', 'a'])
  expect(accessTokenOf({ aud: 'a b' }).audience).toEqual(['a b'])
})

test.each<[Members, string | undefined]>([
  [{ client_id: 'c1', azp: 'c2', cid: 'c3', appid: 'c4' }, 'c1'],
  [{ client_id: undefined, azp: 'c2', cid: 'c3', appid: 'c4' }, 'c2'],
  [{ client_id: undefined, cid: 'c3', appid: 'c4' }, 'c3'],
  [{ client_id: undefined, appid: 'c4' }, 'c4'],
  [{ client_id: undefined, azp: 1, cid: ['c3'], appid: 'c4' }, 'c4'],
  [{ client_id: undefined, clientId: 'c5', client: 'c6' }, undefined],
])('RFC 9068 §2.2: the client of %j is %j', (claims, clientId) => {
  expect(accessTokenOf(claims).clientId).toBe(clientId)
})

describe('RFC 6749 §3.3: scopes', () => {
  test.each<[unknown, string[]]>([
    ['read', ['read']],
    ['read write', ['read', 'write']],
    ['write read write', ['write', 'read']],
    [' read  write ', ['read', 'write']],
    ['', []],
    [' ', []],
    ['read,write', ['read,write']],
    ['read\twrite', ['read\twrite']],
    ['read\nwrite', ['read\nwrite']],
    ['read\u00a0write', ['read\u00a0write']],
    [['read'], []],
    [[], []],
    [{ read: true }, []],
    [1, []],
    [null, []],
  ])('scope %j is %j', (scope, scopes) => {
    expect([...accessTokenOf({ scope }).scopes]).toEqual(scopes)
  })

  test.each<[unknown, string[]]>([
    ['read write', ['read', 'write']],
    [
      ['read', 'write all'],
      ['read', 'write all'],
    ],
    [['read', 1], []],
    [[['read']], []],
    [[], []],
    [{ 0: 'read' }, []],
    [null, []],
  ])('scp %j is %j', (scp, scopes) => {
    expect([...accessTokenOf({ scope: undefined, scp }).scopes]).toEqual(scopes)
  })

  test('the first claim that is there counts, even if it is empty or useless', () => {
    expect([...accessTokenOf({ scope: '', scp: ['admin'] }).scopes]).toEqual([])
    expect([...accessTokenOf({ scope: ['read'], scp: ['admin'] }).scopes]).toEqual([])
    expect([...accessTokenOf({ scope: null, scp: ['admin'] }).scopes]).toEqual([])
    expect([...accessTokenOf({ scope: 'read', scp: ['admin'] }, ['scp', 'scope']).scopes]).toEqual(['admin'])
  })

  test('only the claims that were named are looked at', () => {
    expect([...accessTokenOf({ permissions: ['p'], roles: ['r'] }, ['permissions']).scopes]).toEqual(['p'])
    expect([...accessTokenOf({ scope: 'read' }, ['permissions']).scopes]).toEqual([])
  })
})

describe('an access token cannot be changed', () => {
  const accessToken = accessTokenOf({ aud: [A], scope: 'read', nested: { a: [1] } })
  const writable = accessToken as any

  test('not it, nor what it holds', () => {
    for (const part of [
      writable,
      writable.audience,
      writable.claims,
      writable.claims.nested,
      writable.claims.nested.a,
      writable.header,
    ])
      expect(Object.isFrozen(part)).toBe(true)
    expect(() => (writable.subject = 'admin')).toThrow(TypeError)
    expect(() => (writable.token = 'x')).toThrow(TypeError)
    expect(() => writable.audience.push('x')).toThrow(TypeError)
  })

  test('nor its scopes by the methods that every Set has', () => {
    const scopes = accessTokenOf({ scope: 'read write' }).scopes as Set<string>
    Set.prototype.add.call(scopes, 'admin')
    Set.prototype.delete.call(scopes, 'read')
    expect([scopes.has('admin'), scopes.has('read'), scopes.size]).toEqual([false, true, 2])
    const seen: unknown[] = []
    scopes.forEach((...given) => seen.push(given))
    expect(seen).toEqual([
      ['read', 'read', scopes],
      ['write', 'write', scopes],
    ])
    for (const iterated of [scopes, scopes.keys(), scopes.values()]) expect([...iterated]).toEqual(['read', 'write'])
    expect([...scopes.entries()]).toEqual([
      ['read', 'read'],
      ['write', 'write'],
    ])
    expect(new Set(scopes)).toEqual(new Set(['read', 'write']))
  })

  test('nor its scopes', () => {
    const message = 'The scopes of an access token cannot be changed'
    expect(() => writable.scopes.add('admin')).toThrow(new TypeError(message))
    expect(() => writable.scopes.delete('read')).toThrow(new TypeError(message))
    expect(() => writable.scopes.clear()).toThrow(new TypeError(message))
    expect(Object.isFrozen(writable.scopes)).toBe(true)
    expect([...accessToken.scopes]).toEqual(['read'])
    expect(accessToken.scopes).toBeInstanceOf(Set)
  })
})

test('RFC 9700 §4.9.3: the token does not show when the object is logged, copied or serialized', () => {
  const accessToken = accessTokenOf({})
  const shown = [
    JSON.stringify(accessToken),
    JSON.stringify({ ...accessToken }),
    inspect(accessToken, { depth: 9 }),
    String(accessToken),
  ]
  expect(shown.join('\n')).not.toContain(TOKEN)
  expect(Object.keys(accessToken)).not.toContain('token')
})
