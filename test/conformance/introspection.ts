import { A, I, NOW } from '../support/fixture.js'
import {
  answer,
  type Behaviour,
  type Behaviours,
  close,
  corruptGzip,
  cutOff,
  distrusted,
  drip,
  flood,
  gzipBomb,
  hang,
  hangAfterHeaders,
  html,
  json,
  metadata,
  redirect,
  refuse,
  reset,
  status,
  text,
} from '../support/jwks-server.js'
import { e1, publicKeys, strangerEc } from '../support/keys.js'
import { b64u, type Members, sign, T, type TokenSpec, token } from '../support/token.js'
import type { Setup } from '../support/world.js'
import type { ConformanceCase, Expectation } from './case.js'
import {
  bearer,
  forbidden,
  granted,
  insufficientAuthentication,
  insufficientScope,
  invalidToken,
  unavailable,
} from './rows.js'

export const OPAQUE = '0f9a6c1e-5a0b-4a53-9d6e-7c2f7b1d83aa'
const SECRET = 'canary-secret-5f0c'
const ENDPOINT = `${I}/introspect`
const OTHER = 'https://other.test'

/** What the server says of a good token. */
const ACTIVE: Members = {
  active: true,
  aud: A,
  sub: 'u1',
  client_id: 'c1',
  scope: 'read',
  iat: NOW,
  exp: NOW + 300,
}
const about = (changes: Members = {}): Behaviour => json({ ...ACTIVE, ...changes })

interface Changes {
  /** To the entry of the issuer. */
  readonly entry?: object
  /** To its introspection. */
  readonly introspection?: object
  readonly options?: NonNullable<Setup['options']>
  readonly routes?: Setup['routes']
  readonly behaviours?: Behaviours
}

const entryOf = ({ entry, introspection }: Changes): any => ({
  issuer: I,
  jwks: { keys: publicKeys },
  introspection: { endpoint: ENDPOINT, clientId: 'api', clientSecret: SECRET, ...introspection },
  ...entry,
})

const asking = (behaviour: Behaviour, changes: Changes = {}): Setup => ({
  issuers: { [I]: { '/introspect': behaviour, ...changes.behaviours } },
  options: { issuer: entryOf(changes), ...changes.options },
  ...(changes.routes && { routes: changes.routes }),
})

const once: readonly string[] = [ENDPOINT]
const twice: readonly string[] = [ENDPOINT, ENDPOINT]

/** [what the server answers of the token, rules, what comes of it] */
type Answered = readonly [what: string, rules: readonly string[], changes: Members, expected: Expectation]

const inactive = invalidToken('inactive')
const NEEDS_READ = insufficientScope('read')

