import { e1 } from '../support/keys.js'
import {
  b64u,
  CLAIMS,
  claimsText,
  HEADER,
  segmentsOf,
  sign,
  signatureOf,
  signSegments,
  T,
  token,
} from '../support/token.js'
import type { ConformanceCase } from './case.js'
import { bearer, granted, insufficientScope, malformed } from './rows.js'

const [header, payload, signature] = segmentsOf(T)

const signed = (headerText: string | Uint8Array, payloadText: string | Uint8Array = claimsText()): string =>
  sign(headerText, payloadText, e1, 'ES256')

const headerText = (changes: Record<string, unknown> = {}): string => JSON.stringify({ ...HEADER, ...changes })

/** JSON text of an object with these members added as they are written. */
const withMembers = (object: Record<string, unknown>, members: string): string =>
  `${JSON.stringify(object).slice(0, -1)},${members}}`

/** As `withMembers`, in front of the others. */
const membersBefore = (object: Record<string, unknown>, members: string): string =>
  `{${members},${JSON.stringify(object).slice(1)}`

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

/** Another spelling of the same bytes: the bits that the last character has to spare are set. */
function respelt(segment: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = alphabet.indexOf(segment.at(-1) ?? '')
  if (segment.length % 4 === 0) throw new Error('this segment has no bits to spare')
  return segment.slice(0, -1) + alphabet[last + 1]
}

/** A text whose base64url has bits to spare. */
const withSpareBits = (text: string): string => (text.length % 3 === 0 ? `${text} ` : text)

const inStandardAlphabet = (segment: string): string => segment.replaceAll('-', '+').replaceAll('_', '/')

/** A variant of T whose segment has a character in which the two alphabets differ. */
function tokenWithSpecials(segment: 0 | 1 | 2): string {
  for (let i = 0; ; i++) {
    const candidate = sign(headerText({ x: `?${i}>` }), claimsText({ jti: `~${i}?` }), e1, 'ES256')
    if (/[-_]/.test(segmentsOf(candidate)[segment])) return candidate
  }
}

const shapes: ConformanceCase[] = [
  ['an opaque token', 'mF_9.B5f-4.1JqM~x'],
  ['one word', 'abc'],
  ['a dot', '.'],
  ['two dots', '..'],
  ['as many dots as a token may have characters', '.'.repeat(16_384)],
  ['three segments and as many dots as there is room for', `${T}${'.'.repeat(16_384 - T.length)}`],
  ['three segments in front of three others', `${T}.${T}`],
  ['two segments', `${header}.${payload}`],
  ['two segments and a dot: an empty signature', `${header}.${payload}.`],
  ['an empty header', `.${payload}.${signature}`],
  ['an empty payload', sign(headerText(), '', e1, 'ES256')],
  ['four segments', `${T}.${signature}`],
  ['a dot in front', `.${T}`],
  ['a dot at the end', `${T}.`],
  ['a tilde at the end, as an SD-JWT has', `${T}~`],
  ['disclosures, as an SD-JWT has', `${T}~WyJzYWx0IiwiYSIsMV0~`],
  ['the JSON serialization of a JWS, in base64url', b64u(JSON.stringify({ payload, protected: header, signature }))],
  ['a character outside of base64url', `${header}.${payload}~.${signature}`],
].map(
  ([what, credential]): ConformanceCase => ({
    name: `RFC 7519 §7.2: ${what} is not a JWT`,
    rules: ['X08', 'R-7519-7.2-a', 'R-EXT-c', 'A-11', 'A-38', 'A-42'],
    given: bearer(credential),
    expect: malformed,
  }),
)

