import { A, I, NOW } from '../support/fixture.js'
import { e1, strangerEc } from '../support/keys.js'
import { claimsText, HEADER, type Members, sign, token } from '../support/token.js'
import type { Setup } from '../support/world.js'
import type { ConformanceCase, Expectation } from './case.js'
import {
  authorization,
  bearer,
  granted,
  insufficientScope,
  invalidToken,
  malformed,
  unsupportedScheme,
} from './rows.js'

const expired = invalidToken('expired')
const notYetValid = invalidToken('not_yet_valid')
const missing = invalidToken('missing_claim')
const wrongAudience = invalidToken('audience')
const unknownIssuer = invalidToken('unknown_issuer')
const unproven = invalidToken('unproven_confirmation')

const withTolerance = (clockTolerance: number): Setup => ({ options: { clockTolerance } })
const exact = withTolerance(0)
const tolerant = withTolerance(30)
const mostTolerant = withTolerance(300)
const strict: Setup = { options: { profile: 'rfc9068' } }

/** T with one claim written as raw JSON, for numbers that JavaScript cannot write. */
const withRaw = (claim: string, raw: string): string =>
  sign(JSON.stringify(HEADER), `${claimsText({ [claim]: undefined }).slice(0, -1)},"${claim}":${raw}}`, e1, 'ES256')

const times: ConformanceCase[] = (
  [
    [exact, { exp: NOW + 1 }, granted],
    [exact, { exp: NOW }, expired],
    [exact, { exp: NOW - 1 }, expired],
    [exact, { exp: NOW + 0.5 }, granted],
    [exact, { exp: NOW - 0.5 }, expired],
    [undefined, { exp: NOW - 9 }, granted],
    [undefined, { exp: NOW - 10 }, expired],
    [undefined, { exp: NOW - 11 }, expired],
    [tolerant, { exp: NOW - 29 }, granted],
    [tolerant, { exp: NOW - 30 }, expired],
    [mostTolerant, { exp: NOW - 299 }, granted],
    [mostTolerant, { exp: NOW - 300 }, expired],
    [undefined, { exp: 0 }, expired],
    [undefined, { exp: NOW + 10 * 365 * 86_400 }, granted],
    [exact, { nbf: NOW }, granted],
    [exact, { nbf: NOW + 1 }, notYetValid],
    [undefined, { nbf: NOW + 10 }, granted],
    [undefined, { nbf: NOW + 11 }, notYetValid],
    [undefined, { nbf: NOW + 120 }, notYetValid],
    [undefined, { nbf: 0 }, granted],
    [exact, { iat: NOW }, granted],
    [exact, { iat: NOW + 1 }, notYetValid],
    [undefined, { iat: NOW + 10 }, granted],
    [undefined, { iat: NOW + 11 }, notYetValid],
    [undefined, { iat: undefined }, granted],
    [undefined, { iat: NOW - 10 * 365 * 86_400 }, granted],
  ] as const
).map(([setup, claims, expect]: readonly [Setup | undefined, Members, Expectation]) => ({
  name: `RFC 7519 §4.1: ${relative(claims)}, with a tolerance of ${setup?.options?.clockTolerance ?? 10} s: ${outcome(expect)}`,
  rules: ['X10', 'R-7519-4.1.4-a', 'R-7519-4.1.5-a', 'R-IAT', 'R-SKEW', 'R-NUM', 'A-43', 'A-46'],
  ...(setup && { setup }),
  given: bearer(token({ claims })),
  expect,
}))

const betweenSeconds: Setup = { options: { clockTolerance: 0, clock: () => NOW * 1000 + 700 } }
const fractions: ConformanceCase[] = [
  {
    name: 'RFC 7519 §2: an expiry half a second ago has passed',
    rules: ['X10', 'R-7519-4.1.4-a', 'R-NUM'],
    setup: betweenSeconds,
    given: bearer(token({ claims: { exp: NOW + 0.5 } })),
    expect: expired,
  },
  {
    name: 'RFC 7519 §2: an expiry a moment ahead has not passed',
    rules: ['R-7519-4.1.4-a', 'R-NUM'],
    setup: betweenSeconds,
    given: bearer(token({ claims: { exp: NOW + 0.9 } })),
    expect: granted,
  },
]