const answered: ConformanceCase[] = (
  [
    ['active and everything that is needed', ['R-7662-2.2-a'], {}, { ...granted, clientId: 'c1', scopes: ['read'] }],
    ['active and more than is needed', ['R-7662-2.2-a'], { username: 'jane', ext: { a: [1] } }, granted],
    ['several audiences, ours among them', ['R-7662-c'], { aud: ['https://b.test', A] }, granted],
    ['the issuer by its name', ['R-7662-c'], { iss: I }, granted],
    ['the type Bearer', ['R-7662-c'], { token_type: 'Bearer' }, granted],
    ['the type bearer in lower case', ['R-7662-c'], { token_type: 'bearer' }, granted],
    ['the type access_token', ['R-7662-c'], { token_type: 'access_token' }, granted],
    ['the use access_token', ['R-7662-c'], { token_use: 'access_token' }, granted],
    ['a nonce, which some servers give access tokens too', ['R-7662-c'], { nonce: 'n' }, granted],
    ['active: false', ['X11', 'R-7662-2.2-b'], { active: false }, inactive],
    ['active: false beside a scope of everything', ['X11', 'A-87'], { active: false, scope: 'admin read' }, inactive],
    ['no active', ['X11', 'A-87'], { active: undefined }, inactive],
    ['active: "true"', ['X11', 'A-87'], { active: 'true' }, inactive],
    ['active: "false"', ['X11', 'A-87'], { active: 'false' }, inactive],
    ['active: 1', ['X11', 'A-87'], { active: 1 }, inactive],
    ['active: {}', ['X11', 'A-87'], { active: {} }, inactive],
    ['active: [true]', ['X11', 'A-87'], { active: [true] }, inactive],
    ['active: null', ['X11', 'A-87'], { active: null }, inactive],
    ['active in capitals', ['X11', 'A-87'], { active: undefined, ACTIVE: true }, inactive],
    ['another audience', ['X10', 'A-93'], { aud: 'https://b.test' }, invalidToken('audience')],
    ['an audience that begins like ours', ['X10', 'A-93'], { aud: `${A}/` }, invalidToken('audience')],
    ['no audience', ['R-7662-d'], { aud: undefined }, invalidToken('missing_claim')],
    ['an audience that is a number', ['R-7662-c'], { aud: 5 }, invalidToken('malformed')],
    ['another issuer', ['R-7662-c'], { iss: OTHER }, invalidToken('unknown_issuer')],
    ['the issuer with a slash more', ['R-7662-c'], { iss: `${I}/` }, invalidToken('unknown_issuer')],
    ['an issuer that is a number', ['R-7662-c'], { iss: 5 }, invalidToken('unknown_issuer')],
    ['no expiry', ['R-7662-c'], { exp: undefined }, invalidToken('missing_claim')],
    ['an expiry that has passed', ['X10', 'R-7662-c'], { exp: NOW - 60 }, invalidToken('expired')],
    ['an expiry as text', ['R-7662-c'], { exp: String(NOW + 300) }, invalidToken('malformed')],
    ['nbf in the future', ['R-7662-c'], { nbf: NOW + 60 }, invalidToken('not_yet_valid')],
    ['iat in the future', ['R-7662-c'], { iat: NOW + 60 }, invalidToken('not_yet_valid')],
    ['a subject that is a number', ['R-7662-c'], { sub: 5 }, invalidToken('malformed')],
    ['no scope', ['R-7662-c'], { scope: undefined }, NEEDS_READ],
    ['an empty scope', ['R-7662-c'], { scope: '' }, NEEDS_READ],
    ['another scope', ['R-7662-c'], { scope: 'write' }, NEEDS_READ],
    ['a scope that is an array', ['R-7662-c'], { scope: ['read'] }, NEEDS_READ],
    ['a scope with a line feed', ['A-92'], { scope: 'read\nX-Injected: 1' }, NEEDS_READ],
    [
      'a key that the token is bound to',
      ['X21', 'R-9449-6.2-a'],
      { cnf: { jkt: 'canary' } },
      invalidToken('unproven_confirmation'),
    ],
    [
      'a certificate that the token is bound to',
      ['X23', 'R-8705-3.2-a'],
      { cnf: { 'x5t#S256': 'canary' } },
      invalidToken('unproven_confirmation'),
    ],
    ['cnf that names no key', ['R-9449-6.2-a'], { cnf: {} }, invalidToken('malformed')],
    ['the type DPoP', ['R-9449-6.2-a'], { token_type: 'DPoP' }, invalidToken('unproven_confirmation')],
    ['a type that nobody knows', ['R-7662-c'], { token_type: 'mac' }, invalidToken('type')],
    ['a type that is no text', ['R-7662-c'], { token_type: 1 }, invalidToken('type')],
    ['a refresh token', ['R-7662-c'], { token_type: 'refresh_token' }, invalidToken('type')],
    ...['refresh_token', 'refresh', 'id_token', 'id'].map(
      (use) =>
        [
          `a token whose use is ${use}`,
          ['R-7662-c'],
          { token_type: 'Bearer', token_use: use },
          invalidToken('type'),
        ] as const,
    ),
    ['an ID token by its typ', ['R-7662-c'], { typ: 'ID' }, invalidToken('type')],
    ['a refresh token by its typ', ['R-7662-c'], { typ: 'Refresh' }, invalidToken('type')],
    ['an ID token by its hash', ['R-7662-c'], { nonce: 'n', at_hash: 'h' }, invalidToken('type')],
    ['members under __proto__', ['A-87'], JSON.parse('{"__proto__":{"active":true},"active":false}'), inactive],
  ] satisfies Answered[]
).map(([what, rules, changes, expected]) => ({
  name: `RFC 7662 §2.2: the server answers ${what}`,
  rules,
  setup: asking(about(changes)),
  given: bearer(OPAQUE),
  expect: expected,
  outbound: once,
}))

