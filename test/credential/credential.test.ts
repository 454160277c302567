import { describe, expect, test } from 'vitest'
import { extractCredential } from '../../packages/core/src/credential.js'
import type { RequestLike } from '../../packages/core/src/request.js'
import { refusalOf } from '../jwt/rejection.js'

const withLines = (...lines: string[]): RequestLike => ({
  method: 'GET',
  url: '/',
  headers: {
    get: (name) => (name === 'authorization' ? lines[0] : undefined),
    getLines: (name) => (name === 'authorization' ? lines : []),
  },
})

const withValue = (value: string | null | undefined): RequestLike => ({
  method: 'GET',
  url: '/',
  headers: { get: (name) => (name === 'authorization' ? value : undefined) },
})

/** How a door that sees field lines and one that sees a value refuse; they must agree. */
function refusal(line: string): string {
  const [byLine, byValue] = [withLines(line), withValue(line)].map((request) =>
    refusalOf(() => extractCredential(request)),
  )
  expect(byValue).toBe(byLine)
  return byLine!
}

const tokenIn = (line: string): unknown => extractCredential(withLines(line))

const OTHER_SCHEME = 'unauthenticated/unsupported_scheme: the Authorization scheme is not Bearer'
const NO_SCHEME = 'invalid_request/malformed_credentials: the Authorization header does not start with a scheme'
const NOT_ONE_TOKEN = 'invalid_request/malformed_credentials: what follows the Bearer scheme is not one token'
const SEVERAL = 'invalid_request/several_credentials: the request has several Authorization headers'

describe('RFC 6750 §2.1: Authorization: Bearer', () => {
  test.each([
    ['Bearer abc', 'abc'],
    ['Bearer  abc', 'abc'],
    ['Bearer          abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER abc', 'abc'],
    ['bEaReR abc', 'abc'],
    ['Bearer AZaz09-._~+/', 'AZaz09-._~+/'],
    ['Bearer abc=', 'abc='],
    ['Bearer abc==', 'abc=='],
    ['Bearer a', 'a'],
    ['Bearer ---', '---'],
  ])('%j carries %j', (line, token) => {
    expect(tokenIn(line)).toEqual({ token })
    expect(refusal(line)).toBe('passed')
  })

  test.each([
    'Bearer',
    'bearer',
    'Bearer ',
    'Bearer   ',
    'Bearer abc def',
    'Bearer abc ',
    'Bearer a,b',
    'Bearer abc, Bearer def',
    'Bearer abc,',
    'Bearer =',
    'Bearer =abc',
    'Bearer ab=c',
    'Bearer "abc"',
    'Bearer token=abc',
    'Bearer token="abc"',
    'Bearer abc\t',
    'Bearer \tabc',
    'Bearer abc\u00a0',
    'Bearer \u00a0abc',
    'Bearer abc\n',
    'Bearer abc\0',
    'Bearer é',
    'Bearer abc%20',
    'Bearer {abc}',
    'Bearer abc;',
    'Bearer abc:def',
    'Bearer a@b',
  ])('RFC 9110 §11.2: %j does not carry one token', (line) => {
    expect(refusal(line)).toBe(NOT_ONE_TOKEN)
  })
})

describe('RFC 9110 §11.1: the scheme', () => {
  test.each([
    'Basic dTpw',
    'DPoP abc',
    'Digest username="a"',
    'Negotiate',
    'Bearers abc',
    'XBearer abc',
    'Bear abc',
    'Bearer. abc',
    'bearer|',
    "!#$%&'*+-.^_`|~09AZaz x",
    'Token abc',
    'abc.def.ghi',
    'B\u0065arer2 abc',
  ])('%j is another one', (line) => {
    expect(refusal(line)).toBe(OTHER_SCHEME)
  })

  test.each([
    '',
    ' ',
    ' Bearer abc',
    'Bearer\tabc',
    'Bearer\u00a0abc',
    'Bearer\u2003abc',
    'Bearer,abc',
    'Bearer: abc',
    'Bearer:abc',
    'Bearer=abc',
    'Bearer/abc',
    '"Bearer" abc',
    'Be\u00e4rer abc',
    'Be\u0430rer abc',
    'Bea\u017fer abc',
    '\u212aearer abc',
    '(Bearer) abc',
    'Bearer@ abc',
    '[Bearer] abc',
    '{Bearer} abc',
    'Bearer\n abc',
    'Bearer\0 abc',
    'Bearer\x7f abc',
  ])('%j is none', (line) => {
    expect(refusal(line)).toBe(NO_SCHEME)
  })
})

