import { describe, expect, test } from 'vitest'
import { doors } from '../support/doors.js'
import { INVALID_TOKEN, openApi } from './api.js'
import { issuer, startPulsoid, TOKEN } from './pulsoid.js'

describe.each(doors)('Pulsoid, whose tokens are opaque, through $name', (door) => {
  test.each([
    ['where a scope is needed', '/v1/profiles'],
    ['where none is', '/v1/open'],
  ])('%s, an opaque token is refused as malformed, and the operator reads that it is not a JWT', async (_, path) => {
    const pulsoid = await startPulsoid()
    const api = await openApi(door, {
      options: { issuer: { issuer, audience: null }, fetch: pulsoid.network.fetch },
      routes: { '/v1/profiles': { scopes: ['profile:create'] } },
    })

    const refused = await api.call(await pulsoid.token(), path)
    expect(refused).toMatchObject({ status: 401, challenges: [INVALID_TOKEN], accessToken: undefined })
    expect(refused.failure).toMatchObject({ kind: 'invalid_token', reason: 'malformed' })
    expect(refused.failure?.detail).toContain('not a JWT')
    expect(JSON.stringify(refused.failure)).not.toContain(TOKEN)
    expect(pulsoid.server.hits).toEqual(['POST /oauth2/token'])
  })
})