/** [what the server does, how often it is asked] */
type Fault = readonly [what: string, behaviour: Behaviour, outbound?: readonly string[], rules?: readonly string[]]

const credentials = ['X27', 'R-7662-2.3-a']
const redirected = ['X26', 'A-89', 'R-7662-g']

const faults: ConformanceCase[] = (
  [
    ['answers 500', status(500), twice],
    ['answers 503', status(503), twice],
    ['answers 429', status(429), twice],
    ['asks to be left alone', answer(429, { 'retry-after': '17' }), once],
    ['asks to be left alone for a day', answer(503, { 'retry-after': '86400' }), once],
    ['answers 404', status(404), once],
    ['answers 201 with a good answer', text(JSON.stringify(ACTIVE), 'application/json', 201), once],
    ['answers 204', answer(204), once],
    [
      'refuses our credentials with 400',
      text('{"error":"invalid_client"}', 'application/json', 400),
      once,
      credentials,
    ],
    [
      'refuses our credentials with 401',
      answer(
        401,
        { 'www-authenticate': 'Basic realm="canary"' },
        '{"error":"invalid_client","error_description":"canary"}',
      ),
      once,
      credentials,
    ],
    ['refuses our credentials with 403', status(403), once, credentials],
    ['redirects with 301', redirect(301, '/elsewhere'), once, redirected],
    ['redirects with 302', redirect(302, '/elsewhere'), once, redirected],
    ['redirects with 307', redirect(307, '/elsewhere'), once, redirected],
    ['redirects with 308', redirect(308, '/elsewhere'), once, redirected],
    ['redirects to another host', redirect(307, 'https://evil.test/introspect'), once, redirected],
    ['answers a page', html, once],
    ['answers JSON as a page', text(JSON.stringify(ACTIVE), 'text/html'), once],
    ['answers JSON as text', text(JSON.stringify(ACTIVE), 'text/plain'), once],
    ['answers JSON of no type', answer(200, {}, JSON.stringify(ACTIVE)), once],
    ['answers nothing', text(''), once],
    ['answers half an answer', text('{"active":true'), once],
    ['answers an array', json([ACTIVE]), once],
    ['answers true', json(true), once],
    ['answers null', json(null), once],
    ['answers active twice', text('{"active":false,"active":true}'), once],
    ['answers an object that nests deeply', text(`{"active":true,"x":${'['.repeat(50)}${']'.repeat(50)}}`), once],
    ['answers 1 MiB without end in sight', flood(1024 * 1024), once],
    ['answers 50 MiB', flood(50 * 1024 * 1024, true), once],
    ['answers few bytes that unpack to many', gzipBomb(10 * 1024 * 1024), once],
    ['answers gzip that is none', corruptGzip, twice],
    ['ends in the middle', cutOff(true), twice],
    ['closes the connection', close, twice],
    ['resets the connection', reset, twice],
    ['does not listen', refuse, twice],
    ['shows a certificate of nobody', distrusted, twice],
  ] satisfies Fault[]
).map(([what, behaviour, outbound, rules = ['X26']]) => ({
  name: `RFC 7662 §2.3: a server that ${what} makes no token invalid`,
  rules,
  setup: asking(behaviour, { behaviours: { '/elsewhere': about() } }),
  given: bearer(OPAQUE),
  expect: unavailable('introspection'),
  outbound,
  within: 4,
}))

const slow: ConformanceCase[] = (
  [
    ['hangs', hang],
    ['hangs after its headers', hangAfterHeaders],
    ['drips', drip],
  ] as const
).map(([what, behaviour]) => ({
  name: `RFC 7662 §2.3: a server that ${what} is waited for no longer than keys.timeout`,
  rules: ['X26', 'A-98'],
  setup: asking(behaviour, { options: { keys: { timeout: 1 } } }),
  before: [],
  given: bearer(OPAQUE),
  expect: unavailable('introspection'),
  outbound: once,
  within: 3,
}))

