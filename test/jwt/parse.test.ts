import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJwt } from '../../packages/core/src/jwt/parse.js'
import { b64u, HEADER, segmentsOf, T } from '../support/token.js'
import { refusalOf } from './rejection.js'

const [header, payload, signature] = segmentsOf(T)

/** A token of these texts; nothing in it is signed, since nothing here looks at signatures. */
const jwt = (headerText: string, payloadText = '{}', signatureSegment = 'AA'): string =>
  `${b64u(headerText)}.${b64u(payloadText)}.${signatureSegment}`

const nested = (depth: number): string => `{"alg":"ES256","a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`

test('RFC 7515 §7.1: a token is three segments, and what they say comes back unchanged', () => {
  const parsed = parseJwt(jwt('{"alg":"ES256","kid":"e1","x":[1]}', '{"iss":"https://as.test","exp":1.5}', '_-8'))
  expect({
    ...parsed,
    signingInput: Buffer.from(parsed.signingInput).toString(),
    signature: [...parsed.signature],
  }).toEqual({
    headerSegment: 'eyJhbGciOiJFUzI1NiIsImtpZCI6ImUxIiwieCI6WzFdfQ',
    header: { alg: 'ES256', kid: 'e1', x: [1] },
    alg: 'ES256',
    kid: 'e1',
    unverifiedClaims: { iss: 'https://as.test', exp: 1.5 },
    signingInput: 'eyJhbGciOiJFUzI1NiIsImtpZCI6ImUxIiwieCI6WzFdfQ.eyJpc3MiOiJodHRwczovL2FzLnRlc3QiLCJleHAiOjEuNX0',
    signature: [255, 239],
  })
})

test('RFC 7515 §4.1.4: a token without kid has none', () => {
  expect(parseJwt(jwt('{"alg":"ES256"}')).kid).toBeUndefined()
  expect(parseJwt(jwt('{"alg":"ES256","kid":""}')).kid).toBe('')
})

const NOT_THREE = 'invalid_token/malformed: the token is not a JWT: expected three segments'
const BAD_HEADER = 'invalid_token/malformed: the header is not base64url of a well-formed JSON object'
const BAD_PAYLOAD = 'invalid_token/malformed: the payload is not base64url of a well-formed JSON object'
const BAD_SIGNATURE = 'invalid_token/malformed: the signature is empty or not base64url'

describe('RFC 7515 §7.1: three segments', () => {
  test.each([
    ['nothing', ''],
    ['a word', 'abc'],
    ['one dot', '.'],
    ['two dots', '..'],
    ['three dots', '...'],
    ['an empty header', `.${payload}.${signature}`],
    ['one segment', header],
    ['two segments', `${header}.${payload}`],
    ['four segments', `${T}.${signature}`],
    ['four segments, the last one empty', `${T}.`],
    ['a dot in front', `.${T}`],
    ['five segments, as a JWE has', `${header}.AA.AA.AA.AA`],
    ['an empty segment in the middle of four', `${header}..${payload}.${signature}`],
    ['sixteen thousand dots', '.'.repeat(16_000)],
  ])('%s is refused', (_, text) => {
    expect(refusalOf(() => parseJwt(text))).toBe(NOT_THREE)
  })

  test.each([
    ['an empty payload', `${header}..${signature}`, BAD_PAYLOAD],
    ['an empty signature', `${header}.${payload}.`, BAD_SIGNATURE],
    ['padding of the header', `${b64u('{"alg":"ES256"}')}=.${payload}.AA`, BAD_HEADER],
    ['padding of the payload', `${header}.${b64u('{"a":1}')}==.AA`, BAD_PAYLOAD],
    ['padding of the signature', `${header}.${payload}.AA==`, BAD_SIGNATURE],
    ['stray bits in the header', `${b64u('{"alg":"ES256"} ').slice(0, -1)}B.${payload}.AA`, BAD_HEADER],
    ['stray bits in the payload', `${header}.e31.AA`, BAD_PAYLOAD],
    ['stray bits in the signature', `${header}.${payload}.AB`, BAD_SIGNATURE],
    ['a line feed at the end', `${T}\n`, BAD_SIGNATURE],
    ['a space in front', ` ${T}`, BAD_HEADER],
    ['the other alphabet', `${header}.${payload}.+/+/`, BAD_SIGNATURE],
    ['a signature of no possible length', `${header}.${payload}.AAAAA`, BAD_SIGNATURE],
  ])('RFC 7515 §2: %s is refused', (_, text, refusal) => {
    expect(refusalOf(() => parseJwt(text))).toBe(refusal)
  })
})

