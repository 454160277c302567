import { segmentsOf, T, token } from '../support/token.js'
import type { ConformanceCase } from './case.js'
import {
  authorization,
  bearer,
  granted,
  malformed,
  malformedCredentials,
  noCredentials,
  severalCredentials,
  unsupportedScheme,
} from './rows.js'

const other = token({ claims: { sub: 'u2', jti: 'jti-2' } })
const form = 'application/x-www-form-urlencoded'

const accepted: ConformanceCase[] = [
  {
    name: 'RFC 6750 §2.1: a token in the Authorization header is accepted',
    rules: ['R-6750-2.1-a', 'R-FAPI-534-a'],
    given: bearer(T),
    expect: { status: 200, subject: 'u1', clientId: 'c1', scopes: ['read'] },
  },
  ...['bearer', 'BEARER', 'bEaReR'].map(
    (scheme): ConformanceCase => ({
      name: `RFC 9110 §11.1: the scheme is compared without case: ${scheme}`,
      rules: ['R-9110-11.1-a'],
      given: authorization(`${scheme} ${T}`),
      expect: granted,
    }),
  ),
  {
    name: 'RFC 6750 §2.1: two spaces may stand between scheme and token',
    rules: ['R-6750-2.1-b'],
    given: authorization(`Bearer  ${T}`),
    expect: granted,
  },
  {
    name: 'RFC 6750 §2.1: many spaces may stand between scheme and token',
    rules: ['R-6750-2.1-b'],
    given: authorization(`Bearer ${' '.repeat(40)}${T}`),
    expect: granted,
  },
  {
    name: 'RFC 9110 §5.5: white space around the field value is not part of it',
    rules: ['A-101'],
    given: authorization(` \t Bearer ${T} \t `),
    expect: granted,
  },
  {
    name: 'RFC 9110 §5.1: the field name is compared without case',
    rules: ['R-EXT-a'],
    given: { headers: [['aUTHORIZATION', `Bearer ${T}`]] },
    expect: granted,
  },
  {
    name: 'RFC 9110 §9.3.2: HEAD with a token is served',
    rules: ['A-114', 'X31'],
    given: bearer(T, { method: 'HEAD' }),
    expect: granted,
  },
  {
    name: 'RFC 9110 §9.3.7: OPTIONS with a token is served',
    rules: ['A-114', 'X31'],
    given: bearer(T, { method: 'OPTIONS' }),
    expect: granted,
  },
  {
    name: 'RFC 9110 §7.2: what a proxy says about host and scheme changes nothing',
    rules: ['A-112'],
    given: {
      headers: [
        ['Authorization', `Bearer ${T}`],
        ['Host', 'evil.test'],
        ['X-Forwarded-Host', 'evil.test, api.test'],
        ['X-Forwarded-Proto', 'http'],
        ['Forwarded', 'host=evil.test;proto=http'],
      ],
    },
    expect: granted,
  },
]