const opaqueTokens: ConformanceCase[] = (
  [
    ['one that looks like base64', 'mF_9.B5f-4.1JqM'],
    ['one with every character of token68', 'AZaz09-._~+/=='],
    ['one segment of JSON', b64u('{"alg":"ES256"}')],
    ['two segments of a JWT', T.split('.').slice(0, 2).join('.')],
    ['three segments, the first of which is no JSON', `${b64u('none')}.e30.AAAA`],
    ['three segments, the first of which has no alg', `${b64u('{"typ":"JWT"}')}.e30.AAAA`],
    ['three segments, the first of which is an array', `${b64u('["alg"]')}.e30.AAAA`],
    ['an encrypted JWT, which has five segments', `${b64u('{"alg":"dir","enc":"A256GCM"}')}..AAAA.AAAA.AAAA`],
    ['one character', 'x'],
  ] as const
).map(([what, opaque]) => ({
  name: `RFC 6749 §1.4: ${what} is opaque, and its issuer is asked about it`,
  rules: ['R-7662-2.1-a'],
  setup: asking(about()),
  given: bearer(opaque),
  expect: granted,
  outbound: once,
}))

/** Tokens that mean to be JWTs. Whatever is wrong with them, nobody is asked about them. */
const jwts: ConformanceCase[] = (
  [
    ['a good JWT is verified here', T, granted],
    ['a JWT with a bad signature is refused', `${T.slice(0, -8)}AAAAAAAA`, invalidToken('signature')],
    [
      'a JWT of an unknown issuer is refused',
      token({ claims: { iss: 'https://evil.test' } }),
      invalidToken('unknown_issuer'),
    ],
    ['a JWT without iss is refused', token({ claims: { iss: undefined } }), invalidToken('missing_claim')],
    ['an expired JWT is refused', token({ claims: { exp: NOW - 60 } }), invalidToken('expired')],
    ['a JWT for another audience is refused', token({ claims: { aud: 'https://b.test' } }), invalidToken('audience')],
    ['a JWT with alg none is refused', token({ header: { alg: 'none' }, signedAs: 'none' }), invalidToken('malformed')],
    [
      'a JWT whose alg is a number is refused',
      token({ header: { alg: 5 }, signedAs: 'ES256' }),
      invalidToken('algorithm'),
    ],
    ['a JWT without a signature is refused', T.replace(/[^.]*$/, ''), invalidToken('malformed')],
    ['a JWT whose payload is no JSON is refused', token({ payload: 'x' }), invalidToken('malformed')],
    [
      'a JWT whose header names alg twice is refused',
      sign('{"alg":"ES256","alg":"ES256"}', '{}', e1, 'ES256'),
      invalidToken('malformed'),
    ],
    ['a JWT with padding is refused', `${T}=`, invalidToken('malformed')],
    ['an answer about a token is refused', token({ header: { typ: 'token-introspection+jwt' } }), invalidToken('type')],
  ] as const
).map(([what, jwt, expected]) => ({
  name: `RFC 7662 §4: ${what}, and nobody is asked about it`,
  rules: ['R-7662-f', 'R-9701-b'],
  setup: asking(about()),
  given: bearer(jwt),
  expect: expected,
}))

const all = { introspection: { tokens: 'all' } }
const asksAboutAll: ConformanceCase[] = (
  [
    ['a JWT that is active passes', T, about(), granted, once],
    ['a JWT that was revoked is refused', T, about({ active: false }), inactive, once],
    [
      'a JWT whose signature nobody looks at passes by the word of its issuer',
      `${T.slice(0, -8)}AAAAAAAA`,
      about(),
      granted,
      once,
    ],
    ['a JWT is judged by the answer', T, about({ scope: 'write' }), NEEDS_READ, once],
    ['a JWT is not verified here when the server is down', T, status(404), unavailable('introspection'), once],
    [
      'a JWT of an unknown issuer is sent to nobody',
      token({ claims: { iss: 'https://evil.test' } }),
      about(),
      invalidToken('unknown_issuer'),
      [],
    ],
    ['a malformed JWT is sent to nobody', `${T}=`, about(), invalidToken('malformed'), []],
    ['an opaque token is asked about as well', OPAQUE, about(), granted, once],
  ] as const
).map(([what, jwt, behaviour, expected, outbound]) => ({
  name: `RFC 7662 §1: under tokens: 'all' ${what}`,
  rules: ['R-7662-f'],
  setup: asking(behaviour, all),
  given: bearer(jwt),
  expect: expected,
  outbound,
}))