describe('RFC 7515 §4, RFC 7519 §4: header and payload are one strict JSON object each', () => {
  const notObjects: [string, string][] = [
    ['no JSON', 'abc'],
    ['an array', '["alg"]'],
    ['a string', '"{}"'],
    ['null', 'null'],
    ['a number', '1'],
    ['nothing', ' '],
    ['two objects', '{}{}'],
    ['a byte order mark in front', '\ufeff{"alg":"ES256"}'],
    ['a name twice', '{"alg":"ES256","alg":"ES256"}'],
    ['a name twice, once with an escape', '{"alg":"ES256","\\u0061lg":"ES256"}'],
    ['a name twice in an object inside', '{"alg":"ES256","a":{"b":1,"b":1}}'],
    ['a number that is not finite', '{"alg":"ES256","a":1e400}'],
  ]
  test.each(notObjects)('%s is refused as a header', (_, text) => {
    expect(refusalOf(() => parseJwt(jwt(text)))).toBe(BAD_HEADER)
  })
  test.each(notObjects)('%s is refused as a payload', (_, text) => {
    expect(refusalOf(() => parseJwt(jwt('{"alg":"ES256"}', text)))).toBe(BAD_PAYLOAD)
  })

  test('text that is not UTF-8 is refused in both', () => {
    const latin1 = Buffer.from('{"alg":"ES256","a":"é"}', 'latin1').toString('base64url')
    expect(refusalOf(() => parseJwt(`${latin1}.${payload}.AA`))).toBe(BAD_HEADER)
    expect(refusalOf(() => parseJwt(`${header}.${latin1}.AA`))).toBe(BAD_PAYLOAD)
  })

  test('the header nests at most eight levels, the payload sixteen', () => {
    expect(refusalOf(() => parseJwt(jwt(nested(8), nested(16))))).toBe('passed')
    expect(refusalOf(() => parseJwt(jwt(nested(9))))).toBe(BAD_HEADER)
    expect(refusalOf(() => parseJwt(jwt(nested(8), nested(17))))).toBe(BAD_PAYLOAD)
  })

  test('what comes back has no prototype and no poisonous name', () => {
    const poison = '{"alg":"ES256","__proto__":{"kid":"x","crit":1},"constructor":1,"prototype":1}'
    const parsed = parseJwt(jwt(poison, poison))
    for (const object of [parsed.header, parsed.unverifiedClaims]) {
      expect(Object.keys(object)).toEqual(['alg'])
      expect(Object.getPrototypeOf(object)).toBeNull()
    }
    expect(parsed.kid).toBeUndefined()
  })
})

describe('RFC 7515 §4.1: header parameters', () => {
  test.each([
    ['no alg', '{}', 'invalid_token/malformed: the header has no alg'],
    ['alg as null', '{"alg":null}', 'invalid_token/algorithm: alg is not a string'],
    ['alg as a number', '{"alg":256}', 'invalid_token/algorithm: alg is not a string'],
    ['alg as an array', '{"alg":["ES256"]}', 'invalid_token/algorithm: alg is not a string'],
    ['kid as null', '{"alg":"ES256","kid":null}', 'invalid_token/malformed: kid is not a string'],
    ['kid as a number', '{"alg":"ES256","kid":1}', 'invalid_token/malformed: kid is not a string'],
    ['kid as an object', '{"alg":"ES256","kid":{"toString":"e1"}}', 'invalid_token/malformed: kid is not a string'],
  ])('%s is refused', (_, text, refusal) => {
    expect(refusalOf(() => parseJwt(jwt(text)))).toBe(refusal)
  })

  test.each(['crit', 'b64', 'zip'])('%s is refused whatever its value', (name) => {
    for (const value of [null, true, false, '', 'DEF', [], ['exp'], [name], {}, 0]) {
      const text = JSON.stringify({ alg: 'ES256', [name]: value })
      expect(refusalOf(() => parseJwt(jwt(text)))).toBe('invalid_token/malformed: the header has crit, b64 or zip')
    }
  })

  test('the same names among the claims are claims', () => {
    expect(refusalOf(() => parseJwt(jwt('{"alg":"ES256"}', '{"crit":1,"b64":false,"zip":"DEF"}')))).toBe('passed')
  })

  test('jwk, jku, x5u and x5c say nothing to us', () => {
    const text = JSON.stringify({ ...HEADER, jwk: {}, jku: 'https://evil.test', x5u: 'https://evil.test', x5c: ['AA'] })
    expect(refusalOf(() => parseJwt(jwt(text)))).toBe('passed')
  })
})

