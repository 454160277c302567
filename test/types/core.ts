import {
  type AccessToken,
  type AuthenticationError,
  allowInsecureRequests,
  createVerifier,
  defineRequirements,
  type FailureKind,
  type IssuerOptions,
  type RequestLike,
  type Requirements,
  type Verifier,
  type VerifierEvent,
} from '@resource-server/core'
import { describe, expectTypeOf, test } from 'vitest'

declare const verifier: Verifier
declare const request: Request
declare const accessToken: AccessToken

const issuer = 'https://issuer.example'
const audience = 'https://api.example'

describe('options', () => {
  test('an issuer and an audience are enough', () => {
    expectTypeOf(createVerifier({ issuer, audience })).toEqualTypeOf<Verifier>()
  })

  test('neither may be left out', () => {
    // @ts-expect-error there is no audience
    createVerifier({ issuer })
    // @ts-expect-error there is no issuer
    createVerifier({ audience })
  })

  test('an issuer is a name, an entry, or several of them', () => {
    createVerifier({ issuer: { issuer, jwksUri: 'https://issuer.example/jwks' }, audience })
    createVerifier({ issuer: [issuer, { issuer: 'https://other.example', audience: null }], audience: [audience] })
  })

  test('a misspelt option does not compile', () => {
    // @ts-expect-error audiences
    createVerifier({ issuer, audience, audiences: [audience] })
    // @ts-expect-error maxage
    createVerifier({ issuer, audience, keys: { maxage: 60 } })
    // @ts-expect-error jwksURI
    createVerifier({ issuer: { issuer, jwksURI: 'https://issuer.example/jwks' }, audience })
  })

  test('keys come from one place', () => {
    // @ts-expect-error both a set and an address of metadata
    const twice: IssuerOptions = { issuer, jwks: { keys: [] }, metadataUrl: 'https://issuer.example/metadata' }
    expectTypeOf(twice).toExtend<IssuerOptions>()
    const withSeed: IssuerOptions = { issuer, jwks: { keys: [] }, jwksUri: 'https://issuer.example/jwks' }
    expectTypeOf(withSeed).toExtend<IssuerOptions>()
  })

  test('only asymmetric algorithms can be named', () => {
    createVerifier({ issuer, audience, algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'] })
    // @ts-expect-error symmetric
    createVerifier({ issuer, audience, algorithms: ['HS256'] })
    // @ts-expect-error none
    createVerifier({ issuer, audience, algorithms: ['none'] })
  })

  test('the verifier as a whole cannot do without an audience', () => {
    // @ts-expect-error only an issuer entry may say null
    createVerifier({ issuer, audience: null })
  })

  test('the dangerous switch is a symbol, not a string', () => {
    createVerifier({ issuer, audience, [allowInsecureRequests]: true })
    // @ts-expect-error a string
    createVerifier({ issuer, audience, allowInsecureRequests: true })
    expectTypeOf(allowInsecureRequests).toBeSymbol()
  })

  test('an event is told apart by its type', () => {
    createVerifier({ issuer, audience, onEvent: (event) => expectTypeOf(event).toEqualTypeOf<VerifierEvent>() })
    expectTypeOf<VerifierEvent['type']>().not.toEqualTypeOf<string>()
  })
})

describe('requirements', () => {
  test('are the same words everywhere', () => {
    const requirements: Requirements = {
      scopes: ['read'],
      anyScope: ['a', 'b'],
      claims: { org_id: 'org_1', tier: (claim) => claim === 2 },
      check: (token) => token.subject !== undefined,
    }
    void verifier.authenticate(request, requirements)
    void verifier.verify('token', requirements)
    void verifier.authorize(accessToken, requirements)
    verifier.protect(requirements, () => new Response())
    expectTypeOf(defineRequirements(requirements)).toEqualTypeOf<Requirements>()
  })

  test('a misspelt one does not compile, at any door', () => {
    // @ts-expect-error scope
    void verifier.authenticate(request, { scope: ['read'] })
    // @ts-expect-error scope
    void verifier.verify('token', { scope: ['read'] })
    // @ts-expect-error scope
    void verifier.authorize(accessToken, { scope: ['read'] })
    // @ts-expect-error scope
    verifier.protect({ scope: ['read'] }, () => new Response())
    // @ts-expect-error scope
    defineRequirements({ scope: ['read'] })
  })

  test('one of the wrong type does not compile', () => {
    // @ts-expect-error a string in place of an array
    void verifier.authenticate(request, { scopes: 'read write' })
    // @ts-expect-error an answer that is always truthy
    void verifier.authenticate(request, { check: () => 'yes' })
    // @ts-expect-error an object is compared with nothing
    void verifier.authenticate(request, { claims: { org: { id: 1 } } })
  })

  test('one that may be undefined does not compile: it might leave a route open', () => {
    const scopes = undefined as string[] | undefined
    // @ts-expect-error perhaps undefined
    void verifier.authenticate(request, { scopes })
  })
})

describe('results', () => {
  test('there is an access token only where the result is ok', async () => {
    const result = await verifier.authenticate(request)
    // @ts-expect-error nobody has looked at ok
    void result.accessToken.subject
    if (result.ok) {
      expectTypeOf(result.accessToken).toEqualTypeOf<AccessToken>()
      expectTypeOf(result.error).toEqualTypeOf<undefined>()
    } else {
      expectTypeOf(result.error).toEqualTypeOf<AuthenticationError>()
      expectTypeOf(result.accessToken).toEqualTypeOf<undefined>()
    }
  })

  test('the error tells them apart as well', async () => {
    const { accessToken: verified, error } = await verifier.authenticate(request)
    if (error === undefined) expectTypeOf(verified).toEqualTypeOf<AccessToken>()
  })

  test('an error is an Error with a closed set of kinds', () => {
    expectTypeOf<AuthenticationError>().toExtend<Error>()
    expectTypeOf<AuthenticationError['kind']>().toEqualTypeOf<FailureKind>()
    expectTypeOf<FailureKind>().not.toEqualTypeOf<string>()
  })

  test('a protected handler gets the access token, and what the platform adds', () => {
    const handler = verifier.protect({}, (_request, verified, env: { readonly name: string }) => {
      expectTypeOf(verified).toEqualTypeOf<AccessToken>()
      return new Response(env.name)
    })
    expectTypeOf(handler).toEqualTypeOf<(request: Request, env: { readonly name: string }) => Promise<Response>>()
  })

  test('a web Request is a RequestLike as it is', () => {
    expectTypeOf<Request>().toExtend<RequestLike>()
  })
})

describe('an access token', () => {
  test('may not have a subject, a client or any claim of its own', () => {
    expectTypeOf(accessToken.subject).toEqualTypeOf<string | undefined>()
    expectTypeOf(accessToken.clientId).toEqualTypeOf<string | undefined>()
    // @ts-expect-error a claim that nobody has checked is no string
    const organisation: string = accessToken.claims['org_id']
    void organisation
  })

  test('is read only, scopes included', () => {
    // @ts-expect-error read only
    accessToken.subject = 'somebody else'
    // @ts-expect-error read only
    accessToken.scopes.add('admin')
    // @ts-expect-error read only
    accessToken.audience.push('https://other.example')
    // @ts-expect-error read only
    accessToken.claims.sub = 'somebody else'
  })
})

describe('optional authentication', () => {
  test('only beside optional the token may be missing', async () => {
    const { accessToken: certain, ok } = await verifier.authenticate(request, { scopes: ['read'] })
    expectTypeOf(certain).toEqualTypeOf<AccessToken | undefined>()
    const result = await verifier.authenticate(request, { scopes: ['read'] })
    if (result.ok) expectTypeOf(result.accessToken).toEqualTypeOf<AccessToken>()
    const perhaps = await verifier.authenticate(request, { optional: true })
    if (perhaps.ok) expectTypeOf(perhaps.accessToken).toEqualTypeOf<AccessToken | undefined>()
    expectTypeOf(ok).toBeBoolean()
  })

  test('a handler is told the same', () => {
    verifier.protect({ scopes: ['read'] }, (_request, token) => {
      expectTypeOf(token).toEqualTypeOf<AccessToken>()
      return new Response()
    })
    verifier.protect({ optional: true }, (_request, token) => {
      expectTypeOf(token).toEqualTypeOf<AccessToken | undefined>()
      return new Response()
    })
  })

  test('nothing is optional where there is a token', () => {
    // @ts-expect-error there is a token
    void verifier.verify('token', { optional: true })
    // @ts-expect-error for the verifier as a whole
    createVerifier({ issuer, audience, requirements: { optional: true } })
  })
})

// How an issuer is asked about opaque tokens.
const credentials = { clientId: 'api', clientSecret: 's' } as const
const privateKey = { kty: 'EC', alg: 'ES256', d: 'd' } as const
const askedBy = (introspection: IssuerOptions['introspection']): IssuerOptions => ({
  issuer: 'https://as.test',
  introspection,
})
askedBy(credentials)
askedBy({ ...credentials, authentication: 'client_secret_post', cache: { maxAge: 60 }, tokens: 'all' })
askedBy({ clientId: 'api', authentication: 'private_key_jwt', privateKey })
askedBy(async (token, { signal }) => ({ active: token !== '' && !signal.aborted, exp: 1 }))
askedBy({ introspect: () => ({ active: false }), cache: { maxAge: 60 } })
// @ts-expect-error -- a secret is needed
askedBy({ clientId: 'api' })
// @ts-expect-error -- a private key is needed
askedBy({ clientId: 'api', authentication: 'private_key_jwt' })
// @ts-expect-error -- one or the other
askedBy({ ...credentials, authentication: 'private_key_jwt', privateKey })
// @ts-expect-error -- misspelt
askedBy({ ...credentials, clientID: 'api' })
// @ts-expect-error -- how long is the point of it
askedBy({ ...credentials, cache: {} })
// @ts-expect-error -- active is the answer
askedBy(() => ({ exp: 1 }))