const jweHeader = b64u('{"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"r1","cty":"JWT"}')
const inside = b64u(sign('{"alg":"none"}', claimsText(), e1, 'none'))
const encrypted: ConformanceCase[] = [
  ['a JWE around an unsigned JWT', `${jweHeader}.AAAA.AAAAAAAAAAAAAAAA.${inside}.AAAAAAAAAAAAAAAAAAAAAA`],
  ['a JWE around claims', `${jweHeader}.AAAA.AAAAAAAAAAAAAAAA.${b64u(claimsText())}.AAAAAAAAAAAAAAAAAAAAAA`],
  ['a JWE under the header of a JWS', `${header}.AAAA.AAAAAAAAAAAAAAAA.${payload}.${signature}`],
  [
    'a compressed JWE of 15 KiB',
    `${b64u('{"alg":"dir","enc":"A256GCM","zip":"DEF"}')}..AAAA.${'A'.repeat(15_000)}.AAAA`,
  ],
  ['a JWE', `${jweHeader}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`],
  [
    'a JWE without an encrypted key',
    `${b64u('{"alg":"dir","enc":"A256GCM"}')}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`,
  ],
  [
    'a compressed JWE',
    `${b64u('{"alg":"dir","enc":"A256GCM","zip":"DEF"}')}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`,
  ],
  [
    'a JWE with a point off the curve',
    `${b64u('{"alg":"ECDH-ES","enc":"A256GCM","epk":{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}}')}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`,
  ],
  [
    'a JWE with an iteration count of two billion',
    `${b64u('{"alg":"PBES2-HS512+A256KW","enc":"A256GCM","p2s":"AAAA","p2c":2000000000}')}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`,
  ],
].map(
  ([what, credential]): ConformanceCase => ({
    name: `RFC 7516 §3.1: ${what} is refused without a look inside`,
    rules: ['X08', 'R-7516-a', 'R-8725b-3.3-a', 'A-26', 'A-28', 'A-29'],
    given: bearer(credential),
    expect: malformed,
  }),
)

const spellings: ConformanceCase[] = [
  ['padding after the signature', `${T}=`],
  ['double padding after the signature', `${T}==`],
  ['three characters too many in the signature', `${T}AAA`],
  ['a character too few in the signature', T.slice(0, -1)],
  [
    'a header of 4n + 1 characters',
    signSegments(`${b64u(`${headerText()}${' '.repeat(3 - (headerText().length % 3))}`)}A`, payload, e1, 'ES256'),
  ],
  ['stray bits in the signature', `${header}.${payload}.${respelt(signature)}`],
  ['stray bits in the payload', signSegments(header, respelt(b64u(withSpareBits(claimsText()))), e1, 'ES256')],
  ['stray bits in the header', signSegments(respelt(b64u(withSpareBits(headerText()))), payload, e1, 'ES256')],
  ['the standard alphabet in the signature', tokenWithSpecials(2).replace(/[^.]+$/, inStandardAlphabet)],
  ...([0, 1] as const).map((segment): [string, string] => {
    const segments = segmentsOf(tokenWithSpecials(segment))
    segments[segment] = inStandardAlphabet(segments[segment])
    return [
      `the standard alphabet in the ${segment === 0 ? 'header' : 'payload'}`,
      signSegments(segments[0], segments[1], e1, 'ES256'),
    ]
  }),
].map(
  ([what, credential]): ConformanceCase => ({
    name: `RFC 7515 §2: a token has one spelling; ${what} is refused`,
    rules: ['X08', 'R-7515-2-a', 'R-8725b-3.14-a', 'A-34', 'A-36'],
    given: bearer(credential!),
    expect: malformed,
  }),
)

const badHeaders: ConformanceCase[] = (
  [
    ['is not JSON', '{"alg":"ES256"'],
    ['is an array', '["ES256"]'],
    ['is a string', '"ES256"'],
    ['is null', 'null'],
    ['is a number', '1'],
    ['is empty', '{}'],
    ['has no alg', headerText({ alg: undefined })],
    ['has alg as an inherited member only', '{"__proto__":{"alg":"ES256"},"kid":"e1","typ":"at+jwt"}'],
    ['has a trailing comma', `${headerText().slice(0, -1)},}`],
    ['has a comment', `/**/${headerText()}`],
    ['has single quotes', headerText().replaceAll('"', "'")],
    ['is followed by something', `${headerText()}x`],
    ['is followed by a NUL', `${headerText()}\0`],
    ['begins with a byte order mark', `\ufeff${headerText()}`],
    ['is UTF-16', Buffer.from(headerText(), 'utf16le')],
    ['has invalid UTF-8', Buffer.from(headerText({ x: '\xff' }), 'latin1')],
    ['has alg twice, the bad one first', `{"alg":"none",${headerText().slice(1)}`],
    ['has alg twice, the bad one last', withMembers(HEADER, '"alg":"none"')],
    ['has alg three times', withMembers(HEADER, '"alg":"ES256","alg":"ES256"')],
    ['has kid twice', withMembers(HEADER, '"kid":"e1"')],
    ['has typ twice', membersBefore(HEADER, '"typ":"dpop+jwt"')],
    ['has the empty name twice', withMembers(HEADER, '"":1,"":2')],
    ['has a name twice, once with the escape of a slash', withMembers(HEADER, '"a/b":1,"a\\/b":1')],
    ['has alg twice, once with an escape', withMembers(HEADER, '"\\u0061lg":"none"')],
    ['has a member twice in an inner object', withMembers(HEADER, '"x":{"a":1,"a":1}')],
    ['nests 200 deep', withMembers(HEADER, `"x":${nested(200)}`)],
    ['nests 1,000 deep', withMembers(HEADER, `"x":${nested(1000)}`)],
    ['has a kid that is a number', headerText({ kid: 1 })],
    ['has a kid that is an array', headerText({ kid: ['e1'] })],
    ['has a kid that is an object', headerText({ kid: { toString: 'e1' } })],
    ['has a kid that is null', headerText({ kid: null })],
    ['has a kid that is true', headerText({ kid: true })],
    ['has a kid of 8 KiB', headerText({ kid: 'k'.repeat(8192) })],
    ['has a kid of 40 KiB', headerText({ kid: 'k'.repeat(40 * 1024) })],
    ['compresses', headerText({ zip: 'DEF' })],
    ['compresses with null', headerText({ zip: null })],
    ['has b64 as false', headerText({ b64: false })],
    ['has b64 as true', headerText({ b64: true })],
    ['has b64 as false and critical', headerText({ crit: ['b64'], b64: false })],
  ] as const
).map(
  ([what, text]): ConformanceCase => ({
    name: `RFC 7515 §4: a header that ${what} is refused`,
    rules: ['X08', 'R-7515-4-a', 'R-8725b-3.7-a', 'R-7797-7-a', 'R-STR-a', 'A-25', 'A-32', 'A-40'],
    given: bearer(signed(text)),
    expect: malformed,
  }),
)

