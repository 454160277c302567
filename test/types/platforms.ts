import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import {
  type AccessToken,
  type AccessTokenClaims,
  type Algorithm,
  type AuthenticationError,
  type AuthenticationFailedEvent,
  type AuthenticationResult,
  createVerifier,
  type FailureReason,
  type IssuerOptions,
  type JsonObject,
  type JsonValue,
  type KeyOptions,
  type KeySkippedEvent,
  type KeysFetchEvent,
  type NodeRequest,
  type OptionalRequirements,
  type Profile,
  type RequestLike,
  type Requirements,
  type SkipReason,
  type Verifier,
  type VerifierOptions,
  verifierFrom,
  viewNodeRequest,
} from '@resource-server/core'
import { authenticate } from '@resource-server/express'
import type { Request as ExpressRequest } from 'express'
import type { FastifyRequest } from 'fastify'
import { describe, expectTypeOf, test } from 'vitest'

declare const verifier: Verifier

const issuer = 'https://issuer.example'
const audience = 'https://api.example'

describe('fetch', () => {
  test('the global one fits', () => {
    createVerifier({ issuer, audience, fetch: globalThis.fetch })
    createVerifier({ issuer, audience, fetch: (url, init) => fetch(url, { ...init, keepalive: true }) })
  })

  test('one of a library, with types of its own, fits', () => {
    interface LibraryInit {
      readonly method?: string
      readonly headers?: Record<string, string> | [string, string][]
      readonly redirect?: 'follow' | 'error' | 'manual'
      readonly signal?: AbortSignal | null
      readonly dispatcher?: object
    }
    interface LibraryResponse {
      readonly status: number
      readonly ok: boolean
      readonly headers: { get(name: string): string | null; has(name: string): boolean }
      readonly body: ReadableStream<Uint8Array> | null
    }
    const libraryFetch = (_url: string | URL, _init?: LibraryInit): Promise<LibraryResponse> =>
      Promise.reject(new Error())
    createVerifier({ issuer, audience, fetch: libraryFetch })
    createVerifier({ issuer, audience, fetch: (url, init) => libraryFetch(url, { ...init, dispatcher: {} }) })
  })

  test('one that answers no response does not', () => {
    // @ts-expect-error text is no response
    createVerifier({ issuer, audience, fetch: async () => '{}' })
    // @ts-expect-error no promise
    createVerifier({ issuer, audience, fetch: () => new Response() })
  })
})

describe('functions where values belong, and the reverse', () => {
  test('do not compile', () => {
    // @ts-expect-error a function
    createVerifier({ issuer: () => issuer, audience })
    // @ts-expect-error a function
    createVerifier({ issuer, audience: () => audience })
    // @ts-expect-error a date is no clock
    createVerifier({ issuer, audience, clock: Date.now() })
    // @ts-expect-error words are no number of seconds
    createVerifier({ issuer, audience, clockTolerance: '10s' })
    // @ts-expect-error a list is no function
    createVerifier({ issuer, audience, isRevoked: ['jti-1'] })
    // @ts-expect-error a profile of a later stage
    createVerifier({ issuer, audience, profile: 'fapi2' })
  })

  test('an audience without a name does not compile', () => {
    // @ts-expect-error undefined is not left out
    createVerifier({ issuer, audience: undefined })
    // @ts-expect-error a pattern
    createVerifier({ issuer, audience: /api/ })
  })
})

describe('where keys come from', () => {
  test('one place at most', () => {
    const jwks = { keys: [] }
    const jwksUri = 'https://issuer.example/jwks'
    const metadataUrl = 'https://issuer.example/metadata'
    const good: IssuerOptions[] = [{ issuer }, { issuer, jwks }, { issuer, jwksUri }, { issuer, metadataUrl }]
    // @ts-expect-error two
    good.push({ issuer, jwks, metadataUrl })
    // @ts-expect-error two
    good.push({ issuer, jwksUri, metadataUrl })
    // @ts-expect-error three
    good.push({ issuer, jwks, jwksUri, metadataUrl })
    // @ts-expect-error whose
    good.push({ jwksUri })
  })
})

