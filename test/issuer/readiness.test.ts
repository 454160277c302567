import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { createVerifier, type Verifier } from '@resource-server/core'
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { hang, jwks, metadata, status } from '../support/jwks-server.js'
import { d1, e1, publicKeys } from '../support/keys.js'
import { T, token } from '../support/token.js'
import { createWorld, type Setup, type World } from '../support/world.js'

const OTHER = 'https://other.test'
const OPENID = '/.well-known/openid-configuration'

const worlds: World[] = []
afterAll(async () => {
  await Promise.all(worlds.map((world) => world.close()))
})

async function worldWith(setup: Setup): Promise<World> {
  const world = await createWorld(setup)
  worlds.push(world)
  return world
}

const twoIssuers = { issuer: [I, { issuer: OTHER, jwksUri: `${OTHER}/jwks` }] }
const healthy = { [OPENID]: metadata(I), '/jwks': jwks([e1.jwk]) }

async function failureOf(work: Promise<unknown>): Promise<any> {
  return work.then(
    () => 'nothing failed',
    (error: unknown) => error,
  )
}

describe('ready()', () => {
  test('loads metadata and keys of every issuer, so that tokens find them', async () => {
    const world = await worldWith({
      issuers: { [I]: healthy, [OTHER]: { '/jwks': jwks([e1.jwk]) } },
      options: twoIssuers,
    })
    expect(await world.verifier.ready()).toBeUndefined()
    expect(world.outbound.toSorted()).toEqual([`${I}${OPENID}`, `${I}/jwks`, `${OTHER}/jwks`].toSorted())
    await world.verifier.verify(T)
    await world.verifier.verify(token({ claims: { iss: OTHER } }))
    expect(world.outbound).toHaveLength(3)
  })

  test('asked again, it asks nobody again', async () => {
    const world = await worldWith({ issuers: { [I]: healthy }, options: { issuer: I } })
    await Promise.all([world.verifier.ready(), world.verifier.ready()])
    await world.verifier.ready()
    expect(world.outbound).toHaveLength(2)
  })

  test('names the issuers whose keys cannot be had, and why; the others are ready', async () => {
    const world = await worldWith({
      issuers: { [I]: healthy, [OTHER]: { '/jwks': status(403) } },
      options: twoIssuers,
    })
    const error = await failureOf(world.verifier.ready())
    expect(error).toBeInstanceOf(Error)
    expect(error.code).toBe('ERR_NOT_READY')
    expect(error.message).toBe(
      'There are no keys of https://other.test: GET https://other.test/jwks failed: it answered 403, expected 200',
    )
    await world.verifier.verify(T)
    world.serve(OTHER, { '/jwks': jwks([e1.jwk]) })
    world.advance(1)
    expect(await world.verifier.ready()).toBeUndefined()
    await world.verifier.verify(token({ claims: { iss: OTHER } }))
  })

  test('is content with keys past their age while the issuer is down, and not with those past all bounds', async () => {
    const world = await worldWith({ issuers: { [I]: healthy }, options: { issuer: I } })
    await world.verifier.ready()
    world.serve(I, { '/jwks': status(403) })
    world.advance(4199)
    expect(await world.verifier.ready()).toBeUndefined()
    world.advance(1)
    expect(await failureOf(world.verifier.ready())).toMatchObject({ code: 'ERR_NOT_READY' })
  })

  test('does not wait longer than a request does', async () => {
    const world = await worldWith({
      issuers: { [I]: { '/jwks': hang } },
      options: { keys: { timeout: 1, retries: 0 } },
    })
    const startedAt = performance.now()
    expect((await failureOf(world.verifier.ready())).message).toBe(
      'There are no keys of https://as.test: GET https://as.test/jwks failed: timed out',
    )
    expect(performance.now() - startedAt).toBeLessThan(3000)
  })

  test('can be told to stop waiting; what was asked for is loaded all the same', async () => {
    const world = await worldWith({ issuers: { [I]: { '/jwks': hang } } })
    const controller = new AbortController()
    const ready = failureOf(world.verifier.ready({ signal: controller.signal }))
    const reason = new Error('enough')
    controller.abort(reason)
    expect(await ready).toBe(reason)
    expect(await failureOf(world.verifier.ready({ signal: controller.signal }))).toBe(reason)
    expect(await failureOf(world.verifier.ready({ signal: AbortSignal.abort(reason) }))).toBe(reason)
  })

  test('keys that were given are ready at once', async () => {
    const verifier = createVerifier({ issuer: { issuer: I, jwks: { keys: publicKeys } }, audience: A })
    expect(await verifier.ready({})).toBeUndefined()
    expect(verifier.status().issuers[0]).toMatchObject({ state: 'fresh', keys: publicKeys.length })
  })

  test('names all of them', async () => {
    const world = await worldWith({
      issuers: { [I]: {}, [OTHER]: { '/jwks': status(403) } },
      options: twoIssuers,
    })
    expect((await failureOf(world.verifier.ready())).message).toBe(
      'There are no keys of https://as.test: GET https://as.test/.well-known/oauth-authorization-server failed: it answered 404, expected 200. ' +
        'There are no keys of https://other.test: GET https://other.test/jwks failed: it answered 403, expected 200',
    )
  })

  test('keys that were given and cannot be used on this runtime are no keys', async () => {
    const { createPublicKey } = crypto
    const withoutEd25519 = vi.spyOn(crypto, 'createPublicKey').mockImplementation((key: any) => {
      if (key.key?.crv === 'Ed25519') throw new Error('unsupported')
      return createPublicKey(key)
    })
    syncBuiltinESMExports()
    onTestFinished(() => {
      withoutEd25519.mockRestore()
      syncBuiltinESMExports()
    })
    const verifier = createVerifier({ issuer: { issuer: I, jwks: { keys: [d1.jwk] } }, audience: A })
    const WHY = 'none of those given can be used here'
    expect((await failureOf(verifier.ready())).message).toBe(`There are no keys of https://as.test: ${WHY}`)
    expect(verifier.status().issuers[0]).toMatchObject({ state: 'fresh', keys: 0, lastError: WHY })
  })

  test.each<[string, object, string[]]>([
    ['about every token', { tokens: 'all' }, []],
    ['about every token, and signs its answers', { tokens: 'all', signedResponse: true }, [`${I}/jwks`]],
    ['about opaque tokens', { tokens: 'opaque' }, [`${I}/jwks`]],
  ])('of an issuer that is asked %s, keys are loaded if there is something to verify', async (_, how, outbound) => {
    const introspection = { endpoint: `${I}/introspect`, clientId: 'api', clientSecret: 'secret', ...how }
    const world = await worldWith({
      issuers: { [I]: { '/jwks': jwks([e1.jwk]) } },
      options: { issuer: { issuer: I, jwksUri: `${I}/jwks`, introspection } },
    })
    expect(await world.verifier.ready()).toBeUndefined()
    expect(world.outbound).toEqual(outbound)
  })

  test.each<[string, any]>([
    ['Invalid option signal', { signal: 'now' }],
    ['Invalid option timeout', { timeout: 1 }],
  ])('%s is refused', async (message, options) => {
    const verifier = createVerifier({ issuer: I, audience: A })
    const error = await failureOf(verifier.ready(options))
    expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION' })
    expect(error.message).toContain(message)
  })
})