const critical: ConformanceCase[] = [
  ['["bork"]', '"bork":1'],
  ['["bork"]', '"x":1'],
  ['["bork","bork"]', '"bork":1'],
  ['["exp"]', '"exp":1'],
  ['["exp"]', '"x":1'],
  ['["b64"]', '"b64":true'],
  ['["b64"]', '"b64":false'],
  ['["b64"]', '"x":1'],
  ['["b64","b64"]', '"b64":true'],
  ['["cnf"]', '"cnf":{}'],
  ['["alg"]', '"x":1'],
  ['["alg","kid","typ"]', '"x":1'],
  ['["crit"]', '"x":1'],
  ['[]', '"x":1'],
  ['[1]', '"x":1'],
  ['[null]', '"x":1'],
  ['[["bork"]]', '"bork":1'],
  ['"bork"', '"bork":1'],
  ['""', '"x":1'],
  ['null', '"x":1'],
  ['false', '"x":1'],
  ['0', '"x":1'],
  ['{}', '"x":1'],
  ['{"bork":1}', '"bork":1'],
].map(
  ([crit, beside]): ConformanceCase => ({
    name: `RFC 7515 §4.1.11: crit is refused whatever it says: ${crit} beside ${beside}`,
    rules: ['X08', 'R-7515-4.1.11-a', 'A-30'],
    given: bearer(signed(withMembers(HEADER, `"crit":${crit},${beside}`))),
    expect: malformed,
  }),
)

const extensions: ConformanceCase[] = (
  [
    ['crit spelt with an escape', '"cri\\u0074":["bork"],"bork":1', malformed],
    ['b64 spelt with an escape', '"b6\\u0034":false', malformed],
    ['b64 as null', '"b64":null', malformed],
    ['b64 as a string', '"b64":"true"', malformed],
    ['zip as an empty string', '"zip":""', malformed],
    ['a name that only looks like crit', '"Crit":["bork"],"crit ":["bork"]', granted],
    ['crit inside another member', '"x":{"crit":["bork"],"b64":false}', granted],
  ] as const
).map(([what, members, expect]) => ({
  name: `RFC 7515 §4.1.11: a header with ${what} is ${expect === granted ? 'accepted' : 'refused'}`,
  rules: ['X08', 'R-7515-4.1.11-a', 'R-7797-7-a', 'A-30'],
  given: bearer(signed(withMembers(HEADER, members))),
  expect,
}))

/** RFC 7797 §3: the payload goes as it is, and only those who heed `b64` read it like that. */
const unencodedPayload: ConformanceCase = {
  name: 'RFC 7797 §7: a payload that was signed unencoded is refused',
  rules: ['X08', 'R-7797-7-a', 'R-7515-4.1.11-a', 'A-30'],
  given: bearer(
    `${b64u(headerText({ crit: ['b64'], b64: false }))}.${payload}.${b64u(
      signatureOf(`${b64u(headerText({ crit: ['b64'], b64: false }))}.${claimsText()}`, e1, 'ES256'),
    )}`,
  ),
  expect: malformed,
}

