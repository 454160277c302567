import { createVerifier } from '@resource-server/core'
import { describe, expect, test } from 'vitest'
import { createResponseCache } from '../../packages/core/src/introspection/response-cache.js'
import { A, I, NOW } from '../support/fixture.js'
import { e1, privateJwkOf } from '../support/keys.js'
import { ACTIVE, type Asking, asking, reasonOf, startIntrospectionServer } from './server.js'

// What the operator is told of an answer that is no yes.

/** The latest refusal: its detail, and the message of its cause. */
function told({ events }: Asking): [detail: string, cause: string | undefined] {
  const event = events.findLast(({ type }) => type === 'authentication.failed') as { detail: string; cause?: Error }
  return [event.detail, event.cause?.message]
}

describe('RFC 7662 §2.3: a status', () => {
  const CREDENTIALS = 'the introspection endpoint refused the credentials of this API'
  const OTHERWISE = 'the token could not be looked up'

  test.each([
    [301, OTHERWISE],
    [400, CREDENTIALS],
    [401, CREDENTIALS],
    [402, OTHERWISE],
    [403, CREDENTIALS],
    [404, OTHERWISE],
    [500, OTHERWISE],
  ])('%d: %s', async (status, detail) => {
    const server = await startIntrospectionServer((_, response) => void response.writeHead(status).end())
    const given = asking(server, {}, { keys: { retries: 0 } })
    expect(await reasonOf(given.verifier.verify('token'))).toBe('unavailable/introspection')
    expect(told(given)).toEqual([detail, `POST ${server.endpoint} failed: it answered ${status}, expected 200`])
  })

  test('that the metadata are refused says nothing of credentials', async () => {
    const server = await startIntrospectionServer((_, response) => void response.writeHead(401).end())
    const given = asking(server, { endpoint: undefined }, { keys: { retries: 0 } })
    expect(await reasonOf(given.verifier.verify('token'))).toBe('unavailable/metadata')
    expect(told(given)[0]).toBe(OTHERWISE)
  })
})

describe('RFC 7662 §2.2: an answer', () => {
  test.each<[string, string, string]>([
    ['of another type', 'text/html', 'it did not answer application/json'],
    ['that is signed, unasked', 'application/token-introspection+jwt', 'it did not answer application/json'],
    ['that is no object', 'application/json', 'it did not answer one well-formed JSON object'],
  ])('%s', async (_, type, problem) => {
    const server = await startIntrospectionServer(
      (_question, response) => void response.writeHead(200, { 'content-type': type }).end('[true]'),
    )
    const given = asking(server)
    expect(await reasonOf(given.verifier.verify('token'))).toBe('unavailable/introspection')
    expect(told(given)).toEqual(['the token could not be looked up', `POST ${server.endpoint} failed: ${problem}`])
  })

  test.each<[string, object, object]>([
    ['that is a no', { active: false }, { reason: 'inactive', detail: 'the issuer says that the token is not active' }],
    [
      'about a token of another issuer',
      { ...ACTIVE, iss: 'https://other.test' },
      {
        reason: 'unknown_issuer',
        detail: 'the token is active, but another one’s than the issuer that was asked',
        received: 'https://other.test',
      },
    ],
    [
      'about a token of another type',
      { ...ACTIVE, token_type: 'mac' },
      { reason: 'type', detail: 'the token is active, but is no bearer token', expected: ['Bearer'], received: 'mac' },
    ],
    [
      'about a bound token',
      { ...ACTIVE, token_type: 'DPoP' },
      { reason: 'unproven_confirmation', detail: 'the token is bound to a key that is not proven here' },
    ],
    [
      'about a token of another kind',
      { ...ACTIVE, token_use: 'refresh_token' },
      { reason: 'type', detail: 'the token is active, but is an ID, refresh or logout token' },
    ],
  ])('%s', async (_, answer, expected) => {
    const server = await startIntrospectionServer(() => answer)
    const given = asking(server)
    await reasonOf(given.verifier.verify('token'))
    expect(given.events).toHaveLength(1)
    expect(given.events[0]).toMatchObject(expected)
    if (expected && 'received' in expected && !('expected' in expected))
      expect(given.events[0]).toMatchObject({ expected: server.origin })
  })

  test('of a function that is no plain object', async () => {
    const events: any[] = []
    const verifier = createVerifier({
      issuer: { issuer: I, introspection: (() => 'yes') as never },
      audience: A,
      onEvent: (event) => events.push(event),
    })
    expect(await reasonOf(verifier.verify('token'))).toBe('unavailable/introspection')
    expect(events[0].cause.message).toBe('introspect() did not answer a plain JSON object')
  })

  test('that keys of the issuer must verify, and cannot be had', async () => {
    const server = await startIntrospectionServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/token-introspection+jwt' })
      response.end(`${btoa('{"alg":"ES256","kid":"e1"}').replace(/=+$/, '')}.e30.AAAA`)
      return undefined
    })
    const issuer = {
      issuer: server.origin,
      jwksUri: `${server.origin}/jwks`,
      introspection: { endpoint: server.endpoint, clientId: 'api', clientSecret: 's', signedResponse: true },
    }
    const given = asking(server, {}, { issuer, keys: { retries: 0 } })
    expect(await reasonOf(given.verifier.verify('token'))).toBe('unavailable/keys')
    expect(told(given)[0]).toBe('the keys of the issuer could not be loaded')
  })
})