function relative(claims: Members): string {
  const [[name, value]] = Object.entries(claims) as [[string, number | undefined]]
  if (value === undefined) return `no ${name}`
  if (value === 0) return `${name} at the epoch`
  return value < NOW ? `${name} ${NOW - value} s ago` : `${name} ${value - NOW} s ahead`
}

function outcome(expect: Expectation): string {
  return 'reason' in expect ? expect.reason : 'accepted'
}

const rawTimes: ConformanceCase[] = ['exp', 'nbf', 'iat'].flatMap((claim) =>
  [
    `"${NOW + 300}"`,
    '""',
    'null',
    'true',
    'false',
    `[${NOW}]`,
    '[]',
    '{}',
    '-1',
    '-0.5',
    '1e400',
    '-1e400',
    '9007199254740993',
    '1e18',
    '"9999999999"',
    '"Infinity"',
    '"2030-01-01T00:00:00Z"',
    `[${NOW + 300}]`,
    `[[${NOW + 300}]]`,
    `{"valueOf":${NOW + 300}}`,
    // No numbers of JSON at all: the payload as a whole is refused.
    'NaN',
    'Infinity',
    '-Infinity',
    `+${NOW + 300}`,
    `0${NOW + 300}`,
    '0x7fffffffff',
    `${NOW + 300}.`,
    `${NOW + 300}n`,
  ].map((raw) => ({
    name: `RFC 7519 §2: ${claim} ${raw} is no NumericDate`,
    rules: ['X10', 'R-NUM', 'A-44', 'A-46'],
    given: bearer(withRaw(claim, raw)),
    expect: malformed,
  })),
)

const otherSpellings: ConformanceCase[] = (
  [
    [`${NOW + 300}.0`, granted],
    ['1.8000003e9', granted],
    ['18000003E+2', granted],
    ['1.5', expired],
    ['-0', expired],
    ['1e-400', expired],
    ['9007199254740991', granted],
  ] as const
).map(([raw, expect]) => ({
  name: `RFC 7519 §2: exp ${raw} is a NumericDate: ${outcome(expect)}`,
  rules: ['X10', 'R-NUM', 'A-44'],
  given: bearer(withRaw('exp', raw)),
  expect,
}))

const required: ConformanceCase[] = [
  ...['iss', 'aud', 'exp'].map((claim) => ({
    name: `RFC 9068 §2.2: a token without ${claim} is refused`,
    rules: ['X10', 'R-9068-2.2-a', 'R-7519-4.1.4-a', 'A-44', 'A-48', 'A-50'],
    given: bearer(token({ claims: { [claim]: undefined } })),
    expect: missing,
  })),
  ...['sub', 'client_id', 'iat', 'jti'].flatMap((claim): ConformanceCase[] => [
    {
      name: `RFC 9068 §2.2: under the profile rfc9068 a token without ${claim} is refused`,
      rules: ['X10', 'R-9068-2.2-a', 'R-IAT'],
      setup: strict,
      given: bearer(token({ claims: { [claim]: undefined } })),
      expect: missing,
    },
    {
      name: `RFC 9068 §2.2: by default a token without ${claim} is accepted`,
      rules: ['R-9068-2.2-a', 'R-IAT'],
      given: bearer(token({ claims: { [claim]: undefined } })),
      expect: { status: 200, subject: claim === 'sub' ? undefined : 'u1' },
    },
  ]),
  {
    name: 'RFC 9068 §2.2: under the profile rfc9068 a token with everything is accepted',
    rules: ['R-9068-2.2-a'],
    setup: strict,
    given: bearer(token()),
    expect: granted,
  },
  ...['sub', 'client_id', 'jti'].map((claim) => ({
    name: `RFC 9068 §2.2: under the profile rfc9068 an empty ${claim} is refused`,
    rules: ['X10', 'R-9068-2.2-a'],
    setup: strict,
    given: bearer(token({ claims: { [claim]: '' } })),
    expect: malformed,
  })),
  ...['sub', 'client_id', 'jti'].flatMap((claim) =>
    [null, 1, true, ['u1'], { id: 'u1' }].map((value) => ({
      name: `RFC 9068 §2.2: ${claim} ${JSON.stringify(value)} is not a string`,
      rules: ['X10', 'R-9068-2.2-a'],
      given: bearer(token({ claims: { [claim]: value } })),
      expect: malformed,
    })),
  ),
]

