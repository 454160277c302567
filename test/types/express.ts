import type { AccessToken, Verifier } from '@resource-server/core'
import { authenticate, authorize, getAccessToken } from '@resource-server/express'
import express, { type RequestHandler } from 'express'
import { describe, expectTypeOf, test } from 'vitest'

declare const verifier: Verifier

describe('Express', () => {
  const app = express()

  test('a guard is made of a verifier or of its options', () => {
    expectTypeOf(authenticate(verifier)).toExtend<RequestHandler>()
    expectTypeOf(authenticate(verifier, { scopes: ['read'] })).toExtend<RequestHandler>()
    authenticate({ issuer: 'https://issuer.example', audience: 'https://api.example' })
    // @ts-expect-error there is no audience
    authenticate({ issuer: 'https://issuer.example' })
  })

  test('a misspelt requirement does not compile', () => {
    // @ts-expect-error scope
    authorize({ scope: ['read'] })
    // @ts-expect-error scope
    authenticate(verifier, { scope: ['read'] })
    // @ts-expect-error nothing is required
    authorize()
  })

  test('req.auth tells the truth: a route may have no guard', () => {
    app.get('/', (req) => {
      expectTypeOf(req.auth).toEqualTypeOf<AccessToken | undefined>()
      // @ts-expect-error perhaps undefined
      void req.auth.claims
      expectTypeOf(getAccessToken(req)).toEqualTypeOf<AccessToken>()
    })
  })

  test('a request of a route with parameters and a body of its own fits', () => {
    app.get<{ id: string }, unknown, { name: string }>('/:id', authorize({ scopes: ['read'] }), (req) => {
      expectTypeOf(getAccessToken(req)).toEqualTypeOf<AccessToken>()
      expectTypeOf(req.params.id).toEqualTypeOf<string>()
    })
  })
})