const nothingPresented: ConformanceCase[] = [
  {
    name: 'RFC 6750 §3.1: a request without credentials gets a challenge without an error code',
    rules: ['X01', 'R-6750-3.1-e', 'R-6750-3-a', 'R-9110-15.5.2'],
    given: {},
    expect: noCredentials,
  },
  {
    name: 'RFC 6750 §3.1: so does one to a route that asks for no scope',
    rules: ['X01', 'R-6750-3.1-e'],
    given: { target: '/v1/open' },
    expect: noCredentials,
  },
  {
    name: 'RFC 6750 §3: without credentials the scope of the route is not disclosed',
    rules: ['X01'],
    given: { target: '/v1/w' },
    expect: noCredentials,
  },
  {
    name: 'RFC 9110 §9.3.8: TRACE is authenticated like any other method',
    rules: ['X01', 'X31', 'A-114'],
    given: { method: 'TRACE' },
    expect: noCredentials,
    platformMayRefuse: true,
  },
  {
    name: 'RFC 9110 §9.1: a method in lower case is authenticated like any other',
    rules: ['X01', 'A-114'],
    given: { method: 'get' },
    expect: noCredentials,
    platformMayRefuse: true,
  },
  ...['HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'].map(
    (method): ConformanceCase => ({
      name: `RFC 9110 §15.5.2: ${method} is authenticated like any other method`,
      rules: ['X01', 'X31', 'A-114'],
      given: { method },
      expect: noCredentials,
    }),
  ),
  {
    name: 'CORS: a preflight is authenticated like any request',
    rules: ['X31'],
    given: {
      method: 'OPTIONS',
      headers: [
        ['Origin', 'https://app.test'],
        ['Access-Control-Request-Method', 'GET'],
        ['Access-Control-Request-Headers', 'authorization'],
      ],
    },
    expect: noCredentials,
  },
  {
    name: 'RFC 9110 §9.1: a method named in a header is not the method',
    rules: ['A-114'],
    given: { method: 'POST', headers: [['X-HTTP-Method-Override', 'OPTIONS']] },
    expect: noCredentials,
  },
  {
    name: 'RFC 9110 §9.1: a method named in the query is not the method',
    rules: ['A-114'],
    given: { method: 'POST', target: '/v1/r?_method=OPTIONS', headers: [['X-HTTP-Method', 'OPTIONS']] },
    expect: noCredentials,
  },
  {
    name: 'OAuth 2.1 §5.1: a token in the query is ignored',
    rules: ['X06', 'R-21-5.1-a', 'A-105'],
    given: { target: `/v1/r?access_token=${T}` },
    expect: noCredentials,
  },
  {
    name: 'OAuth 2.1 §5.1: a token in the query as an array is ignored',
    rules: ['X06', 'A-104'],
    given: { target: `/v1/r?access_token[]=${T}&access_token=${T}&access_token=${other}` },
    expect: noCredentials,
  },
  ...(
    [
      ['twice', `access_token=${T}&access_token=${other}`],
      ['in capitals', `ACCESS_TOKEN=${T}`],
      ['as a member', `access_token[token]=${T}`],
      ['under the name token', `token=${T}`],
      ['under the name of the header', `Authorization=Bearer%20${T}`],
    ] as const
  ).map(
    ([how, query]): ConformanceCase => ({
      name: `OAuth 2.1 §5.1: a token in the query ${how} is ignored`,
      rules: ['X06', 'R-21-5.1-a', 'A-104', 'A-105'],
      given: { target: `/v1/r?${query}` },
      expect: noCredentials,
    }),
  ),
  {
    name: 'RFC 6750 §2: a token in the query and one in a form body are ignored both',
    rules: ['X01', 'X05', 'X06', 'A-104'],
    given: {
      method: 'POST',
      target: `/v1/r?access_token=${T}`,
      headers: [['Content-Type', form]],
      body: `access_token=${T}`,
    },
    expect: noCredentials,
  },
  {
    name: 'RFC 6750 §2.2: a token in a body of several parts is ignored',
    rules: ['X01', 'R-6750-2.2-a', 'A-104'],
    given: {
      method: 'POST',
      headers: [['Content-Type', 'multipart/form-data; boundary=part']],
      body: `--part\r\nContent-Disposition: form-data; name="access_token"\r\n\r\n${T}\r\n--part--\r\n`,
    },
    expect: noCredentials,
  },
  {
    name: 'RFC 6750 §2.2: a token in a form body is ignored',
    rules: ['X01', 'R-6750-2.2-a', 'A-104'],
    given: { method: 'POST', headers: [['Content-Type', form]], body: `access_token=${T}` },
    expect: noCredentials,
  },
  {
    name: 'RFC 6750 §2.2: a token in a JSON body is ignored',
    rules: ['X01', 'R-6750-2.2-a', 'A-104'],
    given: { method: 'POST', headers: [['Content-Type', 'application/json']], body: `{"access_token":"${T}"}` },
    expect: noCredentials,
  },
  {
    name: 'RFC 6750 §2.2: a token in the form body of a GET is ignored',
    rules: ['X01', 'R-6750-2.2-a'],
    given: { headers: [['Content-Type', form]], body: `access_token=${T}` },
    expect: noCredentials,
    platformMayRefuse: true,
  },
  {
    name: 'RFC 6750 §5.3: a token in a cookie is ignored',
    rules: ['X01', 'R-6750-5.3-a'],
    given: { headers: [['Cookie', `access_token=${T}; Authorization=Bearer ${T}`]] },
    expect: noCredentials,
  },
  ...['token', 'Bearer', 'id_token', '__Host-access_token', 'session'].map(
    (name): ConformanceCase => ({
      name: `RFC 6750 §5.3: a token in a cookie called ${name} is ignored`,
      rules: ['X01', 'R-6750-5.3-a'],
      given: { headers: [['Cookie', `${name}=${T}`]] },
      expect: noCredentials,
    }),
  ),
  {
    name: 'RFC 6750 §5.3: a token in a second cookie line is ignored',
    rules: ['X01', 'R-6750-5.3-a'],
    given: {
      headers: [
        ['Cookie', 'a=b'],
        ['Cookie', `access_token=${T}`],
      ],
    },
    expect: noCredentials,
  },
  {
    name: 'RFC 9110 §11.7: credentials for a proxy are none for us',
    rules: ['X01', 'R-9449-7.1-h'],
    given: { headers: [['Proxy-Authorization', `Bearer ${T}`]] },
    expect: noCredentials,
  },
  {
    name: 'RFC 9449 §7.1: the DPoP scheme does not work in Proxy-Authorization',
    rules: ['X01', 'R-9449-7.1-h'],
    given: { headers: [['Proxy-Authorization', `DPoP ${T}`]] },
    expect: noCredentials,
  },
  {
    name: 'RFC 9449 §7.1: a proof beside credentials for a proxy grants nothing',
    rules: ['X01', 'R-9449-7.1-b', 'R-9449-7.1-h'],
    given: {
      headers: [
        ['Proxy-Authorization', `DPoP ${T}`],
        ['DPoP', token({ header: { typ: 'dpop+jwt' }, claims: { htm: 'GET', htu: 'https://api.test/v1/r' } })],
      ],
    },
    expect: noCredentials,
  },
  {
    name: 'RFC 9449 §7.1: a proof alone grants nothing',
    rules: ['X01', 'R-9449-7.1-b'],
    given: { headers: [['DPoP', T]] },
    expect: noCredentials,
  },
  {
    name: 'RFC 6750 §2: a token in a header of another name is ignored',
    rules: ['X01'],
    given: {
      headers: [
        ['X-Access-Token', T],
        ['X-Authorization', `Bearer ${T}`],
        ['X-Forwarded-Authorization', `Bearer ${T}`],
        ['Authentication', `Bearer ${T}`],
      ],
    },
    expect: noCredentials,
  },
  ...(
    [
      ['an address inside', ['X-Forwarded-For', '127.0.0.1']],
      ['a real address inside', ['X-Real-IP', '127.0.0.1']],
      ['a forwarded address inside', ['Forwarded', 'for=127.0.0.1;host=api.test;proto=https']],
      ['a user of a proxy', ['X-Forwarded-User', 'u1']],
      ['a remote user', ['Remote-User', 'u1']],
      ['a user who was authenticated elsewhere', ['X-Authenticated-User', 'u1']],
      ['a request that says it is internal', ['X-Internal-Request', 'true']],
      ['a certificate of a client', ['Client-Cert', ':AAAA:']],
      ['a certificate of a client from a mesh', ['X-Forwarded-Client-Cert', 'Hash=AAAA;Subject="CN=u1"']],
    ] as const
  ).map(
    ([what, line]): ConformanceCase => ({
      name: `RFC 9700 §2.3: ${what} does not stand in for a token`,
      rules: ['X01', 'R-9700-2.3', 'R-9700-4.13', 'A-112'],
      given: { headers: [line] },
      expect: noCredentials,
    }),
  ),
  {
    name: 'RFC 6455 §4.1: a request to open a WebSocket is authenticated like any other',
    rules: ['X01', 'R-9700-2.3', 'A-114'],
    given: {
      headers: [
        ['Upgrade', 'websocket'],
        ['Sec-WebSocket-Version', '13'],
        ['Sec-WebSocket-Protocol', `access_token, ${T}`],
      ],
    },
    expect: noCredentials,
  },
  {
    name: 'HTML §9.2: a request for server-sent events is authenticated like any other',
    rules: ['X01', 'R-9700-2.3'],
    given: { headers: [['Accept', 'text/event-stream']] },
    expect: noCredentials,
  },
  {
    name: 'RFC 9700 §2.3: a second request on one connection is authenticated like the first',
    rules: ['X01', 'R-9700-2.3', 'R-MCP-8'],
    given: { precededBy: [bearer(T), bearer(T)] },
    expect: noCredentials,
  },
  {
    name: 'MCP: a session does not stand in for a token',
    rules: ['X01', 'R-MCP-8', 'A-169'],
    given: {
      headers: [['Mcp-Session-Id', 'session-1']],
      precededBy: [
        {
          headers: [
            ['Authorization', `Bearer ${T}`],
            ['Mcp-Session-Id', 'session-1'],
          ],
        },
      ],
    },
    expect: noCredentials,
  },
  {
    name: 'RFC 6750 §3: the challenge does not depend on the host that the client names',
    rules: ['X01', 'A-107', 'A-112'],
    given: {
      headers: [
        ['Host', 'evil.test'],
        ['X-Forwarded-Host', 'evil.test'],
        ['X-Original-URL', '/v1/open'],
      ],
    },
    expect: noCredentials,
  },
]