/** An answer signed by the issuer (RFC 9701 §5), with changes. */
const signed = ({ header, claims, ...spec }: TokenSpec = {}, type = 'application/token-introspection+jwt'): Behaviour =>
  text(
    token({
      header: { typ: 'token-introspection+jwt', ...header },
      payload: JSON.stringify({ iss: I, aud: 'api', iat: NOW, token_introspection: ACTIVE, ...claims }),
      ...spec,
    }),
    type,
  )
const wantsSigned = { introspection: { signedResponse: true } }

const signedAnswers: ConformanceCase[] = (
  [
    ['one by the issuer is believed', signed(), granted],
    ['one for several clients, us among them, is believed', signed({ claims: { aud: ['other', 'api'] } }), granted],
    [
      'one that says inactive is believed too',
      signed({ claims: { token_introspection: { active: false } } }),
      inactive,
    ],
    [
      'one with parameters of the media type is believed',
      signed({}, 'Application/Token-Introspection+JWT; charset=utf-8'),
      granted,
    ],
  ] as const
).map(([what, behaviour, expected]) => ({
  name: `RFC 9701 §5: ${what}`,
  rules: ['R-9701-a'],
  setup: asking(behaviour, wantsSigned),
  given: bearer(OPAQUE),
  expect: expected,
  outbound: once,
}))

const badSignedAnswers: ConformanceCase[] = (
  [
    ['one with the type of an access token', signed({ header: { typ: 'at+jwt' } })],
    ['one without a type', signed({ header: { typ: undefined } })],
    ['an access token that calls itself active', signed({ header: { typ: 'at+jwt' }, claims: { ...ACTIVE, iss: I } })],
    ['one for another client', signed({ claims: { aud: 'other' } })],
    ['one for nobody', signed({ claims: { aud: undefined } })],
    ['one of another issuer', signed({ claims: { iss: OTHER } })],
    ['one without iss', signed({ claims: { iss: undefined } })],
    ['one without iat', signed({ claims: { iat: undefined } })],
    ['one of an hour ago', signed({ claims: { iat: NOW - 3600 } })],
    ['one of tomorrow', signed({ claims: { iat: NOW + 86_400 } })],
    [
      'one with the answer at the top level only',
      signed({ claims: { token_introspection: undefined, ...ACTIVE, aud: 'api' } }),
    ],
    ['one whose answer is text', signed({ claims: { token_introspection: JSON.stringify(ACTIVE) } })],
    ['one by another key', signed({ key: strangerEc })],
    ['one with alg none', signed({ header: { alg: 'none' }, signedAs: 'none' })],
    ['plain JSON', about()],
    ['plain JSON that says to be signed', text(JSON.stringify(ACTIVE), 'application/token-introspection+jwt')],
    ['a signed one that says to be JSON', signed({}, 'application/json')],
    ['a signed one of another media type', signed({}, 'application/jwt')],
    ['a signed one of a media type that begins alike', signed({}, 'application/token-introspection+jwtx')],
  ] as const
).map(([what, behaviour]) => ({
  name: `RFC 9701 §5: where answers must be signed, ${what} is no answer`,
  rules: ['R-9701-a', 'R-9701-b', 'A-95', 'X26'],
  setup: asking(behaviour, wantsSigned),
  given: bearer(OPAQUE),
  expect: unavailable('introspection'),
  outbound: once,
}))

const OPENID = '/.well-known/openid-configuration'
const found = { introspection: { endpoint: undefined } }

