import {
  AuthenticationError,
  type AuthenticationFailedEvent,
  createVerifier,
  explain,
  type Requirements,
} from '@resource-server/core'
import { describe, expect, test } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { T, token } from '../support/token.js'

interface Given {
  readonly jwt?: string
  readonly authorization?: string
  readonly options?: object
  readonly requirements?: Requirements
}

async function refused(given: Given): Promise<{ error: AuthenticationError; event: AuthenticationFailedEvent }> {
  let failed: AuthenticationFailedEvent | undefined
  const verifier = createVerifier({
    issuer: { issuer: I, jwks: { keys: publicKeys } },
    audience: A,
    clock: () => NOW * 1000,
    onEvent: (event) => {
      if (event.type === 'authentication.failed') failed = event
    },
    ...given.options,
  })
  const authorization = given.authorization ?? (given.jwt === undefined ? undefined : `Bearer ${given.jwt}`)
  const request = new Request(A, { headers: authorization === undefined ? {} : { authorization } })
  const { error } = await verifier.authenticate(request, given.requirements ?? {})
  return { error: error!, event: failed! }
}

const jwt = (claims: object): string => token({ claims: claims as Record<string, unknown> })
const down = () => Promise.reject(new TypeError('fetch failed'))
const KIDS = publicKeys.map(({ kid }) => JSON.stringify(kid)).join(', ')

const sentences: [what: string, given: Given, sentence: string][] = [
  [
    'no credentials',
    {},
    'no_credentials: the request has no Authorization header. Send "Authorization: Bearer" and the token; if the client does, look for a proxy that removes it.',
  ],
  [
    'another scheme',
    { authorization: 'Basic dTpw' },
    'unsupported_scheme: the Authorization scheme is not Bearer. Expected "Bearer", got "Basic". Use Bearer.',
  ],
  [
    'a token without a scheme, which is not repeated',
    { authorization: T },
    'unsupported_scheme: the Authorization scheme is not Bearer. Write "Bearer" and a space before the token.',
  ],
  [
    'an issuer that differs by a slash',
    { jwt: jwt({ iss: `${I}/` }) },
    'unknown_issuer: iss is not one of the trusted issuers; they must be equal to the letter. Expected "https://as.test", got "https://as.test/". They differ by a trailing slash: write the option issuer as the token has it.',
  ],
  [
    'an issuer that differs in case',
    { jwt: jwt({ iss: 'https://AS.test' }) },
    'unknown_issuer: iss is not one of the trusted issuers; they must be equal to the letter. Expected "https://as.test", got "https://AS.test". They differ in upper and lower case: write the option issuer as the token has it.',
  ],
  [
    'another issuer',
    { jwt: jwt({ iss: 'https://other.test' }) },
    'unknown_issuer: iss is not one of the trusted issuers; they must be equal to the letter. Expected "https://as.test", got "https://other.test". Add it to the option issuer if you trust it; otherwise the token is from another tenant or stage.',
  ],
  [
    'an audience that differs by a slash',
    { jwt: jwt({ aud: [`${A}/`, 'x'] }) },
    `audience: aud does not name this API (issuer ${I}). Expected "${A}", got "${A}/", "x". They differ by a trailing slash: write the option audience as the token has it.`,
  ],
  [
    'another audience',
    { jwt: jwt({ aud: 'account' }) },
    `audience: aud does not name this API (issuer ${I}). Expected "${A}", got "account". Have the client ask for a token for this API, or add it to the option audience if it is one of its names.`,
  ],
  [
    'an unknown key, with those that there are',
    { jwt: token({ header: { kid: 'old' } }) },
    `unknown_key: the issuer has no usable key with this kid for this alg (issuer ${I}). The token names the key "old", the issuer has ${KIDS}. Get a new token; if that fails too, the key was skipped (see key.skipped events) or the token is from another stage.`,
  ],
  [
    'a signature',
    { jwt: T.replace(/.{4}$/, 'AAAA') },
    `signature: no key of the issuer verifies the signature (issuer ${I}). The token names the key "e1". If every token fails, the keys are those of another stage or from before a rotation; otherwise somebody has changed the token.`,
  ],
  [
    'an algorithm',
    { jwt: T, options: { algorithms: ['RS256', 'PS256'] } },
    `algorithm: alg is not among the allowed algorithms of this issuer (issuer ${I}). Expected "RS256", "PS256", got "ES256". Allow it in the option algorithms, or change what the issuer signs with.`,
  ],
  [
    'a type',
    { jwt: token({ header: { typ: 'logout+jwt' } }) },
    `type: typ names another kind of JWT (issuer ${I}). Expected "at+jwt", "JWT", "no typ", got "logout+jwt". Send the access token, not the ID token; or choose the profile that the issuer can fulfil.`,
  ],
  [
    'an expired token, and by how much',
    { jwt: jwt({ exp: NOW - 42 }) },
    `expired: exp has passed (issuer ${I}). It says 2027-01-15T07:59:18.000Z, the clock here 2027-01-15T08:00:00.000Z: 42 s apart. Get a new token; if new ones are refused too, the clock here is ahead.`,
  ],
  [
    'a clock that is behind, and by how much',
    { jwt: jwt({ iat: NOW + 90 }) },
    `not_yet_valid: iat lies in the future (issuer ${I}). It says 2027-01-15T08:01:30.000Z, the clock here 2027-01-15T08:00:00.000Z: 90 s apart. Synchronise the clocks before you raise clockTolerance.`,
  ],
  [
    'a time beyond every calendar',
    { jwt: jwt({ nbf: Number.MAX_SAFE_INTEGER }) },
    `not_yet_valid: nbf has not come yet (issuer ${I}). It says 9007199254740991, the clock here 2027-01-15T08:00:00.000Z: 9007197454740991 s apart. Synchronise the clocks before you raise clockTolerance.`,
  ],
  [
    'a missing scope, with those granted',
    { jwt: jwt({ scope: 'a b' }), requirements: { scopes: ['c', 'a'] } },
    `missing_scope: the token lacks a scope that this route needs (issuer ${I}). Expected "c", "a", got "a", "b". Have the client ask for it, or name the claim that holds the scopes in scopeClaims.`,
  ],
  [
    'a weak login',
    { jwt: jwt({ acr: 'bronze' }), requirements: { acrValues: ['gold'] } },
    `acr: acr is none of those that this route accepts (issuer ${I}). Expected "gold", got "bronze". The client must send the user back with acr_values.`,
  ],
  [
    'an old login',
    { jwt: jwt({ auth_time: NOW - 400 }), requirements: { maxAge: 300 } },
    `too_old: auth_time does not show that the user has authenticated recently enough (issuer ${I}). The user may have authenticated 300 s ago at most, it was 400 s. The client must send the user back with max_age.`,
  ],
  [
    'a login that has not come yet',
    { jwt: jwt({ auth_time: NOW + 90 }), requirements: { maxAge: 300 } },
    `too_old: auth_time does not show that the user has authenticated recently enough (issuer ${I}). It lies 90 s ahead of the clock here. Synchronise the clocks; no other login will help.`,
  ],
  [
    'no time of the login',
    { jwt: T, requirements: { maxAge: 300 } },
    `too_old: auth_time does not show that the user has authenticated recently enough (issuer ${I}). The user may have authenticated 300 s ago at most, it was not said when. The client must send the user back with max_age.`,
  ],
  [
    'a claim of another value, which is not repeated',
    { jwt: T, requirements: { claims: { org: 1 } } },
    `claim: the claim "org" is not as this route needs it (issuer ${I}). Values are compared to the letter, and 1 is not "1".`,
  ],
  [
    'an issuer that is down, and since when',
    { jwt: T, options: { issuer: { issuer: I, jwksUri: `${I}/jwks` }, fetch: down, keys: { retries: 0 } } },
    `keys: the keys of the issuer could not be loaded (issuer ${I}). The issuer could not be asked since 2027-01-15T08:00:00.000Z. GET ${I}/jwks failed: TypeError. The token may be fine; see to the way to the issuer.`,
  ],
  [
    'revocation',
    { jwt: T, options: { isRevoked: () => Promise.reject(new Error('down')) } },
    `revocation: isRevoked did not answer (issuer ${I}). It threw, or took longer than 2 s; what it threw is the cause of the event.`,
  ],
]