const anotherWayDoesNotDecide: ConformanceCase[] = [
  {
    name: 'OAuth 2.1 §5.1: beside a token in the header one in the query is ignored',
    rules: ['X06', 'R-21-5.1-a', 'A-104'],
    given: bearer(T, { target: `/v1/r?access_token=${other}` }),
    expect: granted,
  },
  {
    name: 'RFC 6750 §2: beside a token in the header one in the body is not read',
    rules: ['R-6750-2-a', 'X05', 'A-104'],
    given: {
      method: 'POST',
      headers: [
        ['Authorization', `Bearer ${T}`],
        ['Content-Type', form],
      ],
      body: `access_token=${other}`,
    },
    expect: granted,
  },
  {
    name: 'RFC 6750 §5.3: beside a token in the header one in a cookie is ignored',
    rules: ['R-6750-5.3-a'],
    given: {
      headers: [
        ['Cookie', `access_token=${other}`],
        ['Authorization', `Bearer ${T}`],
      ],
    },
    expect: granted,
  },
  {
    name: 'RFC 6750 §2: beside a token in the header one in a JSON body is not read',
    rules: ['R-6750-2-a', 'X05', 'A-104'],
    given: {
      method: 'POST',
      headers: [
        ['Authorization', `Bearer ${T}`],
        ['Content-Type', 'application/json'],
      ],
      body: `{"access_token":"${other}"}`,
    },
    expect: granted,
  },
  {
    name: 'RFC 6750 §2: beside a token in the header those in query, body and cookie are not read',
    rules: ['R-6750-2-a', 'X05', 'X06', 'A-104'],
    given: {
      method: 'POST',
      target: `/v1/r?access_token=${other}`,
      headers: [
        ['Authorization', `Bearer ${T}`],
        ['Cookie', `access_token=${other}`],
        ['Content-Type', form],
      ],
      body: `access_token=${other}&access_token=${T}`,
    },
    expect: granted,
  },
  {
    name: 'RFC 9110 §11.7: beside a token in the header credentials for a proxy are not read',
    rules: ['R-9449-7.1-h'],
    given: {
      headers: [
        ['Proxy-Authorization', `Bearer ${other}`],
        ['Authorization', `Bearer ${T}`],
      ],
    },
    expect: granted,
  },
  ...(
    [
      ['in a cookie', { headers: [['Cookie', `access_token=${T}`]] }],
      ['for a proxy', { headers: [['Proxy-Authorization', `Bearer ${T}`]] }],
      ['in a form body', { method: 'POST', headers: [['Content-Type', form]], body: `access_token=${T}` }],
      ['in the query', { target: `/v1/r?access_token=${T}` }],
    ] as const
  ).map(
    ([where, request]): ConformanceCase => ({
      name: `RFC 6750 §2: a good token ${where} does not save other credentials`,
      rules: ['X02', 'R-6750-5.3-a', 'R-9449-7.1-h', 'A-104'],
      given: {
        ...request,
        headers: [['Authorization', 'Basic dTpw'], ...('headers' in request ? request.headers : [])],
      },
      expect: unsupportedScheme,
    }),
  ),
  {
    name: 'OAuth 2.1 §5.1: a good token in the query does not save a bad one in the header',
    rules: ['X06', 'X08'],
    given: bearer('abc', { target: `/v1/r?access_token=${T}` }),
    expect: malformed,
  },
]