const badPayloads: ConformanceCase[] = (
  [
    ['is not JSON', 'u1'],
    ['is an array', '[]'],
    ['is a string', '"u1"'],
    ['is null', 'null'],
    ['is a number', '1'],
    ['is a JWT', T],
    ['is a JWT in quotes', JSON.stringify(T)],
    ['is cut off', claimsText().slice(0, -1)],
    ['has a trailing comma', `${claimsText().slice(0, -1)},}`],
    ['is followed by another object', `${claimsText()}{}`],
    ['begins with a byte order mark', `\ufeff${claimsText()}`],
    ['begins with a no-break space', `\u00a0${claimsText()}`],
    ['is UTF-16', Buffer.from(claimsText(), 'utf16le')],
    ['is Latin-1', Buffer.from(claimsText({ name: 'J\xfcrgen' }), 'latin1')],
    ['has an overlong slash', Buffer.from(claimsText({ name: '\xc0\xaf' }), 'latin1')],
    ['has a surrogate in UTF-8', Buffer.from(claimsText({ name: '\xed\xa0\x80' }), 'latin1')],
    ['has UTF-8 beyond U+10FFFF', Buffer.from(claimsText({ name: '\xf4\x90\x80\x80' }), 'latin1')],
    ['has aud twice, the right one last', membersBefore(CLAIMS, '"aud":"https://other.test"')],
    ['has aud twice, the right one first', withMembers(CLAIMS, '"aud":"https://other.test"')],
    ['has iss twice', withMembers(CLAIMS, '"iss":"https://as.test"')],
    ['has iss twice, once with an escape', membersBefore(CLAIMS, '"\\u0069ss":"https://other.test"')],
    ['has scope twice', withMembers(CLAIMS, '"scope":"read admin"')],
    ['has exp twice', withMembers(CLAIMS, '"exp":9999999999')],
    ['has nbf twice', withMembers(CLAIMS, '"nbf":0,"nbf":9999999999')],
    ['has sub twice', membersBefore(CLAIMS, '"sub":"u2"')],
    ['has client_id twice', membersBefore(CLAIMS, '"client_id":"c2"')],
    ['has jti twice', membersBefore(CLAIMS, '"jti":"jti-2"')],
    ['has cnf twice', withMembers(CLAIMS, '"cnf":{"jkt":"x"},"cnf":{"jkt":"y"}')],
    ['has a claim three times', withMembers(CLAIMS, '"x":1,"x":1,"x":1')],
    ['has constructor twice', withMembers(CLAIMS, '"constructor":{},"constructor":{}')],
    ['has scope twice, once with an escape', withMembers(CLAIMS, '"sc\\u006fpe":"read admin"')],
    ['has a claim twice, once with its surrogates escaped', withMembers(CLAIMS, '"\u{1f600}":1,"\\ud83d\\ude00":2')],
    ['has a claim twice, once with an escape in capitals', withMembers(CLAIMS, '"\\u004a":1,"\\u004A":2')],
    ['has a number that is no number', withMembers(CLAIMS, '"x":NaN')],
    ['has a number without end', withMembers(CLAIMS, '"x":Infinity')],
    ['has a number beyond all numbers', withMembers(CLAIMS, '"x":1e400')],
    ['has a claim twice in an inner object', withMembers(CLAIMS, '"act":{"sub":"a","sub":"b"}')],
    ['has a claim twice in an object in an array', withMembers(CLAIMS, '"x":[1,{"a":1,"a":2}]')],
    ['has __proto__ twice', withMembers(CLAIMS, '"__proto__":{},"__proto__":{}')],
    ['has a name with a line feed', withMembers(CLAIMS, '"\\n":1')],
    ['has a name with a quote', withMembers(CLAIMS, '"a\\"b":1')],
    ['has a name with a backslash in an inner object', withMembers(CLAIMS, '"act":{"cn\\\\":1}')],
    ['nests 17 deep', withMembers(CLAIMS, `"x":${nested(16)}`)],
    ['nests 1,000 deep', withMembers(CLAIMS, `"x":${nested(1000)}`)],
    ['nests 5,000 deep', withMembers(CLAIMS, `"x":${nested(5000)}`)],
    ['nests objects 1,000 deep', withMembers(CLAIMS, `"x":${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`)],
  ] as const
).map(
  ([what, text]): ConformanceCase => ({
    name: `RFC 7519 §7.2: a payload that ${what} is refused`,
    rules: ['X08', 'R-7515-4-a', 'R-8725b-3.7-a', 'R-STR-a', 'A-32', 'A-40', 'A-42'],
    given: bearer(signed(headerText(), text)),
    expect: malformed,
  }),
)

