import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { decodeJwt, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { NOW } from '../support/fixture.js'
import { e1, privateJwkOf } from '../support/keys.js'
import { ACTIVE, asking, reasonOf, startIntrospectionServer } from './server.js'

const SECRETS = ['secret', 'a:b', 'a+b c%&=é/?#', '%41', '"quoted"', '\u{1f511}']

test('RFC 7662 §2.1: the token goes into the body of a POST, with a hint, and is nowhere else', async () => {
  const server = await startIntrospectionServer()
  const token = 'AZaz09-._~+/=='
  await asking(server).verifier.verify(token)
  const [question] = server.questions
  expect(question).toMatchObject({ method: 'POST', url: '/introspect' })
  expect(question!.headers).toMatchObject({
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  })
  expect([...question!.form]).toEqual([
    ['token', token],
    ['token_type_hint', 'access_token'],
  ])
  expect(JSON.stringify(question!.headers)).not.toContain(token)
})

test.each(SECRETS)('RFC 6749 §2.3.1: name and secret are form-encoded before they are joined: %s', async (secret) => {
  const server = await startIntrospectionServer()
  await asking(server, { clientId: `id of ${secret}`, clientSecret: secret }).verifier.verify('token')
  const [scheme, credentials = ''] = server.questions[0]!.headers.authorization!.split(' ')
  expect(scheme).toBe('Basic')
  const [id, password, ...rest] = atob(credentials).split(':')
  expect(rest).toEqual([])
  const decode = (text: string | undefined): string | undefined =>
    new URLSearchParams(`v=${text}`).get('v') ?? undefined
  expect([decode(id), decode(password)]).toEqual([`id of ${secret}`, secret])
  expect(server.questions[0]!.form.has('client_secret')).toBe(false)
})

test.each(SECRETS)('RFC 6749 §2.3.1: or both are in the form: %s', async (secret) => {
  const server = await startIntrospectionServer()
  await asking(server, { clientSecret: secret, authentication: 'client_secret_post' }).verifier.verify('token')
  const [{ form, headers }] = server.questions as [(typeof server.questions)[0]]
  expect([form.get('client_id'), form.get('client_secret')]).toEqual(['api', secret])
  expect(headers.authorization).toBeUndefined()
})

test.each(['ES256', 'RS256', 'PS256', 'EdDSA'])(
  'RFC 7523 §3: or an assertion signed by %s, for this server, for a minute, and never the same twice',
  async (alg) => {
    const server = await startIntrospectionServer()
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    const jwk = { ...(await exportJWK(privateKey)), alg, kid: 'k1' }
    const { verifier } = asking(server, { clientSecret: undefined, authentication: 'private_key_jwt', privateKey: jwk })
    await verifier.verify('one')
    await verifier.verify('two')
    const seen = new Set<unknown>()
    for (const { form, headers } of server.questions) {
      expect(headers.authorization).toBeUndefined()
      expect(form.has('client_secret')).toBe(false)
      expect(form.get('client_id')).toBe('api')
      expect(form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
      const { payload, protectedHeader } = await jwtVerify(form.get('client_assertion')!, publicKey, {
        issuer: 'api',
        subject: 'api',
        audience: server.origin,
        currentDate: new Date(NOW * 1000),
      })
      expect(protectedHeader).toMatchObject({ alg, kid: 'k1' })
      expect([payload.iat, payload.exp]).toEqual([NOW, NOW + 60])
      seen.add(payload.jti)
    }
    expect(seen.size).toBe(2)
  },
)

test('a private key that cannot sign is our trouble, and no message quotes it', async () => {
  const server = await startIntrospectionServer()
  const privateKey = { kty: 'EC', crv: 'P-256', alg: 'ES256', d: 'canary-d', x: 'canary-x', y: 'canary-y' }
  const { verifier, events } = asking(server, {
    clientSecret: undefined,
    authentication: 'private_key_jwt',
    privateKey,
  })
  expect(await reasonOf(verifier.verify('token'))).toBe('unavailable/introspection')
  expect(server.questions).toEqual([])
  const { cause } = events[0] as { cause: Error }
  expect(cause.message).toContain('introspection.privateKey')
  expect(`${cause.stack} ${JSON.stringify(events)}`).not.toContain('canary')
})

test('RFC 9701 §4: who wants a signed answer asks for one', async () => {
  const server = await startIntrospectionServer()
  const { verifier } = asking(server, { signedResponse: true })
  expect(await reasonOf(verifier.verify('token'))).toBe('unavailable/introspection')
  expect(server.questions[0]!.headers.accept).toBe('application/token-introspection+jwt')
})

test('RFC 7662 §2.3: neither secret nor token nor anything that the server says gets into errors and events', async () => {
  const server = await startIntrospectionServer((_, response) => {
    response
      .writeHead(401, 'canary', { 'x-canary': 'canary', 'www-authenticate': 'Basic realm="canary"' })
      .end('{"error":"canary"}')
    return undefined
  })
  const { verifier, events } = asking(server, { clientSecret: 'canary-secret' })
  const error: any = await verifier.verify('canary-token').catch((thrown: unknown) => thrown)
  expect(error.status).toBe(503)
  const { cause } = events[0] as { cause: Error }
  const shown = [error.stack, JSON.stringify(error), JSON.stringify(events), cause.stack, cause.message, String(cause)]
  expect(shown.join('\n')).not.toMatch(/canary/i)
  expect(shown.join('\n')).not.toContain(btoa('api:canary-secret'))
})

test('X26: Retry-After is that of the server, and no more than a minute', async () => {
  let seconds = '17'
  const server = await startIntrospectionServer((_, response) => {
    response.writeHead(429, { 'retry-after': seconds }).end()
    return undefined
  })
  const { verifier } = asking(server)
  const retryAfter = (): Promise<string> =>
    verifier
      .verify('token')
      .catch((error: { headers: Record<string, string> }) => error.headers['Retry-After']) as never
  expect(await retryAfter()).toBe('17')
  seconds = '86400'
  expect(await retryAfter()).toBe('60')
})

test('an endpoint that is found in the metadata is looked up again when there is nothing at it any more', async () => {
  let path = '/old'
  const server = await startIntrospectionServer(({ url }, response) => {
    if (url === '/.well-known/openid-configuration')
      return { issuer: server.origin, introspection_endpoint: server.origin + path }
    if (url === path) return { active: true, aud: 'https://api.test/v1', exp: NOW + 60 }
    response.writeHead(404).end()
    return undefined
  })
  const { verifier, advance } = asking(server, { endpoint: undefined })
  await verifier.verify('token')
  path = '/new'
  advance(1)
  expect(await reasonOf(verifier.verify('token'))).toBe('unavailable/introspection')
  expect(await reasonOf(verifier.verify('token'))).toBe('accepted')
})

test.each([
  ['nothing', ''],
  ['a space', 'a b'],
  ['a line feed', 'a\nb'],
  ['an ampersand', 'a&client_id=x'],
  ['a letter beyond ASCII', 't\u00f6ken'],
  ['more than 16 KiB', 'x'.repeat(16 * 1024 + 1)],
])('RFC 6750 §2.1: what could not come in a header is no token, and nobody is asked about it: %s', async (_, token) => {
  const server = await startIntrospectionServer()
  expect(await reasonOf(asking(server).verifier.verify(token))).toBe('invalid_token/malformed')
  expect(server.questions).toEqual([])
})

test('a token of 16 KiB is asked about', async () => {
  const server = await startIntrospectionServer()
  expect(await reasonOf(asking(server).verifier.verify('x'.repeat(16 * 1024)))).toBe('accepted')
})

test('A-39: one that is longer is refused before anyone looks at it, whatever it looks like', async () => {
  const server = await startIntrospectionServer()
  const selectIssuer = vi.fn(() => server.origin)
  const { verifier, events } = asking(server, {}, { selectIssuer })
  const parse = vi.spyOn(JSON, 'parse')
  for (const token of ['x'.repeat(16 * 1024 + 1), `${btoa('['.repeat(16 * 1024))}.e30.AAAA`])
    expect(await reasonOf(verifier.verify(token))).toBe('invalid_token/malformed')
  expect(parse).not.toHaveBeenCalled()
  parse.mockRestore()
  expect(selectIssuer).not.toHaveBeenCalled()
  expect(events).toMatchObject([
    { detail: 'the token is longer than 16 KiB' },
    { detail: 'the token is longer than 16 KiB' },
  ])
})

test('RFC 7523 §3: a question that is repeated has an assertion of its own', async () => {
  let isDown = true
  const server = await startIntrospectionServer((_, response) => {
    if (!isDown) return ACTIVE
    isDown = false
    response.writeHead(503).end()
    return undefined
  })
  const privateKey = { ...privateJwkOf(e1), alg: 'ES256' }
  const { verifier } = asking(server, { clientSecret: undefined, authentication: 'private_key_jwt', privateKey })
  expect(await reasonOf(verifier.verify('token'))).toBe('accepted')
  const ids = server.questions.map(({ form }) => decodeJwt(form.get('client_assertion')!).jti)
  expect(ids).toHaveLength(2)
  expect(ids[0]).not.toBe(ids[1])
})

describe('where the endpoint is found in the metadata', () => {
  const METADATA = '/.well-known/openid-configuration'
  const asked = ({ questions }: { questions: readonly { url: string }[] }, path: string): number =>
    questions.filter(({ url }) => url === path).length

  test('they are read once for all tokens that come at the same time', async () => {
    const server = await startIntrospectionServer(async ({ url }) => {
      await delay(20)
      return url === METADATA ? { issuer: server.origin, introspection_endpoint: `${server.origin}/i` } : ACTIVE
    })
    const { verifier } = asking(server, { endpoint: undefined })
    await Promise.all(Array.from({ length: 50 }, (_, index) => verifier.verify(`token-${index}`)))
    expect([asked(server, METADATA), asked(server, '/i')]).toEqual([1, 50])
  })

  test.each<[string, (response: ServerResponse, origin: string) => object | undefined]>([
    ['cannot be had', (response) => void response.writeHead(403).end()],
    ['name no endpoint', (_, origin) => ({ issuer: origin })],
  ])('metadata that %s are asked for again after a pause', async (_, answer) => {
    const server = await startIntrospectionServer((_question, response) => answer(response, server.origin))
    const { verifier, advance, events } = asking(server, { endpoint: undefined }, { keys: { retries: 0 } })
    for (let i = 0; i < 20; i++) expect(await reasonOf(verifier.verify(`token-${i}`))).toBe('unavailable/metadata')
    const before = asked(server, METADATA)
    expect(before).toBe(1)
    expect((events[0] as { cause: Error }).cause).toBe((events[19] as { cause: Error }).cause)
    advance(1)
    await reasonOf(verifier.verify('token'))
    expect(asked(server, METADATA)).toBe(2)
  })

  test('they are trusted for two days without being read again, and no longer', async () => {
    let isDown = false
    const server = await startIntrospectionServer(({ url }, response) => {
      if (url !== METADATA) return { ...ACTIVE, exp: NOW + 1_000_000 }
      if (!isDown) return { issuer: server.origin, introspection_endpoint: `${server.origin}/i` }
      response.writeHead(403).end()
      return undefined
    })
    const { verifier, advance } = asking(server, { endpoint: undefined }, { keys: { retries: 0 } })
    await verifier.verify('token')
    isDown = true
    advance(2 * 86_400 - 1)
    expect(await reasonOf(verifier.verify('token'))).toBe('accepted')
    advance(1)
    expect(await reasonOf(verifier.verify('token'))).toBe('unavailable/metadata')
    isDown = false
    advance(1)
    expect(await reasonOf(verifier.verify('token'))).toBe('accepted')
  })

  test('who waits for them waits no longer than a request does', async () => {
    const server = await startIntrospectionServer(() => new Promise<never>(() => {}))
    const { verifier } = asking(server, { endpoint: undefined }, { keys: { timeout: 1, retries: 0 } })
    const startedAt = performance.now()
    expect(await reasonOf(verifier.verify('token'))).toBe('unavailable/metadata')
    expect(performance.now() - startedAt).toBeLessThan(3000)
  })
})