describe('explain() answers why', () => {
  test.each(sentences)('%s', async (_what, given, sentence) => {
    const { error, event } = await refused(given)
    expect(explain(event)).toBe(sentence)
    expect(explain(error)).toBe(sentence)
  })

  const NEW_TOKEN = 'Get a new token.'
  const OPAQUE =
    'Mostly the token is opaque, because the client did not ask for the audience of this API, or was cut off. If your tokens are meant to be opaque, give the issuer introspection.'
  const ABSENT =
    'Have the issuer put it into its access tokens, or choose a profile or audience: null that does without.'
  const LETTER = 'Values are compared to the letter, and 1 is not "1".'

  test.each<[string, Given, string]>([
    [
      'malformed_credentials',
      { authorization: 'Bearer' },
      'Send "Bearer", a space and one token; look for an empty variable, quotes or a second "Bearer".',
    ],
    ['malformed', { jwt: 'x' }, OPAQUE],
    ['missing_claim', { jwt: jwt({ exp: undefined }) }, ABSENT],
    ['missing_claim', { jwt: jwt({ aud: undefined }) }, ABSENT],
    ['revoked', { jwt: T, options: { isRevoked: () => true } }, NEW_TOKEN],
    ['inactive', { jwt: 'x', options: { issuer: { issuer: I, introspection: () => ({ active: false }) } } }, NEW_TOKEN],
    [
      'unproven_confirmation',
      { jwt: jwt({ cnf: { jkt: 'a' } }) },
      'Have the client ask for plain bearer tokens, since no proof is read here.',
    ],
    ['claim', { jwt: T, requirements: { claims: { org: 1 } } }, LETTER],
    [
      'claim',
      { jwt: T, options: { issuer: { issuer: I, jwks: { keys: publicKeys }, claims: { use: 'access' } } } },
      `It is the option claims of the issuer that asks for it. ${LETTER}`,
    ],
    ['check', { jwt: T, requirements: { check: () => false } }, 'Only true, or a promise of it, passes.'],
  ])('%s has advice beside the detail', async (reason, given, advice) => {
    const { error, event } = await refused(given)
    expect(event.reason).toBe(reason)
    const issuer = event.issuer === undefined ? '' : ` (issuer ${event.issuer})`
    expect(explain(error)).toBe(`${reason}: ${event.detail}${issuer}. ${advice}`)
  })

  test('two credentials have advice, too', async () => {
    const lines = ['Bearer a', 'Bearer b']
    const request = { method: 'GET', url: '/', headers: { get: () => lines[0], getLines: () => lines } }
    const { error } = await createVerifier({ issuer: I, audience: A }).authenticate(request)
    expect(explain(error!)).toBe(
      'several_credentials: the request has several Authorization headers. Send one; look for a proxy that adds its own.',
    )
  })

  test('the issuer is named where a verified token is asked for more, too', async () => {
    const events: unknown[] = []
    const verifier = createVerifier({
      issuer: { issuer: I, jwks: { keys: publicKeys } },
      audience: A,
      clock: () => NOW * 1000,
      onEvent: (event) => events.push(event),
    })
    await verifier.authorize(await verifier.verify(T), { scopes: ['write'] })
    await verifier.authorize(undefined, { scopes: ['write'] })
    expect(events).toMatchObject([
      { reason: 'missing_scope', issuer: I, expected: ['write'], received: ['read'] },
      { reason: 'no_credentials', issuer: undefined },
    ])
  })

  test('the event names the claim that a route needs, and not what it holds', async () => {
    const { event } = await refused({ jwt: jwt({ org: 2 }), requirements: { claims: { org: 1 } } })
    expect(event).toMatchObject({ reason: 'claim', expected: 'org' })
    expect(event.received).toBeUndefined()
  })

  test('what others have thrown is not repeated: it may say anything', async () => {
    const said = `GET /validate/${T} failed\n\u001b[2J`
    const options = {
      issuer: { issuer: I, introspection: () => Promise.reject(new Error(said)) },
    }
    const { event } = await refused({ jwt: 'opaque', options })
    expect((event.cause as Error).message).toBe(said)
    expect(explain(event)).toBe(
      `introspection: the token could not be looked up (issuer ${I}). What was thrown is the cause of the event. The token may be fine; see to the way to the issuer.`,
    )
  })

  test.each([
    Object.assign(new SyntaxError('Unexpected token'), { type: 'entity.parse.failed', status: 400 }),
    new Error('x'),
    null,
    undefined,
    'x',
  ])('what is no refusal, as error handlers are given it, is said to be none: %s', (thrown) => {
    expect(explain(thrown as unknown as AuthenticationError)).toBe('No request was refused by this.')
  })

  test('an error that came from elsewhere is named at least', async () => {
    const { error } = await refused({})
    const copy = Object.assign(Object.create(AuthenticationError.prototype), { ...error }) as AuthenticationError
    expect(explain(copy)).toBe('unauthenticated no_credentials')
  })

  test('nothing of it is in the error, however it is logged', async () => {
    const { error } = await refused({ jwt: jwt({ iss: 'https://canary.test' }) })
    expect(JSON.stringify(error) + String(error.stack) + JSON.stringify({ ...error })).not.toContain('canary')
    expect(explain(error)).toContain('https://canary.test')
  })
})

describe('what a stranger wrote is shown on one line, and not without end', () => {
  test('control and format characters, separators and lone surrogates', async () => {
    const kid = 'a\r\nb\u001b[31m\u2028c\u202ed\ud800'
    const { event } = await refused({ jwt: token({ header: { kid } }) })
    expect(event.received).toBe('a\ufffd\ufffdb\ufffd[31m\ufffdc\ufffdd\ufffd')
  })

  test('length and number', async () => {
    const long = await refused({ jwt: jwt({ iss: `https://${'a'.repeat(5000)}` }) })
    expect(long.event.received).toHaveLength(256)
    const many = await refused({ jwt: jwt({ aud: Array.from({ length: 500 }, (_, index) => `a${index}`) }) })
    expect(many.event.received).toHaveLength(20)
    expect(Object.isFrozen(many.event.received)).toBe(true)
  })

  test('other kinds of value are named by their kind', async () => {
    const { event } = await refused({ jwt: jwt({ acr: { canary: 1 } }), requirements: { acrValues: ['gold'] } })
    expect(event.received).toBe('(object)')
    const { event: none } = await refused({ jwt: jwt({ acr: null }), requirements: { acrValues: ['gold'] } })
    expect(none.received).toBe('null')
  })
})