const audiences: ConformanceCase[] = (
  [
    [A, granted],
    [[A], granted],
    [['https://other.test', A], granted],
    [[A, 'https://other.test'], granted],
    [`${A}/`, wrongAudience],
    [`${A}.evil.test`, wrongAudience],
    ['https://api.test/v', wrongAudience],
    ['https://api.test', wrongAudience],
    [`${A}/sub`, wrongAudience],
    ['HTTPS://api.test/v1', wrongAudience],
    ['https://API.test/v1', wrongAudience],
    ['https://api.test:443/v1', wrongAudience],
    ['https://api.test/%761', wrongAudience],
    [`${A}%20`, wrongAudience],
    [`${A} `, wrongAudience],
    [` ${A}`, wrongAudience],
    [`${A}\0`, wrongAudience],
    [`${A}#`, wrongAudience],
    [`${A}?`, wrongAudience],
    [`${A} https://other.test`, wrongAudience],
    [`${A},https://other.test`, wrongAudience],
    ['https://\u0430pi.test/v1', wrongAudience],
    ['.*', wrongAudience],
    ['*', wrongAudience],
    ['https://*.test/v1', wrongAudience],
    ['', wrongAudience],
    [[], wrongAudience],
    [[''], wrongAudience],
    [[`${A}/`, 'https://other.test'], wrongAudience],
    [I, wrongAudience],
    ['c1', wrongAudience],
    ['__proto__', wrongAudience],
    [`${A}\n`, wrongAudience],
    [`\t${A}`, wrongAudience],
    [`${A};${A}`, wrongAudience],
    [`"${A}"`, wrongAudience],
    [`["${A}"]`, wrongAudience],
    ['https://api.test/V1', wrongAudience],
    ['https://api.test//v1', wrongAudience],
    ['https://api.test/./v1', wrongAudience],
    ['https://u@api.test/v1', wrongAudience],
    ['api.test/v1', wrongAudience],
    ['^https://api\\.test/v1$', wrongAudience],
    ['https://upstream.test', wrongAudience],
    [['c1', I], wrongAudience],
    [[A, A], granted],
    [{ length: 1, 0: A }, malformed],
    [[A, true], malformed],
    [[A, {}], malformed],
    [[A, []], malformed],
    [[A, [A]], malformed],
    [null, malformed],
    [1, malformed],
    [true, malformed],
    [{}, malformed],
    [{ 0: A }, malformed],
    [{ toString: A }, malformed],
    [{ [A]: true }, malformed],
    [[[A]], malformed],
    [[A, 1], malformed],
    [[A, null], malformed],
    [[null], malformed],
    [[{ aud: A }], malformed],
  ] as const
).map(([aud, expect]) => ({
  name: `RFC 9068 §4: aud ${JSON.stringify(aud)}: ${outcome(expect)}`,
  rules: ['X10', 'R-9068-4-d', 'R-8707-2-a', 'R-MCP-4', 'R-8725b-3.8-a', 'A-48', 'A-168'],
  given: bearer(token({ claims: { aud } })),
  expect,
}))