const settings: ConformanceCase[] = [
  {
    name: 'RFC 8414 §2: without an endpoint in the options it is that of the metadata',
    rules: ['R-7662-2.1-a'],
    setup: asking(about(), {
      ...found,
      behaviours: { [OPENID]: metadata(I, { introspection_endpoint: ENDPOINT }) },
    }),
    before: [{ send: bearer(OPAQUE), status: 200 }],
    given: bearer(OPAQUE),
    expect: granted,
    outbound: once,
  },
  {
    name: 'RFC 8414 §2: an introspection endpoint over http is none',
    rules: ['R-7662-4-a'],
    setup: asking(about(), {
      ...found,
      behaviours: { [OPENID]: metadata(I, { introspection_endpoint: 'http://as.test/introspect' }) },
    }),
    given: bearer(OPAQUE),
    expect: unavailable('metadata'),
    outbound: [`${I}${OPENID}`],
  },
  {
    name: 'RFC 8414 §2: metadata without an introspection endpoint are not blamed on the token',
    rules: ['X26'],
    setup: asking(about(), { ...found, behaviours: { [OPENID]: metadata(I) } }),
    given: bearer(OPAQUE),
    expect: unavailable('metadata'),
    outbound: [`${I}${OPENID}`],
  },
  {
    name: 'RFC 8414 §3.3: metadata of somebody else lead to no introspection endpoint',
    rules: ['R-7662-f'],
    setup: asking(about(), {
      ...found,
      behaviours: { [OPENID]: metadata(OTHER, { introspection_endpoint: ENDPOINT }) },
    }),
    given: bearer(OPAQUE),
    expect: unavailable('metadata'),
    outbound: [`${I}${OPENID}`],
  },
  {
    name: 'RFC 7662 §2.2: audience: null on the entry accepts an answer without an audience',
    rules: ['R-7662-d'],
    setup: asking(about({ aud: undefined }), { entry: { audience: null } }),
    given: bearer(OPAQUE),
    expect: granted,
    outbound: once,
  },
  {
    name: 'RFC 9068 §2: a profile of JWTs asks nothing of an opaque token',
    rules: ['R-7662-c'],
    setup: asking(about(), { entry: { profile: 'rfc9068' } }),
    given: bearer(OPAQUE),
    expect: granted,
    outbound: once,
  },
  {
    name: 'RFC 7662 §2.2: what the entry of the issuer asks of claims is asked of the answer',
    rules: ['R-7662-c'],
    setup: asking(about(), { entry: { claims: { token_use: 'access' } } }),
    given: bearer(OPAQUE),
    expect: invalidToken('claim'),
    outbound: once,
  },
  {
    name: 'RFC 7662 §2.2: scopes are read from the claim that the entry names',
    rules: ['R-7662-c'],
    setup: asking(about({ scope: undefined, permissions: ['read', 'write'] }), {
      entry: { scopeClaims: ['permissions'] },
    }),
    given: bearer(OPAQUE),
    expect: { ...granted, scopes: ['read', 'write'] },
    outbound: once,
  },
  {
    name: 'RFC 9470 §6.2: a stronger authentication is asked for by acr of the answer',
    rules: ['R-9470-6.2'],
    setup: asking(about({ acr: 'silver', auth_time: NOW - 10 }), {
      routes: { '/v1/gold': { acrValues: ['gold'] } },
    }),
    given: bearer(OPAQUE, { target: '/v1/gold' }),
    expect: insufficientAuthentication('acr', 'acr_values="gold"'),
    outbound: once,
  },
  {
    name: 'RFC 9470 §6.2: acr and auth_time of the answer fulfil a route',
    rules: ['R-9470-6.2'],
    setup: asking(about({ acr: 'gold', auth_time: NOW - 10 }), {
      routes: { '/v1/gold': { acrValues: ['gold'], maxAge: 60 } },
    }),
    given: bearer(OPAQUE, { target: '/v1/gold' }),
    expect: granted,
    outbound: once,
  },
  {
    name: 'RFC 7662 §2.2: a claim of the answer is held against a requirement',
    rules: ['R-7662-c'],
    setup: asking(about({ org_id: 'org_2' }), { routes: { '/v1/org': { claims: { org_id: 'org_1' } } } }),
    given: bearer(OPAQUE, { target: '/v1/org' }),
    expect: forbidden('claim'),
    outbound: once,
  },
  {
    name: 'RFC 7662 §2.2: isRevoked is asked about an opaque token as well',
    rules: ['X12'],
    setup: asking(about(), { options: { isRevoked: ({ subject }) => subject === 'u1' } }),
    given: bearer(OPAQUE),
    expect: invalidToken('revoked'),
    outbound: once,
  },
]