describe('requests', () => {
  test('those of Node, and of the frameworks that extend it, can be viewed', () => {
    expectTypeOf<IncomingMessage>().toExtend<NodeRequest>()
    expectTypeOf<Http2ServerRequest>().toExtend<NodeRequest>()
    expectTypeOf<ExpressRequest>().toExtend<NodeRequest>()
    expectTypeOf<FastifyRequest['raw']>().toExtend<NodeRequest>()
    expectTypeOf(viewNodeRequest).returns.toEqualTypeOf<RequestLike>()
  })

  test('and are no RequestLike as they are', () => {
    expectTypeOf<IncomingMessage>().not.toExtend<RequestLike>()
    expectTypeOf<ExpressRequest>().not.toExtend<RequestLike>()
    const message = {} as IncomingMessage
    // @ts-expect-error its headers have no get()
    void verifier.authenticate(message)
  })

  test('anything with a method, a URL and headers is one', () => {
    void verifier.authenticate({ method: 'GET', url: '/', headers: new Headers() })
    void verifier.authenticate({ method: 'GET', url: '/', headers: { get: () => null, getLines: () => [] } })
    // @ts-expect-error no headers
    void verifier.authenticate({ method: 'GET', url: '/' })
  })

  test('a token is no request, and a request no token', () => {
    // @ts-expect-error a token
    void verifier.authenticate('token')
    // @ts-expect-error a request
    void verifier.verify(new Request('https://api.example'))
    // @ts-expect-error the claims of an access token are none
    void verifier.authorize({ sub: 'somebody' }, {})
  })
})

describe('protected handlers', () => {
  test('get what Workers add, in its order and with its types', () => {
    interface Env {
      readonly KV: string
    }
    interface Context {
      waitUntil(promise: Promise<unknown>): void
    }
    const handler = verifier.protect({ scopes: ['read'] }, async (request, accessToken, env: Env, context: Context) => {
      context.waitUntil(Promise.resolve())
      return Response.json([request.url, accessToken.subject, env.KV])
    })
    expectTypeOf(handler).toEqualTypeOf<(request: Request, env: Env, context: Context) => Promise<Response>>()
    // @ts-expect-error the platform gives more
    void handler(new Request('https://api.example'))
  })

  test('answer with a Response', () => {
    // @ts-expect-error no Response
    verifier.protect({}, () => ({ hello: 'world' }))
  })
})

test('requirements are left out or they are requirements, and never perhaps undefined', () => {
  const perhaps = undefined as Requirements | undefined
  const request = new Request('https://api.example')
  // @ts-expect-error perhaps undefined
  void verifier.authenticate(request, perhaps)
  // @ts-expect-error perhaps undefined
  void verifier.verify('token', perhaps)
  // @ts-expect-error perhaps undefined
  authenticate(verifier, perhaps)
  // @ts-expect-error undefined
  void verifier.authorize({} as AccessToken, undefined)
  // @ts-expect-error undefined
  createVerifier({ issuer, audience, requirements: undefined })
  void verifier.authenticate(request)
  void verifier.verify('token', {})
})

test('an adapter takes a verifier or its options', () => {
  expectTypeOf(verifierFrom(verifier)).toEqualTypeOf<Verifier>()
  expectTypeOf(verifierFrom({ issuer, audience })).toEqualTypeOf<Verifier>()
  // @ts-expect-error there is no audience
  verifierFrom({ issuer })
})

test('the headers of an error are what writeHead takes', () => {
  const error = {} as AuthenticationError
  const response = {} as ServerResponse
  response.writeHead(error.status, error.headers)
})

// Every exported type by its name: one that is gone does not compile.
export type Pinned = [
  AccessTokenClaims,
  Algorithm,
  AuthenticationFailedEvent,
  AuthenticationResult,
  FailureReason,
  JsonObject,
  JsonValue,
  KeyOptions,
  KeySkippedEvent,
  KeysFetchEvent,
  OptionalRequirements,
  Profile,
  SkipReason,
  VerifierOptions,
]
