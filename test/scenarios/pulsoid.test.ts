import type { IssuerOptions } from '@resource-server/core'
import { describe, expect, test } from 'vitest'
import { doors } from '../support/doors.js'
import { NOW } from '../support/fixture.js'
import { T } from '../support/token.js'
import { type Api, INVALID_TOKEN, insufficientScope, openApi, summaryOf } from './api.js'
import { client, issuer, type Pulsoid, startPulsoid, TOKEN, validatedBy } from './pulsoid.js'

const routes = {
  '/v1/profiles': { scopes: ['profile:create'] },
  '/v1/data': { scopes: ['data:heart_rate:read'] },
}

describe.each(doors)('Pulsoid, whose tokens are opaque, through $name', (door) => {
  const entryFor = ({ network }: Pulsoid, cache?: { maxAge: number }): IssuerOptions => ({
    issuer,
    audience: null,
    introspection: { introspect: validatedBy(network, () => NOW * 1000), tokens: 'all', ...(cache && { cache }) },
  })
  const open = (pulsoid: Pulsoid, entry: IssuerOptions): Promise<Api> =>
    openApi(door, { options: { issuer: entry, fetch: pulsoid.network.fetch }, routes })

  test('a token that was asked for as documented is accepted where its scope is enough, by the word of the service', async () => {
    const pulsoid = await startPulsoid()
    const api = await open(pulsoid, entryFor(pulsoid))
    const token = await pulsoid.token()

    const { status, accessToken } = await api.call(token, '/v1/profiles')
    expect(status).toBe(200)
    expect(accessToken).toMatchObject({
      issuer,
      subject: undefined,
      clientId: client.id,
      audience: [],
      expiresAt: NOW + 5_011_271,
      header: {},
    })
    expect([...accessToken!.scopes]).toEqual(['profile:create'])
    const refused = await api.call(token, '/v1/data')
    expect(refused).toMatchObject({ status: 403, challenges: [insufficientScope('data:heart_rate:read')] })
    expect((await api.call(token)).status).toBe(200)
    expect(pulsoid.server.hits).toEqual(['POST /oauth2/token'])
  })

  test('a token that the service does not know, or knows no more, is refused', async () => {
    const pulsoid = await startPulsoid()
    const api = await open(pulsoid, entryFor(pulsoid))
    const refused = await api.call('11111111-2222-3333-4444-555555555555')
    expect(refused).toMatchObject({ status: 401, challenges: [INVALID_TOKEN], accessToken: undefined })
    expect(refused.failure?.reason).toBe('inactive')
    expect(summaryOf(await api.call(TOKEN))).toBe('200')
    pulsoid.revoke()
    expect(summaryOf(await api.call(TOKEN))).toBe('401 inactive')
  })

  test('with a cache the service is asked once, and a token that was revoked is refused when its maxAge is over', async () => {
    const pulsoid = await startPulsoid()
    const api = await open(pulsoid, entryFor(pulsoid, { maxAge: 60 }))
    for (let i = 0; i < 10; i++) expect(summaryOf(await api.call(TOKEN))).toBe('200')
    expect(pulsoid.validator.hits).toHaveLength(1)
    pulsoid.revoke()
    api.advance(59)
    expect(summaryOf(await api.call(TOKEN))).toBe('200')
    api.advance(1)
    expect(summaryOf(await api.call(TOKEN))).toBe('401 inactive')
  })

  test('while the service is down a token is not refused but cannot be checked', async () => {
    const pulsoid = await startPulsoid()
    const api = await open(pulsoid, entryFor(pulsoid))
    await pulsoid.validator.fail('answers 503')
    const failed = await api.call(TOKEN)
    expect(failed).toMatchObject({ status: 503, challenges: [], retryAfter: '1' })
    expect(failed.failure).toMatchObject({ kind: 'unavailable', reason: 'introspection' })
  })

  test('a JWT of somebody else is never shown to the service', async () => {
    const pulsoid = await startPulsoid()
    const api = await open(pulsoid, entryFor(pulsoid))
    expect(summaryOf(await api.call(T))).toBe('401 unknown_issuer')
    expect(pulsoid.validator.hits).toEqual([])
  })

  test('without introspection an opaque token is refused as malformed, and the operator reads that it is not a JWT', async () => {
    const pulsoid = await startPulsoid()
    const api = await open(pulsoid, { issuer, audience: null })
    const refused = await api.call(await pulsoid.token(), '/v1/profiles')
    expect(refused).toMatchObject({ status: 401, challenges: [INVALID_TOKEN], accessToken: undefined })
    expect(refused.failure).toMatchObject({ kind: 'invalid_token', reason: 'malformed' })
    expect(refused.failure?.detail).toContain('not a JWT')
    expect(JSON.stringify(refused.failure)).not.toContain(TOKEN)
    expect(pulsoid.server.hits).toEqual(['POST /oauth2/token'])
  })
})
