import { inspect } from 'node:util'
import { AuthenticationError } from '@resource-server/core'
import { describe, expect, test } from 'vitest'
import { verifierWith } from '../adapters/listening.js'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { token } from '../support/token.js'

const jwt = token({ claims: { sub: 'canary-sub', exp: NOW - 60 } })

async function refusal(): Promise<AuthenticationError> {
  const { error } = await verifierWith({ issuer: { issuer: I, jwks: { keys: publicKeys } }, audience: A }).authenticate(
    new Request('https://api.test', { headers: { authorization: `Bearer ${jwt}` } }),
  )
  return error!
}

test('it is an Error with these members of its own, and nothing else that is enumerable', async () => {
  const error = await refusal()
  expect(error).toBeInstanceOf(Error)
  expect(error).toBeInstanceOf(AuthenticationError)
  expect({ ...error }).toEqual({
    name: 'AuthenticationError',
    kind: 'invalid_token',
    reason: 'expired',
    status: 401,
    statusCode: 401,
    headers: {
      'Cache-Control': 'no-store',
      'WWW-Authenticate':
        'Bearer realm="api", error="invalid_token", error_description="The access token is malformed, expired, revoked or otherwise invalid"',
    },
  })
  expect(error.message).toBe('The access token is malformed, expired, revoked or otherwise invalid')
})

test('its stack is one line, and it has no cause', async () => {
  const error = await refusal()
  expect(error.stack).toBe('AuthenticationError: The access token is malformed, expired, revoked or otherwise invalid')
  expect('cause' in error).toBe(false)
  expect(String(error)).toBe(error.stack)
})

test('its headers cannot be changed by whoever handles it', async () => {
  expect(Object.isFrozen((await refusal()).headers)).toBe(true)
})

test('as JSON it is what a client may see', async () => {
  expect(JSON.stringify(await refusal())).toBe(
    '{"error":"invalid_token","error_description":"The access token is malformed, expired, revoked or otherwise invalid"}',
  )
})

test('RFC 9700 §4.9.3: nothing of the token or its claims is in it, however it is logged', async () => {
  const error = await refusal()
  const shown = [
    inspect(error, { depth: 9, showHidden: true }),
    JSON.stringify({ ...error }),
    error.stack,
    String(error),
  ].join()
  for (const secret of [jwt, ...jwt.split('.'), 'canary-sub']) expect(shown).not.toContain(secret)
})

describe('toResponse()', () => {
  test('makes a response each time, and changes nothing', async () => {
    const error = await refusal()
    const [first, second] = [error.toResponse(), error.toResponse()]
    expect(first).not.toBe(second)
    expect(await first.text()).toBe(await second.text())
  })

  test('RFC 9110 §11.6.1: several challenges are several lines', () => {
    const error = new AuthenticationError({ kind: 'unauthenticated', reason: 'no_credentials' }, [
      'Bearer realm="a"',
      'DPoP algs="ES256"',
    ])
    expect(error.headers['WWW-Authenticate']).toEqual(['Bearer realm="a"', 'DPoP algs="ES256"'])
    expect(error.toResponse().headers.get('www-authenticate')).toBe('Bearer realm="a", DPoP algs="ES256"')
  })
})
