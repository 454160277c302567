import { type AccessToken, defineRequirements, type Verifier } from '@resource-server/core'
import resourceServer, { getAccessToken } from '@resource-server/fastify'
import Fastify, { type RouteShorthandOptions } from 'fastify'
import { describe, expectTypeOf, test } from 'vitest'

declare const verifier: Verifier

describe('Fastify', () => {
  const app = Fastify()
  const handler = async (): Promise<string> => 'ok'

  test('the plugin takes a verifier or its options', () => {
    app.register(resourceServer, { verifier })
    app.register(resourceServer, { verifier, global: true })
    app.register(resourceServer, { issuer: 'https://issuer.example', audience: 'https://api.example', global: true })
    // @ts-expect-error there is no audience
    app.register(resourceServer, { issuer: 'https://issuer.example' })
    // @ts-expect-error neither the one nor the other
    app.register(resourceServer, {})
    // @ts-expect-error yes
    app.register(resourceServer, { verifier, global: 'yes' })
  })

  test('a route says true, false or what it requires', () => {
    app.get('/', { config: { auth: true } }, handler)
    app.get('/', { config: { auth: false } }, handler)
    app.get('/', { config: { auth: { scopes: ['read'] } } }, handler)
    // @ts-expect-error scope
    app.get('/', { config: { auth: { scope: ['read'] } } }, handler)
    // @ts-expect-error a string
    app.get('/', { config: { auth: 'read' } }, handler)
    // @ts-expect-error an array
    app.get('/', { config: { auth: ['read'] } }, handler)
    // @ts-expect-error a string in place of an array
    app.get('/', { config: { auth: { scopes: 'read' } } }, handler)
  })

  // In place, Fastify infers the type of `config` from the value, and what the compiler has not been told about is let
  // through; then adding the route tells. With options that have a type of their own, the compiler sees all of it.
  test('any misspelling in options that have a type does not compile', () => {
    // @ts-expect-error skopes
    const misspelt: RouteShorthandOptions = { config: { auth: { skopes: ['read'] } } }
    // @ts-expect-error skopes
    app.get('/', { config: { auth: defineRequirements({ skopes: ['read'] }) } }, handler)
    app.get('/', misspelt, handler)
  })

  test('a hook of a route takes requirements', () => {
    app.get('/', { onRequest: app.authenticate({ scopes: ['read'] }) }, handler)
    app.get('/', { onRequest: app.authenticate() }, handler)
    // @ts-expect-error scope
    app.authenticate({ scope: ['read'] })
  })

  test('request.auth tells the truth: a route may have no guard', () => {
    app.get('/', async (request) => {
      expectTypeOf(request.auth).toEqualTypeOf<AccessToken | undefined>()
      // @ts-expect-error perhaps undefined
      void request.auth.claims
      expectTypeOf(getAccessToken(request)).toEqualTypeOf<AccessToken>()
    })
  })

  test('a request of a typed route fits', () => {
    app.get<{ Params: { id: string } }>('/:id', { config: { auth: true } }, async (request) => {
      expectTypeOf(getAccessToken(request)).toEqualTypeOf<AccessToken>()
      expectTypeOf(request.params.id).toEqualTypeOf<string>()
    })
  })
})