const two = (selectIssuer: unknown): Setup => ({
  issuers: { [I]: { '/introspect': about() }, [OTHER]: { '/introspect': about() } },
  options: {
    issuer: [
      entryOf({}),
      { ...entryOf({ introspection: { endpoint: `${OTHER}/introspect` } }), issuer: OTHER },
      { issuer: 'https://third.test', jwks: { keys: publicKeys } },
    ],
    selectIssuer: selectIssuer as () => string,
  },
})

const selected: ConformanceCase[] = (
  [
    ['the one that it names is asked, and no other', () => OTHER, granted, [`${OTHER}/introspect`]],
    ['the first is asked when it names the first', (opaque: string) => (opaque === OPAQUE ? I : OTHER), granted, once],
    ['nobody is asked about a token that is nobody’s', () => undefined, invalidToken('unknown_issuer'), []],
    ['nobody is asked when it names a stranger', () => 'https://evil.test', invalidToken('unknown_issuer'), []],
    [
      'nobody is asked when it names one that takes JWTs only',
      () => 'https://third.test',
      invalidToken('malformed'),
      [],
    ],
    ['a name that is no text is a bug', () => null, { status: 500 }, []],
    [
      'an error is a bug',
      () => {
        throw new Error('no')
      },
      { status: 500 },
      [],
    ],
  ] as const
).map(([what, selectIssuer, expected, outbound]) => ({
  name: `RFC 7662 §4: where selectIssuer chooses, ${what}`,
  rules: ['R-7662-f'],
  setup: two(selectIssuer),
  given: bearer(OPAQUE),
  expect: expected,
  outbound,
}))

const kept = { introspection: { cache: { maxAge: 60 } } }
const nobody: readonly string[] = []

const remembered: ConformanceCase[] = [
  {
    name: 'RFC 7662 §4: without a cache the issuer is asked every time',
    rules: ['R-7662-4-b'],
    setup: asking(about()),
    before: [{ send: bearer(OPAQUE), status: 200 }],
    given: bearer(OPAQUE),
    expect: granted,
    outbound: once,
  },
  {
    name: 'RFC 7662 §4: without a cache a token is refused from the moment at which it is revoked',
    rules: ['A-85'],
    setup: asking(about()),
    before: [{ send: bearer(OPAQUE), status: 200 }, { serve: { '/introspect': about({ active: false }) } }],
    given: bearer(OPAQUE),
    expect: inactive,
    outbound: once,
  },
  {
    name: 'RFC 7662 §4: with a cache nobody is asked within its maxAge',
    rules: ['R-7662-4-b'],
    setup: asking(about(), kept),
    before: [{ send: bearer(OPAQUE), status: 200 }, { advance: 59 }],
    given: bearer(OPAQUE),
    expect: granted,
    outbound: nobody,
  },
  {
    name: 'RFC 7662 §4: a revoked token is refused when maxAge is over',
    rules: ['A-85', 'R-7662-4-b'],
    setup: asking(about(), kept),
    before: [
      { send: bearer(OPAQUE), status: 200 },
      { serve: { '/introspect': about({ active: false }) } },
      { advance: 60 },
    ],
    given: bearer(OPAQUE),
    expect: inactive,
    outbound: once,
  },
  {
    name: 'RFC 7662 §4: no answer is kept past the expiry of its token',
    rules: ['R-7662-4-b'],
    setup: asking(about({ exp: NOW + 5 }), kept),
    before: [
      { send: bearer(OPAQUE), status: 200 },
      { serve: { '/introspect': about({ active: false }) } },
      { advance: 5 },
    ],
    given: bearer(OPAQUE),
    expect: inactive,
    outbound: once,
  },
  {
    name: 'RFC 7662 §4: an inactive answer is kept for a few seconds',
    rules: ['R-7662-e'],
    setup: asking(about({ active: false }), kept),
    before: [{ send: bearer(OPAQUE), status: 401 }, { serve: { '/introspect': about() } }, { advance: 9 }],
    given: bearer(OPAQUE),
    expect: inactive,
    outbound: nobody,
  },
  {
    name: 'RFC 7662 §4: an inactive answer is kept for ten seconds at most',
    rules: ['R-7662-e'],
    setup: asking(about({ active: false }), kept),
    before: [{ send: bearer(OPAQUE), status: 401 }, { serve: { '/introspect': about() } }, { advance: 10 }],
    given: bearer(OPAQUE),
    expect: granted,
    outbound: once,
  },
  {
    name: 'RFC 7662 §4: a failure is not kept',
    rules: ['R-7662-4-b'],
    setup: asking(status(404), kept),
    before: [{ send: bearer(OPAQUE), status: 503 }, { serve: { '/introspect': about() } }],
    given: bearer(OPAQUE),
    expect: granted,
    outbound: once,
  },
  {
    name: 'RFC 7662 §4: what was kept serves through an outage',
    rules: ['R-7662-4-b'],
    setup: asking(about(), kept),
    before: [{ send: bearer(OPAQUE), status: 200 }, { serve: { '/introspect': status(500) } }],
    given: bearer(OPAQUE),
    expect: granted,
    outbound: nobody,
  },
  {
    name: 'RFC 7662 §4: an answer that was kept is held against each route anew',
    rules: ['R-7662-4-b'],
    setup: asking(about(), kept),
    before: [{ send: bearer(OPAQUE), status: 200 }],
    given: bearer(OPAQUE, { target: '/v1/w' }),
    expect: insufficientScope('write'),
    outbound: nobody,
  },
  {
    name: 'RFC 7662 §4: an answer about one token says nothing of another',
    rules: ['R-7662-4-b'],
    setup: asking(about(), kept),
    before: [{ send: bearer(OPAQUE), status: 200 }, { serve: { '/introspect': about({ active: false }) } }],
    given: bearer(`${OPAQUE}b`),
    expect: inactive,
    outbound: once,
  },
  {
    name: 'RFC 7662 §4: a clock that was set back makes no answer good for longer',
    rules: ['R-7662-4-b'],
    setup: asking(about({ iat: NOW - 600 }), kept),
    before: [
      { send: bearer(OPAQUE), status: 200 },
      { serve: { '/introspect': about({ active: false }) } },
      { advance: -1 },
    ],
    given: bearer(OPAQUE),
    expect: inactive,
    outbound: once,
  },
]