const both: Setup = { options: { audience: [A, 'https://api.test/v2'] } }
const severalAudiences: ConformanceCase[] = (
  [
    [A, granted],
    ['https://api.test/v2', granted],
    [['https://other.test', 'https://api.test/v2'], granted],
    ['https://api.test/v3', wrongAudience],
    [`${A},https://api.test/v2`, wrongAudience],
    [[[A, 'https://api.test/v2']], malformed],
  ] as const
).map(([aud, expect]) => ({
  name: `RFC 9068 §4: for an API of two identifiers, aud ${JSON.stringify(aud)}: ${outcome(expect)}`,
  rules: ['X10', 'R-9068-4-d', 'R-8707-2-a'],
  setup: both,
  given: bearer(token({ claims: { aud } })),
  expect,
}))

const issuers: ConformanceCase[] = (
  [
    [`${I}/`, unknownIssuer],
    [`${I}.evil.test`, unknownIssuer],
    ['https://as.test@evil.test', unknownIssuer],
    ['https://evil.test#as.test', unknownIssuer],
    ['https://evil.test/https://as.test', unknownIssuer],
    ['HTTPS://as.test', unknownIssuer],
    ['https://AS.test', unknownIssuer],
    ['https://as.test:443', unknownIssuer],
    ['https://%61s.test', unknownIssuer],
    ['https://\u0430s.test', unknownIssuer],
    ['https://as\uff0etest', unknownIssuer],
    ['https://as\u3002test', unknownIssuer],
    [`${I} `, unknownIssuer],
    [` ${I}`, unknownIssuer],
    [`${I}\0`, unknownIssuer],
    [`${I}\n`, unknownIssuer],
    [`${I}\r\nSet-Cookie: canary=1`, unknownIssuer],
    ['http://as.test', unknownIssuer],
    ['as.test', unknownIssuer],
    ['', unknownIssuer],
    ['__proto__', unknownIssuer],
    ['constructor', unknownIssuer],
    ['toString', unknownIssuer],
    [`${I}.`, unknownIssuer],
    [`${I}#`, unknownIssuer],
    [`${I}?`, unknownIssuer],
    [`${I}/.`, unknownIssuer],
    [`${I}\t`, unknownIssuer],
    [`${I}\u200b`, unknownIssuer],
    [`\ufeff${I}`, unknownIssuer],
    ['https:/as.test', unknownIssuer],
    ['https:\\\\as.test', unknownIssuer],
    ['https://as.test:0443', unknownIssuer],
    ['https://u:p@as.test', unknownIssuer],
    ['https://xn--s-7sb.test', unknownIssuer],
    [`"${I}"`, unknownIssuer],
    [`["${I}"]`, unknownIssuer],
    [`${I},https://evil.test`, unknownIssuer],
    ['prototype', unknownIssuer],
    ['data:application/json,{}', unknownIssuer],
    ['https://[::1]', unknownIssuer],
    ['https://0x7f.1', unknownIssuer],
    ['https://2130706433', unknownIssuer],
    [[I, 'https://evil.test'], malformed],
    [[[I]], malformed],
    [{ toString: I }, malformed],
    [{ length: 1, 0: I }, malformed],
    ['https://evil.test', unknownIssuer],
    ['http://169.254.169.254/latest', unknownIssuer],
    ['https://10.0.0.1', unknownIssuer],
    ['https://[::ffff:7f00:1]', unknownIssuer],
    ['https://as.test.evil/.well-known', unknownIssuer],
    ['file:///etc/passwd', unknownIssuer],
    [[I], malformed],
    [[], malformed],
    [{ iss: I }, malformed],
    [null, malformed],
    [1, malformed],
    [true, malformed],
  ] as const
).map(([iss, expect]) => ({
  name: `RFC 9068 §4: iss ${JSON.stringify(iss)}: ${outcome(expect)}`,
  rules: ['X10', 'R-9068-4-c', 'R-NET-a', 'A-50', 'A-67', 'A-109'],
  given: bearer(token({ claims: { iss } })),
  expect,
}))

