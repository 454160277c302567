import { describe, expect, test } from 'vitest'
import type { Door } from '../support/door.js'
import { doors } from '../support/doors.js'
import { NOW } from '../support/fixture.js'
import { republished, strangerRsa } from '../support/keys.js'
import { type SigningAlgorithm, type SigningKey, sign } from '../support/token.js'
import { type Api, INVALID_TOKEN, insufficientScope, openApi, summaryOf } from './api.js'
import { presentation } from './auth0.js'
import { audience, claims, client, header, issuer, key, type OlderAuth0, startOlderAuth0 } from './auth0-older.js'

const signed = (changes: object = {}, by: SigningKey = key, alg: SigningAlgorithm = 'RS256'): string =>
  sign(JSON.stringify({ ...header, alg }), JSON.stringify({ ...claims, ...changes }), by, alg)

const stranger = republished(strangerRsa, key.kid)

function openOlderApi(door: Door, { metadataUrl }: OlderAuth0): Promise<Api> {
  return openApi(door, {
    // The global fetch, real metadata: only its address is not the one that the issuer's name says.
    options: { issuer: { issuer, metadataUrl }, audience, fetch: globalThis.fetch },
    routes: { '/v1/contacts': { scopes: ['read:contacts'] }, '/v1/any': { anyScope: ['read:contacts', 'admin'] } },
    presentation,
  })
}

describe.each(doors)('Auth0 as documented before, through $name', (door) => {
  test('a token whose scope is empty has zero scopes: 200 where none is needed', async () => {
    const auth0 = await startOlderAuth0(signed())
    const api = await openOlderApi(door, auth0)

    const { status, accessToken } = await api.call(await auth0.token())
    expect(status).toBe(200)
    expect(accessToken).toMatchObject({ issuer, audience: [audience], subject: `${client.id}@clients`, claims })
    expect(accessToken?.clientId).toBeUndefined()
    expect(accessToken?.scopes.size).toBe(0)
    expect(accessToken?.scopes.has('')).toBe(false)
  })

  test.each([
    ['a scope', '/v1/contacts', 'read:contacts'],
    ['one of several scopes', '/v1/any', 'read:contacts admin'],
  ])('and 403 where %s is needed, with a challenge that says which', async (_, path, scopes) => {
    const auth0 = await startOlderAuth0(signed())
    const api = await openOlderApi(door, auth0)

    const refused = await api.call(await auth0.token(), path)
    expect(refused).toMatchObject({ status: 403, challenges: [insufficientScope(scopes)], accessToken: undefined })
    expect(summaryOf(refused)).toBe('403 missing_scope')
  })

  test.each([
    ['the signature is by another key', signed({}, stranger), 'signature'],
    ['it is signed with the client secret', signed({}, client.secret, 'HS256'), 'algorithm'],
    ['it is not signed', signed({}, key, 'none'), 'malformed'],
    ['it has expired', signed({ exp: NOW - 10 }), 'expired'],
    ['it has no exp', signed({ exp: undefined }), 'missing_claim'],
    ['it is for another API', signed({ aud: 'https://other.example.com' }), 'audience'],
    ['it is of another namespace', signed({ iss: 'https://other.auth0.com/' }), 'unknown_issuer'],
  ])('any validation step that fails refuses the request: %s', async (_, token, reason) => {
    const auth0 = await startOlderAuth0(token)
    const api = await openOlderApi(door, auth0)

    const refused = await api.call(await auth0.token())
    expect(refused).toMatchObject({ status: 401, challenges: [INVALID_TOKEN], accessToken: undefined })
    expect(summaryOf(refused)).toBe(`401 ${reason}`)
  })

  test('one token that arrives again and again costs one fetch of metadata and one of keys', async () => {
    const auth0 = await startOlderAuth0(signed())
    const api = await openOlderApi(door, auth0)
    const token = await auth0.token()

    for (let i = 0; i < 20; i++) expect(summaryOf(await api.call(token))).toBe('200')
    expect(auth0.server.hits).toEqual([
      'POST /oauth/token',
      'GET /.well-known/openid-configuration',
      'GET /.well-known/jwks.json',
    ])
  })
})
