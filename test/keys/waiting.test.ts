import type { VerifierEvent } from '@resource-server/core'
import { afterAll, describe, expect, test } from 'vitest'
import { I } from '../support/fixture.js'
import {
  type Behaviours,
  close,
  drip,
  flood,
  hang,
  html,
  json,
  jwks,
  metadata,
  redirect,
  status,
  text,
} from '../support/jwks-server.js'
import { e1 } from '../support/keys.js'
import { T, token } from '../support/token.js'
import { createWorld, type World } from '../support/world.js'

const OPENID = '/.well-known/openid-configuration'
const OAUTH = '/.well-known/oauth-authorization-server'

const worlds: World[] = []
afterAll(async () => {
  await Promise.all(worlds.map((world) => world.close()))
})

async function issuerThat(behaves: Behaviours, { timeout = 1, retries = 0, discovered = true } = {}): Promise<World> {
  const world = await createWorld({
    issuers: { [I]: behaves },
    options: { keys: { timeout, retries }, ...(discovered && { issuer: I }) },
  })
  worlds.push(world)
  return world
}

/** How T fares, and after how many seconds. */
async function verdict({ verifier }: World): Promise<{ outcome: string; seconds: number; retryAfter: unknown }> {
  const startedAt = performance.now()
  const error: any = await verifier.verify(T).then(
    () => ({ kind: 'accepted' }),
    (refusal: unknown) => refusal,
  )
  const seconds = (performance.now() - startedAt) / 1000
  return {
    outcome: [error.kind, error.reason].filter(Boolean).join('/'),
    seconds,
    retryAfter: error.headers?.['Retry-After'],
  }
}

const lastFetch = ({ events }: World): VerifierEvent | undefined => events.findLast(({ type }) => type === 'keys.fetch')

test('OpenID Connect Discovery §4: metadata, then keys, then the token is accepted', async () => {
  const world = await issuerThat({ [OPENID]: metadata(I), '/jwks': jwks([e1.jwk]) })
  expect(await verdict(world)).toMatchObject({ outcome: 'accepted' })
  expect(world.outbound).toEqual([`${I}${OPENID}`, `${I}/jwks`])
  expect(lastFetch(world)).toEqual({
    type: 'keys.fetch',
    issuer: I,
    ok: true,
    ms: 0,
    bytes: JSON.stringify({ keys: [e1.jwk] }).length,
    attempt: 1,
  })
})

test('RFC 8414 §3: from the second address where the first has nothing', async () => {
  const world = await issuerThat({ [OAUTH]: metadata(I), '/jwks': jwks([e1.jwk]) })
  expect(await verdict(world)).toMatchObject({ outcome: 'accepted' })
  expect(world.outbound).toEqual([`${I}${OPENID}`, `${I}${OAUTH}`, `${I}/jwks`])
})

describe.concurrent('no request waits longer than keys.timeout', () => {
  const slow: [string, Behaviours, string][] = [
    ['metadata that never come', { [OPENID]: hang }, 'metadata'],
    ['metadata that drip', { [OPENID]: drip }, 'metadata'],
    ['keys that never come', { [OPENID]: metadata(I), '/jwks': hang }, 'keys'],
    ['keys that drip', { [OPENID]: metadata(I), '/jwks': drip }, 'keys'],
  ]

  test.each(slow)('%s', async (_, behaviours, reason) => {
    const world = await issuerThat(behaviours)
    const { outcome, seconds, retryAfter } = await verdict(world)
    expect(outcome).toBe(`unavailable/${reason}`)
    expect(retryAfter).toBe('1')
    expect(seconds).toBeGreaterThan(0.95)
    expect(seconds).toBeLessThan(2.5)
    expect(lastFetch(world)).toMatchObject({ ok: false, reason: expect.stringMatching(/^GET .* failed: timed out$/) })
  })

  test('and no exchange longer than three seconds of them', async () => {
    const world = await issuerThat({ [OPENID]: metadata(I), '/jwks': hang }, { timeout: 30 })
    const { outcome, seconds } = await verdict(world)
    expect(outcome).toBe('unavailable/keys')
    expect(seconds).toBeGreaterThan(2.9)
    expect(seconds).toBeLessThan(4.5)
  })
})

describe('whatever an issuer answers in place of keys, the token may be fine: 503', () => {
  const CANARY = 'canary-4711'
  test.each<[string, Behaviours[string], string]>([
    ['an error', text(CANARY, 'text/plain', 500), 'GET https://as.test/jwks failed: it answered 500, expected 200'],
    ['nothing there', status(404), 'GET https://as.test/jwks failed: it answered 404, expected 200'],
    [
      'a redirect',
      redirect(302, 'https://as.test/elsewhere'),
      'GET https://as.test/jwks failed: it answered 302, expected 200',
    ],
    ['a page', html, 'GET https://as.test/jwks failed: it did not answer one well-formed JSON object'],
    [
      'JSON that is no set',
      json({ [CANARY]: CANARY }),
      'GET https://as.test/jwks did not answer a JWK set of at most 100 keys',
    ],
    ['a set of no use', jwks([{ kty: CANARY }]), 'The JWK set of the issuer has no usable key'],
    ['an empty set', jwks([]), 'The JWK set of the issuer has no usable key'],
    ['too much', flood(60_000_000), 'GET https://as.test/jwks failed: it answered more than 262144 bytes'],
    ['nothing at all', close, 'GET https://as.test/jwks failed: UND_ERR_SOCKET'],
  ])('%s', async (_, behaviour, message) => {
    const world = await issuerThat({ '/jwks': behaviour }, { discovered: false })
    const { outcome } = await verdict(world)
    expect(outcome).toBe('unavailable/keys')
    const refused = world.events.find(({ type }) => type === 'authentication.failed')
    expect(refused).toMatchObject({ detail: 'the keys of the issuer could not be loaded', cause: { message } })
    expect(JSON.stringify(refused) + String((refused as any).cause.stack)).not.toContain(CANARY)
    expect(world.outbound).toEqual([`${I}/jwks`])
  })
})

test('each issuer has its own keys, its own failures and its own pauses', async () => {
  const [A_, B_] = ['https://a.test', 'https://b.test']
  const world = await createWorld({
    issuers: { [A_]: { '/jwks': hang }, [B_]: { '/jwks': jwks([e1.jwk]) } },
    options: {
      issuer: [
        { issuer: A_, jwksUri: `${A_}/jwks` },
        { issuer: I, jwksUri: `${B_}/jwks` },
      ],
      keys: { timeout: 1 },
    },
  })
  worlds.push(world)
  const slow = world.verifier.verify(token({ claims: { iss: A_ } })).catch((error: any) => error.kind)
  expect(await verdict(world)).toMatchObject({ outcome: 'accepted' })
  expect(await slow).toBe('unavailable')
  expect(await verdict(world)).toMatchObject({ outcome: 'accepted' })
})