const thumbprint = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'
const confirmations: ConformanceCase[] = (
  [
    [{ jkt: thumbprint }, unproven],
    [{ 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' }, unproven],
    [{ jkt: thumbprint, 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' }, unproven],
    [{ jwk: strangerEc.jwk }, unproven],
    [{ kid: 'e1' }, unproven],
    [{ jku: 'https://evil.test/jwks' }, unproven],
    [{ osc: { id: 'x' } }, unproven],
    [{}, malformed],
    [[], malformed],
    [[{ jkt: thumbprint }], malformed],
    [null, malformed],
    ['', malformed],
    [thumbprint, malformed],
    [0, malformed],
    [false, malformed],
    [{ jkt: '' }, malformed],
    [{ jkt: [thumbprint] }, malformed],
    [{ jkt: null }, malformed],
    [{ jkt: 1 }, malformed],
    [{ 'x5t#S256': '' }, malformed],
    [{ 'x5t#S256': null }, malformed],
    [{ jkt: thumbprint, 'x5t#S256': '' }, malformed],
    [{ kid: '' }, malformed],
    [true, malformed],
    [1, malformed],
    [[[]], malformed],
    [{ jkt: true }, malformed],
    [{ jkt: {} }, malformed],
    [{ 'x5t#S256': [thumbprint] }, malformed],
    [{ 'x5t#S256': thumbprint, jkt: '' }, malformed],
    [{ 'x5t#S256': thumbprint, jkt: null }, malformed],
    [{ jkt: thumbprint, kid: '' }, malformed],
    [{ jkt: 'not-a-thumbprint' }, unproven],
    [{ jwk: null }, unproven],
    [{ jwe: 'x' }, unproven],
    [{ 'x5t#s256': thumbprint }, unproven],
    [{ JKT: thumbprint }, unproven],
    [{ 'https://other.test/confirmation': 'x' }, unproven],
  ] as const
).map(([cnf, expect]) => ({
  name: `RFC 7800 §3.1: cnf ${textOf(cnf)}: ${outcome(expect)}`,
  rules: ['X21', 'X23', 'R-8705-b', 'R-8705-c', 'R-9449-7.2-a', 'A-59', 'A-130'],
  given: bearer(token({ claims: { cnf } })),
  expect,
}))

const boundTokens: ConformanceCase[] = [
  {
    name: 'RFC 9449 §7.2: a bound token under Bearer is refused even with a proof beside it',
    rules: ['X21', 'R-9449-7.2-a', 'A-134'],
    given: {
      headers: [
        ['Authorization', `Bearer ${token({ claims: { cnf: { jkt: thumbprint } } })}`],
        ['DPoP', token({ header: { typ: 'dpop+jwt', jwk: strangerEc.jwk }, key: strangerEc })],
      ],
    },
    expect: unproven,
  },
  {
    name: 'RFC 8705 §3: a certificate in a header proves nothing',
    rules: ['X23', 'A-125', 'A-130'],
    given: {
      headers: [
        ['Authorization', `Bearer ${token({ claims: { cnf: { 'x5t#S256': thumbprint } } })}`],
        ['Client-Cert', ':AAAA:'],
        ['X-Client-Cert', 'AAAA'],
        ['X-SSL-Client-Verify', 'SUCCESS'],
      ],
    },
    expect: unproven,
  },
  {
    name: 'RFC 7800 §3.1: a confirmation inside __proto__ does not make a token unbound',
    rules: ['X10', 'A-59', 'A-41a'],
    given: bearer(
      sign(
        JSON.stringify(HEADER),
        `${claimsText().slice(0, -1)},"cnf":{"__proto__":{"jkt":"${thumbprint}"}}}`,
        e1,
        'ES256',
      ),
    ),
    expect: malformed,
  },
]

/** V8 remembers its members, and takes the escape in the name of the next one's for the backslash in this one's. */
const likeConfirmation = `${claimsText().slice(0, -1)},"cn\\\\":1}`

const confirmationElsewhere: ConformanceCase[] = [
  ...['bearer', 'BEARER'].map((scheme) => ({
    name: `RFC 9449 §7.2: a bound token is refused however Bearer is spelt: ${scheme}`,
    rules: ['X21', 'R-9449-7.2-a', 'A-59', 'A-134'],
    given: authorization(`${scheme} ${token({ claims: { cnf: { jkt: thumbprint } } })}`),
    expect: unproven,
  })),
  {
    name: 'RFC 9449 §7.1: a bound token under the scheme DPoP is no credential while DPoP is off',
    rules: ['X02', 'R-9449-7.2-a', 'R-8705-b'],
    given: authorization(`DPoP ${token({ claims: { cnf: { jkt: thumbprint } } })}`),
    expect: unsupportedScheme,
  },
  {
    name: 'RFC 7800 §3.1: a confirmation is found however its name is escaped',
    rules: ['X21', 'R-8705-b', 'A-59'],
    given: bearer(
      sign(
        JSON.stringify(HEADER),
        `${claimsText().slice(0, -1)},"\\u0063nf":{"\\u006akt":"${thumbprint}"}}`,
        e1,
        'ES256',
      ),
    ),
    expect: unproven,
  },
  {
    name: 'RFC 7800 §3.1: a confirmation is found whatever somebody has sent before that is spelt like it',
    rules: ['X21', 'R-8705-b', 'A-59'],
    before: [{ send: bearer(sign(JSON.stringify(HEADER), likeConfirmation, strangerEc, 'ES256')), status: 401 }],
    given: bearer(
      sign(JSON.stringify(HEADER), `${claimsText().slice(0, -1)},"cn\\u0066":{"jkt":"${thumbprint}"}}`, e1, 'ES256'),
    ),
    expect: unproven,
  },
  {
    name: 'RFC 7800 §3.1: a second confirmation that is empty does not make a token unbound',
    rules: ['X08', 'R-8705-c', 'A-32', 'A-59'],
    given: bearer(
      sign(JSON.stringify(HEADER), `${claimsText({ cnf: { jkt: thumbprint } }).slice(0, -1)},"cnf":null}`, e1, 'ES256'),
    ),
    expect: malformed,
  },
  {
    name: 'RFC 7800 §3.1: a token of another type is bound all the same',
    rules: ['X21', 'R-8705-b', 'A-59'],
    given: bearer(token({ header: { typ: 'JWT' }, claims: { cnf: { jkt: thumbprint } } })),
    expect: unproven,
  },
  {
    name: 'RFC 8705 §3: a token that is bound to a certificate is refused where no scope is needed',
    rules: ['X23', 'R-8705-b', 'A-130'],
    given: bearer(token({ claims: { cnf: { 'x5t#S256': thumbprint } } }), { target: '/v1/open' }),
    expect: unproven,
  },
]

const nothingOfIt: ConformanceCase[] = ['sub', 'client_id', 'jti', 'scope', 'name'].map((claim) => ({
  name: `RFC 9700 §4.9.3: what the claim ${claim} says begins no line of a log and comes back nowhere`,
  rules: ['X13', 'R-9700-4.9.3', 'R-OPS-h', 'A-109', 'A-110', 'A-122'],
  given: bearer(
    token({ claims: { [claim]: `canary\r\nSet-Cookie: canary=1\u001b[31m\u2028${'canary'.repeat(500)}` } }),
    { target: '/v1/w' },
  ),
  expect: insufficientScope('write'),
}))

const principals: ConformanceCase[] = [
  {
    name: 'RFC 9068 §5: a subject that is the client is handed over as it is',
    rules: ['R-9700-4.15', 'A-53'],
    given: bearer(token({ claims: { sub: 'c1' } })),
    expect: { status: 200, subject: 'c1', clientId: 'c1', scopes: ['read'] },
  },
  {
    name: 'RFC 8693 §4.1: an actor does not replace the subject',
    rules: ['R-8693-4.1-a'],
    given: bearer(token({ claims: { act: { sub: 'actor', scope: 'write' }, may_act: { sub: 'other' } } })),
    expect: { status: 200, subject: 'u1', clientId: 'c1', scopes: ['read'] },
  },
  {
    name: 'RFC 8693 §4.1: an actor inside of another is read by nobody',
    rules: ['R-8693-4.1-a', 'R-8693-b'],
    given: bearer(
      token({ claims: { act: { sub: 'actor', act: { sub: 'earlier', cnf: { jkt: thumbprint }, scope: 'write' } } } }),
    ),
    expect: granted,
  },
  {
    name: 'RFC 8693 §4.1: an actor of any type is for the application to judge',
    rules: ['R-8693-b'],
    given: bearer(token({ claims: { act: 'actor', may_act: null } })),
    expect: granted,
  },
  {
    name: 'RFC 8693 §4.1: the scope of an actor is not the scope of the token',
    rules: ['X13', 'R-8693-4.1-a'],
    given: bearer(token({ claims: { act: { sub: 'actor', scope: 'write' } } }), { target: '/v1/w' }),
    expect: insufficientScope('write'),
  },
]

/** Several things are wrong at once: which one is told is decided by the order of examination. */
const order: ConformanceCase[] = (
  [
    [
      'an unknown issuer comes before an algorithm',
      { claims: { iss: 'https://evil.test' }, header: { alg: 'HS256' }, key: 'x' },
      unknownIssuer,
    ],
    [
      'an algorithm comes before an unknown key',
      { header: { alg: 'HS256', kid: 'x' }, key: 'x' },
      invalidToken('algorithm'),
    ],
    ['an unknown key comes before the type', { header: { kid: 'x', typ: 'dpop+jwt' } }, invalidToken('unknown_key')],
    ['a signature comes before the type', { header: { typ: 'dpop+jwt' }, key: strangerEc }, invalidToken('signature')],
    ['a signature comes before an expiry', { claims: { exp: 1 }, key: strangerEc }, invalidToken('signature')],
    [
      'the type comes before the claims',
      { header: { typ: 'dpop+jwt' }, claims: { exp: 'x', aud: 'x' } },
      invalidToken('type'),
    ],
    ['a claim of the wrong type comes before the audience', { claims: { exp: 'x', aud: 'x' } }, malformed],
    ['a start of the wrong type comes before the audience', { claims: { nbf: 'x', aud: 'x' } }, malformed],
    ['the audience comes before an expiry', { claims: { exp: 1, aud: 'x' } }, wrongAudience],
    ['an expiry comes before a confirmation', { claims: { exp: 1, cnf: { jkt: thumbprint } } }, expired],
    ['an expiry comes before the scope', { claims: { exp: 1, scope: '' } }, expired],
    ['a confirmation comes before the scope', { claims: { cnf: { jkt: thumbprint }, scope: '' } }, unproven],
  ] as const
).map(([what, spec, expect]) => ({
  name: `RFC 9068 §4: of two things wrong, ${what}`,
  rules: ['X09', 'X10'],
  given: bearer(token(spec)),
  expect,
}))

const orderUnderProfile: ConformanceCase[] = (
  [
    ['the audience comes before a claim of the profile', { jti: undefined, aud: 'x' }, wrongAudience],
    ['an expiry comes before a claim of the profile', { jti: undefined, exp: 1 }, expired],
    ['a claim of the profile comes before a confirmation', { jti: undefined, cnf: { jkt: thumbprint } }, missing],
  ] as const
).map(([what, claims, expect]) => ({
  name: `RFC 9068 §4: of two things wrong, ${what}`,
  rules: ['X10'],
  setup: strict,
  given: bearer(token({ claims })),
  expect,
}))

export const claims: readonly ConformanceCase[] = [
  ...times,
  ...fractions,
  ...rawTimes,
  ...otherSpellings,
  ...required,
  ...audiences,
  ...severalAudiences,
  ...issuers,
  ...confirmations,
  ...boundTokens,
  ...confirmationElsewhere,
  ...nothingOfIt,
  ...principals,
  ...order,
  ...orderUnderProfile,
]

/** As JSON, without the parts of a key, which are others in every run. */
function textOf(cnf: unknown): string {
  return JSON.stringify(cnf, (name, value: unknown) => (name === 'x' || name === 'y' ? '…' : value)).slice(0, 80)
}