const unsupported: ConformanceCase[] = [
  ['a user name and a password', 'Basic dTpw'],
  ['a Digest response with commas', 'Digest username="u1", realm="api", nonce="n", uri="/v1/r", response="0"'],
  ['Negotiate', 'Negotiate YII='],
  ['an unknown scheme', `Token ${T}`],
  ['an unknown scheme alone', 'Token'],
  ['a scheme that only begins like Bearer', `BearerX ${T}`],
  ['a scheme that Bearer only begins with', `Bear ${T}`],
  ['Bearer and the token in one word', `Bearer${T.replaceAll('.', '')}`],
  ['the DPoP scheme while DPoP is off', `DPoP ${T}`],
  ['the scheme JWT', `JWT ${T}`],
  ['a percent-encoded space as the separator', `Bearer%20${T}`],
  ['a scheme in single quotes', `'Bearer' ${T}`],
  ['a scheme that differs from Bearer in one letter', `Bearar ${T}`],
].map(
  ([what, value]): ConformanceCase => ({
    name: `RFC 6750 §3.1: ${what} counts as no credentials`,
    rules: ['X02', 'R-6750-3.1-d', 'A-101'],
    given: authorization(value!),
    expect: unsupportedScheme,
  }),
)

/** T with one segment padded as the base64 of RFC 4648 §4 would be, or T with a `=` where it needs none. */
function padded(segment: 0 | 1): string {
  const segments = segmentsOf(T)
  segments[segment] += '='.repeat((4 - (segments[segment].length % 4)) % 4 || 1)
  return segments.join('.')
}