describe('RFC 9110 §15.4: after these statuses the endpoint is looked up again', () => {
  test.each([
    [300, 2],
    [302, 2],
    [399, 2],
    [400, 1],
    [403, 1],
    [404, 2],
    [405, 1],
    [410, 2],
    [411, 1],
    [500, 1],
  ])('%d: the metadata are read %d times', async (status, times) => {
    const server = await startIntrospectionServer(({ url }, response) => {
      if (url === '/introspect') return void response.writeHead(status).end()
      return { issuer: server.origin, introspection_endpoint: server.endpoint }
    })
    const { verifier, advance } = asking(server, { endpoint: undefined }, { keys: { retries: 0 } })
    await reasonOf(verifier.verify('one'))
    advance(600)
    await reasonOf(verifier.verify('two'))
    expect(server.questions.filter(({ method }) => method === 'GET')).toHaveLength(times)
  })
})

test('RFC 7517 §4.5: a key without kid makes an assertion without one', async () => {
  const server = await startIntrospectionServer()
  const privateKey = { ...privateJwkOf(e1), alg: 'ES256', kid: undefined }
  const { verifier } = asking(server, { clientSecret: undefined, authentication: 'private_key_jwt', privateKey })
  await verifier.verify('token')
  const [header = ''] = server.questions[0]!.form.get('client_assertion')!.split('.')
  expect(JSON.parse(atob(header))).toEqual({ alg: 'ES256', typ: 'JWT' })
})

describe('answers that are kept', () => {
  const calls: unknown[][] = []
  let now = NOW * 1000
  let entry: unknown
  let isDown = false
  const failures: unknown[][] = []
  const cache = createResponseCache({
    scope: ['x'],
    maxAge: 60,
    store: {
      get: () => {
        if (isDown) throw new Error('down')
        return entry as string
      },
      set: (...call) => void calls.push(call),
    },
    clock: () => now,
    onFailed: (operation, cause) => failures.push([operation, (cause as Error).message]),
  })
  const written = { askedAt: now, goodUntil: now + 60_000, answer: ACTIVE, padding: '' }
  const padded = (length: number): string =>
    JSON.stringify({ ...written, padding: 'x'.repeat(length - JSON.stringify(written).length) })

  test('an answer without an expiry is not shown to the store', async () => {
    await cache.write('token', { active: true }, now)
    expect(calls).toEqual([])
  })

  test('an entry of 16 KiB is read, a longer one is not', async () => {
    entry = padded(16 * 1024)
    expect(await cache.read('one')).toMatchObject({ active: true })
    entry = padded(16 * 1024 + 1)
    expect(await cache.read('two')).toBeUndefined()
    expect(failures).toEqual([['get', 'The entry of the store is not an answer that was written there']])
    entry = undefined
  })

  test('a clock that was set back does not leave a store alone for longer', async () => {
    isDown = true
    now += 5000
    await cache.read('three')
    await cache.read('three')
    expect(failures).toHaveLength(2)
    now -= 1
    await cache.read('three')
    expect(failures).toHaveLength(3)
  })
})