describe('sizes, before anything is decoded', () => {
  /** A valid header of exactly so many characters of base64url. */
  const headerOfLength = (length: number): string => b64u(`{"alg":"ES256","x":"${'x'.repeat((length * 3) / 4 - 22)}"}`)

  test('a token of 16 KiB passes, and one more character does not', () => {
    const start = `${b64u('{"alg":"ES256"}')}.e30.`
    const ofLength = (length: number): string => start + 'A'.repeat(length - start.length)
    expect(refusalOf(() => parseJwt(ofLength(16_384)))).toBe('passed')
    expect(refusalOf(() => parseJwt(ofLength(16_385)))).toBe('invalid_token/malformed: the token is longer than 16 KiB')
  })

  test('a header of 4 KiB passes, and one that is longer does not', () => {
    expect(headerOfLength(4096)).toHaveLength(4096)
    expect(refusalOf(() => parseJwt(`${headerOfLength(4096)}.e30.AA`))).toBe('passed')
    expect(refusalOf(() => parseJwt(`${headerOfLength(4100)}.e30.AA`))).toBe(
      'invalid_token/malformed: the header is longer than 4 KiB',
    )
    expect(refusalOf(() => parseJwt(`${headerOfLength(4096)}A.e30.AA`))).toBe(
      'invalid_token/malformed: the header is longer than 4 KiB',
    )
  })
})

const bytesOf = ({ signature }: { signature: Uint8Array }): number[] => [...signature]

test('RFC 8725 §3.14: one character more, less or other never makes another spelling of the same token', () => {
  const parsed = parseJwt(T)
  const character = fc.constantFrom(...'ABCDabcd0123-_.=+/~ \n\t\0"{', '\u0141', '\u00a0')
  const edited = fc
    .tuple(fc.nat(T.length), fc.constantFrom('insert', 'replace', 'remove'), character)
    .map(
      ([at, edit, with_]) =>
        T.slice(0, at) + (edit === 'remove' ? '' : with_) + T.slice(edit === 'insert' ? at : at + 1),
    )
  fc.assert(
    fc.property(edited, (text) => {
      fc.pre(text !== T)
      const outcome = refusalOf(() => {
        const other = parseJwt(text)
        // What passes says something else, so that its signature cannot be good.
        expect([other.signingInput, bytesOf(other)]).not.toEqual([parsed.signingInput, bytesOf(parsed)])
      })
      expect(outcome).toMatch(/^(?:passed$|invalid_token\/(?:malformed|algorithm): )/)
    }),
    { numRuns: 1500 },
  )
})

test('whatever is sent, the answer is a refusal or a token and never another error', () => {
  const texts = ['{}', '{"alg":1}', '{"alg":"ES256","kid":{}}', '{"alg":"x","crit":0}', '[[]]', 'null', '\ufeff{}', '"']
  const segment = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'AB-_=+ \n\0é\ud800'), maxLength: 12 }),
    fc.constantFrom(header, payload, signature, ...texts.map(b64u)),
  )
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 5 }), (segments) => {
      expect(refusalOf(() => parseJwt(segments.join('.')))).toMatch(
        /^(?:passed$|invalid_token\/(?:malformed|algorithm): )/,
      )
    }),
    { numRuns: 500 },
  )
})

test.each(['é', '\u0141', '\u{1f600}', '\ud800'])(
  'RFC 7515 §7.1: a token with %j in any segment is none',
  (character) => {
    for (const place of [1, T.indexOf('.') + 2, T.lastIndexOf('.') + 2]) {
      expect(refusalOf(() => parseJwt(T.slice(0, place) + character + T.slice(place + 1)))).toBe(
        'invalid_token/malformed: the token has characters that are not ASCII',
      )
    }
  },
)