const malformedValues: ConformanceCase[] = [
  ['an empty value', ''],
  ['a value of white space only', '   '],
  ['a scheme alone', 'Bearer'],
  ['a scheme and a space', 'Bearer '],
  ['a tab as the separator', `Bearer\t${T}`],
  ['a space and a tab as the separator', `Bearer \t${T}`],
  ['a no-break space as the separator', `Bearer\xa0${T}`],
  ['a no-break space before the token', `Bearer \xa0${T}`],
  ['a no-break space after the token', `Bearer ${T}\xa0`],
  ['a UTF-8 ideographic space as the separator', `Bearer\xe3\x80\x80${T}`],
  ['a colon as the separator', `Bearer:${T}`],
  ['a colon after the scheme', `Bearer: ${T}`],
  ['an equals sign as the separator', `Bearer=${T}`],
  ['a comma after the scheme', `Bearer, ${T}`],
  ['a comma before the scheme', `, Bearer ${T}`],
  ['a scheme in quotes', `"Bearer" ${T}`],
  ['a token in quotes', `Bearer "${T}"`],
  ['a token in angle brackets', `Bearer <${T}>`],
  ['a token as a parameter', `Bearer access_token=${T}`],
  ['a quoted parameter', 'Bearer realm="api"'],
  ['something after the token', `Bearer ${T} x`],
  ['a parameter after the token', `Bearer ${T};x=1`],
  ['a second token after a space', `Bearer ${T} ${other}`],
  ['a comma after the token', `Bearer ${T},`],
  ['a comma list of credentials', `Bearer ${T}, Bearer ${other}`],
  ['a comma list of tokens', `Bearer ${T},${other}`],
  ['padding alone', 'Bearer =='],
  ['padding inside the token', `Bearer ${T.replace('.', '=.')}`],
  ['a header padded as base64 would be', `Bearer ${padded(0)}`],
  ['a payload padded as base64 would be', `Bearer ${padded(1)}`],
  ['a space inside the token', `Bearer ${T.replace('.', ' .')}`],
  ['a tab inside the token', `Bearer ${T.replace('.', '\t.')}`],
  ['percent-encoding', `Bearer ${T.replace('.', '%2E')}`],
  ['the JSON serialization of a JWS', 'Bearer {"payload":"e30","signatures":[]}'],
  ['a scheme with a Latin-1 letter', `B\xe9arer ${T}`],
  ['a scheme with a Cyrillic letter', `B\xd0\xb5arer ${T}`],
  ['a scheme with a long s', `Bea\xc5\xbfrer ${T}`],
  ['a scheme with a Kelvin sign', `\xe2\x84\xaabearer ${T}`],
  ['a scheme with a dotted capital I', `Bear\xc4\xb0er ${T}`],
  ['a scheme with a zero-width space', `Bearer\xe2\x80\x8b ${T}`],
  ['a scheme with a soft hyphen', `Bea\xadrer ${T}`],
  ['a next line character as the separator', `Bearer\x85${T}`],
  ['a scheme in parentheses', `(Bearer) ${T}`],
  ['a scheme with a slash', `Bearer/1.0 ${T}`],
  ['the scheme twice', `Bearer Bearer ${T}`],
  ['the name of the header in its value', `Authorization: Bearer ${T}`],
  ['a token in single quotes', `Bearer '${T}'`],
  ['a scheme with a full-width letter', `\xef\xbc\xa2earer ${T}`],
  ['a byte order mark before the scheme', `\xef\xbb\xbfBearer ${T}`],
  ['a token of Latin-1 letters', 'Bearer t\xf6k\xe9n'],
].map(
  ([what, value]): ConformanceCase => ({
    name: `RFC 6750 §2.1: ${what} is not a well-formed credential`,
    rules: ['X03', 'R-6750-2.1-b', 'R-9110-11.2-a', 'R-6750-3.1-a', 'A-101', 'A-102'],
    given: authorization(value!),
    expect: malformedCredentials,
  }),
)