describe('RFC 9110 §5.3: Authorization comes once', () => {
  test('no line, or a platform that has no value, is no credentials', () => {
    expect(extractCredential(withLines())).toBeUndefined()
    expect(extractCredential(withValue(null))).toBeUndefined()
    expect(extractCredential(withValue(undefined))).toBeUndefined()
  })

  test.each([
    [['Bearer abc', 'Bearer abc']],
    [['Bearer abc', 'Bearer def']],
    [['Basic dTpw', 'Bearer abc']],
    [['Bearer abc', 'Basic dTpw']],
    [['Bearer abc', '']],
    [['', '']],
    [['Basic dTpw', 'Basic dTpw', 'Basic dTpw']],
  ])('%j: several lines are refused whatever they say', (lines) => {
    expect(refusalOf(() => extractCredential(withLines(...lines)))).toBe(SEVERAL)
  })

  test('lines count before the joined value, which a platform may have cut down to one', () => {
    const { method, url } = withLines()
    const headers = { get: () => 'Bearer abc', getLines: () => ['Bearer abc', 'Bearer def'] }
    expect(refusalOf(() => extractCredential({ method, url, headers }))).toBe(SEVERAL)
  })

  test('a web Request whose lines were joined is refused', () => {
    const headers = new Headers()
    headers.append('Authorization', 'Bearer abc')
    headers.append('Authorization', 'Bearer def')
    expect(refusalOf(() => extractCredential(new Request('https://api.test', { headers })))).toBe(NOT_ONE_TOKEN)
  })
})

describe('RFC 9110 §5.3: several lines that arrive as one value, joined by commas', () => {
  test.each([
    'Basic dTpw, Bearer abc',
    'Basic dTpw,Bearer abc',
    'Basic dTpw,\tBearer abc',
    'Basic dTpw, bearer  abc',
    'Basic dTpw, Basic dTpw',
    'Basic dTpw, DPoP abc, Bearer abc',
    'Digest username="a", realm="b", Bearer abc',
    'Digest username="Bearer", Bearer abc',
    'Basic , Bearer abc',
  ])('%j holds a second scheme', (line) => {
    expect(refusal(line)).toBe(
      'invalid_request/malformed_credentials: the Authorization header holds several credentials',
    )
  })

  test.each([
    'Digest username="a", realm="b", nonce="c"',
    'Digest username="a", realm = "b"',
    'Digest username="a, Bearer abc", realm="b"',
    'Digest username="a",realm=b,',
    'Basic dTpw,',
    'Basic dTpw, ',
    'Basic dTpw, Bearer',
    'Basic dTpw, Bearer ',
    'Basic dTpw Bearer abc',
    'AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host;range, Signature=c',
  ])('%j does not', (line) => {
    expect(refusal(line)).toBe(OTHER_SCHEME)
  })

  test('a very long one is judged at once', () => {
    for (const part of [', ', ',a ', ',a', ', a=', ',a  ', '",'])
      expect(refusal(`Basic ${part.repeat(20_000)}`)).toMatch(/^(?:unauthenticated|invalid_request)\//)
  })
})

test('a token of 16 KiB passes, and one more character is an invalid token', () => {
  const ofLength = (length: number): string => `Bearer ${'a'.repeat(length)}`
  expect(refusal(ofLength(16_384))).toBe('passed')
  expect(refusal(ofLength(16_385))).toBe('invalid_token/malformed: the token is longer than 16 KiB')
})

test('RFC 6750 §2.2, §2.3: nothing but that header is asked for', () => {
  const asked: string[] = []
  const headers = {
    get: (name: string) => {
      asked.push(name)
      return null
    },
  }
  refusalOf(() => extractCredential({ method: 'GET', url: '/?access_token=abc', headers }))
  expect(asked).toEqual(['authorization'])
})

test.each<[string, unknown]>([
  ['a request of node:http', { method: 'GET', url: '/', headers: { authorization: 'Bearer abc' } }],
  ['a request without headers', { method: 'GET', url: '/' }],
  ['headers that are null', { headers: null }],
])('%s is no RequestLike: a TypeError that says what to do, and no 401', (_, request) => {
  expect(() => extractCredential(request as RequestLike)).toThrow(
    new TypeError(
      'expected a web Request or a RequestLike; for a request of node:http or Express, pass viewNodeRequest(request)',
    ),
  )
})