describe('status()', () => {
  const stateOf = (verifier: Verifier): unknown[] =>
    verifier.status().issuers.map(({ issuer, state, keys }) => [issuer, state, keys])

  test('tells of every issuer, in the order of the options, and asks nobody', async () => {
    const world = await worldWith({
      issuers: { [I]: healthy, [OTHER]: { '/jwks': status(403) } },
      options: twoIssuers,
    })
    expect(stateOf(world.verifier)).toEqual([
      [I, 'unloaded', 0],
      [OTHER, 'unloaded', 0],
    ])
    expect(world.outbound).toEqual([])
    await failureOf(world.verifier.ready())
    expect(world.verifier.status()).toEqual({
      issuers: [
        { issuer: I, state: 'fresh', keys: 1, age: 0, lastError: undefined, nextAttemptAt: expect.any(Number) },
        {
          issuer: OTHER,
          state: 'unloaded',
          keys: 0,
          age: undefined,
          lastError: 'GET https://other.test/jwks failed: it answered 403, expected 200',
          nextAttemptAt: (NOW + 1) * 1000,
        },
      ],
    })
  })

  test('is plain data that can be sent as JSON, and nothing in it can be held on to', async () => {
    const world = await worldWith({ issuers: { [I]: healthy }, options: { issuer: I } })
    await world.verifier.ready()
    const before = world.verifier.status()
    expect(JSON.parse(JSON.stringify(before)).issuers[0]).toMatchObject({ issuer: I, state: 'fresh', keys: 1, age: 0 })
    world.advance(600)
    expect(before.issuers[0]?.state).toBe('fresh')
    expect(world.verifier.status().issuers[0]).toMatchObject({ state: 'stale', age: 600 })
  })
})