const controlCharacters: ConformanceCase[] = [
  ['a vertical tab as the separator', `Bearer\x0b${T}`],
  ['a form feed inside the token', `Bearer ${T.replace('.', '\x0c.')}`],
  ['a control character in the scheme', `Bearer\x01 ${T}`],
  ['a delete character after the token', `Bearer ${T}\x7f`],
  ['a NUL after the token', `Bearer ${T}\x00`],
  ['a NUL before the scheme', `\x00Bearer ${T}`],
  ['an escape character inside the token', `Bearer ${T.replace('.', '\x1b.')}`],
  ['a line feed inside the token', `Bearer ${T.replace('.', '\n.')}`],
  ['a value that is continued on a second line', `Bearer\r\n ${T}`],
  ['a value whose token is on a second line', `Bearer ${T.replace('.', '\r\n\t.')}`],
].map(
  ([what, value]): ConformanceCase => ({
    name: `RFC 9110 §5.5: ${what} never passes`,
    rules: ['X03', 'A-101'],
    given: authorization(value!),
    expect: malformedCredentials,
    platformMayRefuse: true,
  }),
)

const fieldNames: ConformanceCase[] = [
  ['a space', 'Authorization '],
  ['a tab', 'Authorization\t'],
  ['a NUL', 'Authorization\0'],
].map(
  ([what, name]): ConformanceCase => ({
    name: `RFC 9112 §5.1: a field name with ${what} before the colon is not ours`,
    rules: ['X01', 'A-101'],
    given: { headers: [[name!, `Bearer ${T}`]] },
    expect: noCredentials,
    platformMayRefuse: true,
  }),
)

const otherNames: ConformanceCase[] = ['Authorization_', 'Authorisation', 'HTTP_AUTHORIZATION', 'X-Authorization'].map(
  (name): ConformanceCase => ({
    name: `RFC 9110 §5.1: a field called ${name} is not Authorization`,
    rules: ['X01', 'R-EXT-a'],
    given: { headers: [[name, `Bearer ${T}`]] },
    expect: noCredentials,
  }),
)