/** What a function of the user answers, and what comes of it. */
const functions: ConformanceCase[] = (
  [
    ['an answer', async () => ACTIVE, granted],
    ['an answer without a promise', () => ACTIVE, granted],
    ['that the token is not active', async () => ({ active: false }), inactive],
    ['something truthy', async () => ({ ...ACTIVE, active: 'yes' }), inactive],
    ['an answer for another API', async () => ({ ...ACTIVE, aud: 'https://b.test' }), invalidToken('audience')],
    ['nothing', async () => undefined, unavailable('introspection')],
    ['true', async () => true, unavailable('introspection')],
    ['an array', async () => [ACTIVE], unavailable('introspection')],
    ['a number that no JSON can hold', async () => ({ ...ACTIVE, x: 1n }), unavailable('introspection')],
    [
      'an error',
      async () => {
        throw new Error('down')
      },
      unavailable('introspection'),
    ],
    [
      'an error at once',
      () => {
        throw new Error('down')
      },
      unavailable('introspection'),
    ],
  ] as const
).map(([what, introspect, expected]) => ({
  name: `RFC 7662 §2: a function in place of an endpoint gives ${what}`,
  rules: ['R-7662-2.2-a'],
  setup: { options: { issuer: { ...entryOf({}), introspection: introspect } } },
  given: bearer(OPAQUE),
  expect: expected,
}))

export const introspection: ConformanceCase[] = [
  ...answered,
  ...faults,
  ...slow,
  ...opaqueTokens,
  ...jwts,
  ...asksAboutAll,
  ...signedAnswers,
  ...badSignedAnswers,
  ...settings,
  ...selected,
  ...remembered,
  ...functions,
  {
    name: 'RFC 7662 §2: a function that does not answer is waited for no longer than keys.timeout',
    rules: ['X26'],
    setup: {
      options: { issuer: { ...entryOf({}), introspection: () => new Promise(() => {}) }, keys: { timeout: 1 } },
    },
    before: [],
    given: bearer(OPAQUE),
    expect: unavailable('introspection'),
    within: 3,
  },
]