const nestedJwt: ConformanceCase = {
  name: 'RFC 7519 §5.2: a JWT inside a JWT is not looked for',
  rules: ['X08', 'A-42'],
  given: bearer(signed(headerText({ cty: 'JWT' }), T)),
  expect: malformed,
}

const forgedDepth: ConformanceCase = {
  name: 'RFC 8259 §9: depth is bounded before the signature is looked at',
  rules: ['X08', 'R-STR-a', 'A-40'],
  given: bearer(`${b64u(withMembers(HEADER, `"x":${nested(1400)}`))}.${payload}.${signature}`),
  expect: malformed,
}

const admin = { routes: { '/v1/admin': { scopes: ['admin'] } } }

const harmless: ConformanceCase[] = [
  {
    name: 'RFC 8259 §2: white space between the tokens of JSON is part of no value',
    rules: ['R-7515-4-a'],
    given: bearer(signed(JSON.stringify(HEADER, null, 2), ` \t\r\n${JSON.stringify(CLAIMS, null, '\t')}\n`)),
    expect: granted,
  },
  {
    name: 'RFC 7515 §4: one name in two objects is not a duplicate',
    rules: ['R-7515-4-a'],
    given: bearer(token({ claims: { act: { sub: 'a', act: { sub: 'b' } }, list: [{ sub: 'c' }, { sub: 'd' }] } })),
    expect: granted,
  },
  {
    name: 'RFC 7515 §4: text that looks like a member is not one',
    rules: ['R-7515-4-a'],
    given: bearer(token({ claims: { note: '","sub":"u2","a":{"b":[":{' } })),
    expect: granted,
  },
  {
    name: 'RFC 8725 §3.7: claims may have every character of Unicode',
    rules: ['R-8725b-3.7-a'],
    given: bearer(token({ claims: { sub: 'J\u00fcrgen \u6f22 \u{1f600} \u2028 \ufeff' } })),
    expect: { status: 200, subject: 'J\u00fcrgen \u6f22 \u{1f600} \u2028 \ufeff' },
  },
  {
    name: 'RFC 8259 §9: ordinary nesting is accepted',
    rules: ['R-STR-a'],
    given: bearer(signed(headerText(), withMembers(CLAIMS, `"x":${nested(14)}`))),
    expect: granted,
  },
  {
    name: 'RFC 7515 §4: header parameters that mean nothing to us are ignored',
    rules: ['R-7515-4-a'],
    given: bearer(token({ header: { cty: 'x', x: [1, { y: null }] } })),
    expect: granted,
  },
]

const prototypes: ConformanceCase[] = [
  {
    name: 'RFC 7519 §4: a claim called __proto__ grants nothing',
    rules: ['R-STR-b', 'A-41a'],
    setup: admin,
    given: bearer(signed(headerText(), withMembers(CLAIMS, '"__proto__":{"scope":"admin","admin":true}')), {
      target: '/v1/admin',
    }),
    expect: insufficientScope('admin'),
  },
  {
    name: 'RFC 7519 §4: claims called __proto__, constructor and prototype do not reach the application',
    rules: ['R-STR-b', 'A-41a'],
    given: bearer(
      signed(
        headerText(),
        withMembers(
          CLAIMS,
          '"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"prototype":{"admin":true},"act":{"__proto__":{"admin":true}}',
        ),
      ),
    ),
    expect: granted,
  },
  {
    name: 'RFC 7519 §4: iss is not read from __proto__',
    rules: ['R-STR-b', 'A-41a'],
    given: bearer(
      signed(headerText(), withMembers({ ...CLAIMS, iss: undefined }, '"__proto__":{"iss":"https://as.test"}')),
    ),
    expect: { ...malformed, reason: 'missing_claim' },
  },
]

export const structure: readonly ConformanceCase[] = [
  ...shapes,
  ...encrypted,
  ...spellings,
  ...badHeaders,
  ...critical,
  ...extensions,
  unencodedPayload,
  ...badPayloads,
  nestedJwt,
  forgedDepth,
  ...harmless,
  ...prototypes,
]