const severalLines: ConformanceCase[] = [
  ['a good and a bad token', `Bearer ${T}`, 'Bearer abc'],
  ['a bad and a good token', 'Bearer abc', `Bearer ${T}`],
  ['the same token twice', `Bearer ${T}`, `Bearer ${T}`],
  ['two good tokens', `Bearer ${T}`, `Bearer ${other}`],
  ['a token and an empty line', `Bearer ${T}`, ''],
  ['an empty line and a token', '', `Bearer ${T}`],
  ['Bearer and Basic', `Bearer ${T}`, 'Basic dTpw'],
  ['Basic and Bearer', 'Basic dTpw', `Bearer ${T}`],
  ['Bearer and DPoP', `Bearer ${T}`, `DPoP ${T}`],
  ['DPoP and Bearer', `DPoP ${T}`, `Bearer ${T}`],
  ['a token and a scheme alone', `Bearer ${T}`, 'Bearer'],
  ['a scheme alone and a token', 'Bearer', `Bearer ${T}`],
  ['two empty lines', '', ''],
  ['a token and white space', `Bearer ${T}`, ' \t '],
].map(
  ([what, first, second]): ConformanceCase => ({
    name: `RFC 9110 §5.3: two Authorization lines are refused: ${what}`,
    rules: ['X04', 'R-9110-5.3-a', 'A-99'],
    given: {
      headers: [
        ['Authorization', first!],
        ['authorization', second!],
      ],
    },
    expect: severalCredentials,
    expectWhenJoined: malformedCredentials,
  }),
)

const threeLines: ConformanceCase = {
  name: 'RFC 9110 §5.3: three Authorization lines are refused, wherever the good one stands',
  rules: ['X04', 'R-9110-5.3-a', 'A-99'],
  given: {
    headers: [
      ['Authorization', 'Bearer abc'],
      ['X-Between', 'a'],
      ['AUTHORIZATION', `Bearer ${T}`],
      ['authorization', 'Basic dTpw'],
    ],
  },
  expect: severalCredentials,
  expectWhenJoined: malformedCredentials,
}

/** A token of exactly that many characters, signed correctly. */
function tokenOfLength(length: number): string {
  for (const x of ['', 'x', 'xx', 'xxx']) {
    const bare = token({ header: { x }, claims: { pad: '' } }).length
    const guess = Math.floor(((length - bare) * 3) / 4)
    for (let size = guess - 3; size <= guess + 3; size++) {
      const candidate = token({ header: { x }, claims: { pad: 'p'.repeat(size) } })
      if (candidate.length === length) return candidate
    }
  }
  throw new Error(`no token has ${length} characters`)
}

const length: ConformanceCase[] = [
  {
    name: 'RFC 9110 §5.4: a token of 16 KiB is accepted',
    rules: ['R-EXT-b'],
    given: bearer(tokenOfLength(16_384)),
    expect: granted,
  },
  {
    name: 'RFC 9110 §5.4: a token of one character more is refused although its signature is right',
    rules: ['X07', 'R-EXT-b', 'A-39'],
    given: bearer(tokenOfLength(16_385)),
    expect: malformed,
  },
  {
    name: 'RFC 9110 §5.4: a credential of 60 KiB is refused',
    rules: ['X07', 'R-EXT-b', 'A-39'],
    given: bearer('a'.repeat(60 * 1024)),
    expect: malformed,
  },
  {
    name: 'RFC 9110 §5.4: a credential of 60,000 characters of token68 is refused',
    rules: ['X07', 'R-EXT-b', 'A-39'],
    given: bearer(`${'~/+._-'.repeat(10_000)}=`),
    expect: malformed,
  },
  {
    name: 'RFC 9110 §5.4: a credential of 60,000 equals signs is refused',
    rules: ['X07', 'R-EXT-b', 'A-39'],
    given: bearer(`a${'='.repeat(60_000)}`),
    expect: malformed,
  },
  {
    name: 'RFC 9110 §5.4: a credential of 60,000 dots is refused',
    rules: ['X07', 'A-38', 'A-39'],
    given: bearer('.'.repeat(60_000)),
    expect: malformed,
  },
]

export const credentials: readonly ConformanceCase[] = [
  ...accepted,
  ...nothingPresented,
  ...anotherWayDoesNotDecide,
  ...unsupported,
  ...malformedValues,
  ...controlCharacters,
  ...fieldNames,
  ...otherNames,
  ...severalLines,
  threeLines,
  ...length,
]
