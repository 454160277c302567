import { I } from '../support/fixture.js'
import { token } from '../support/token.js'
import type { Setup } from '../support/world.js'
import type { ConformanceCase } from './case.js'
import { bearer, granted, invalidToken } from './rows.js'

const wrongType = invalidToken('type')
const strict: Setup = { options: { profile: 'rfc9068' } }

const accessTokenTypes = ['at+jwt', 'AT+JWT', 'At+Jwt', 'application/at+jwt', 'Application/AT+JWT']
const plainTypes = [undefined, 'JWT', 'jwt', 'application/jwt']

const accepted: ConformanceCase[] = [
  ...[...accessTokenTypes, ...plainTypes].map((typ) => ({
    name: `RFC 9068 §4: typ ${typ ?? 'absent'} is accepted by default`,
    rules: ['R-9068-4-a', 'R-LEG'],
    given: bearer(token({ header: { typ } })),
    expect: granted,
  })),
  ...accessTokenTypes.map((typ) => ({
    name: `RFC 9068 §4: typ ${typ} is accepted under the profile rfc9068`,
    rules: ['R-9068-4-a'],
    setup: strict,
    given: bearer(token({ header: { typ } })),
    expect: granted,
  })),
]

const refused: ConformanceCase[] = [
  ...plainTypes.map((typ) => ({
    name: `RFC 9068 §4: typ ${typ ?? 'absent'} is refused under the profile rfc9068`,
    rules: ['X09', 'R-9068-4-a'],
    setup: strict,
    given: bearer(token({ header: { typ } })),
    expect: wrongType,
  })),
  ...[
    'dpop+jwt',
    'logout+jwt',
    'secevent+jwt',
    'token-introspection+jwt',
    'oauth-authz-req+jwt',
    'client-authentication+jwt',
    'kb+jwt',
    'dc+sd-jwt',
    'vc+sd-jwt',
    'vp+jwt',
    'statuslist+jwt',
    'entity-statement+jwt',
    'jwk-set+jwt',
    'id_token',
    'id+jwt',
    'rt+jwt',
    'application/logout+jwt',
    'APPLICATION/SECEVENT+JWT',
    'text/at+jwt',
    'application/at+jwt;v=1',
    'at+jwt,dpop+jwt',
    'at+jwt at+jwt',
    'a\u017ft+jwt',
    '\uff41\uff54+jwt',
    'at%2Bjwt',
    'application/dpop+jwt',
    'at+jwt;v=1',
    'at+jwt; charset=utf-8',
    'x/at+jwt',
    'application/application/at+jwt',
    '/at+jwt',
    'at jwt',
    'at+jwtx',
    'xat+jwt',
    ' at+jwt',
    'at+jwt ',
    'at+jwt\n',
    'at+jwt\0',
    'a\u0442+jwt',
    'JWT ',
    'JWE',
    'JOSE',
    '',
    null,
    1,
    true,
    ['at+jwt'],
    { at: 'jwt' },
  ].flatMap((typ): ConformanceCase[] =>
    [undefined, strict].map((setup) => ({
      name: `RFC 9068 §4: typ ${JSON.stringify(typ)} is refused ${setup === strict ? 'under the profile rfc9068' : 'by default'}`,
      rules: ['X09', 'R-9068-4-a', 'R-9701-b', 'A-42'],
      ...(setup && { setup }),
      given: bearer(token({ header: { typ } })),
      expect: wrongType,
    })),
  ),
]

const marks: readonly (readonly [what: string, claims: Record<string, unknown>])[] = [
  ['an ID token with nonce', { nonce: 'n' }],
  ['an ID token with a nonce that is null', { nonce: null }],
  ['an ID token with a nonce that is empty', { nonce: '' }],
  ['an ID token with at_hash', { at_hash: 'AAAA' }],
  ['an ID token with c_hash', { c_hash: 'AAAA' }],
  ['an ID token with s_hash', { s_hash: 'AAAA' }],
  ['an ID token for the client and the API', { aud: ['c1', 'https://api.test/v1'], nonce: 'n', at_hash: 'AAAA' }],
  ['a logout token', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
  ['a security event token', { events: { 'https://schemas.openid.net/secevent/caep/event-type/session-revoked': {} } }],
  ['a logout token whose events are null', { events: null }],
  ['a token whose use is id', { token_use: 'id' }],
  ['a token whose claim typ is ID', { typ: 'ID' }],
  ['a token whose claim typ is Refresh', { typ: 'Refresh' }],
  ['a DPoP proof', { htm: 'GET', htu: 'https://api.test/v1/r' }],
]

const otherKinds: ConformanceCase[] = [
  ...marks.flatMap(([what, claims]) =>
    [undefined, 'JWT'].map((typ) => ({
      name: `RFC 8725 §3.12: ${what} and typ ${typ ?? 'absent'} is not taken for an access token`,
      rules: ['X09', 'R-LEG', 'R-ID', 'R-9068-KEY', 'A-42', 'A-60'],
      given: bearer(token({ header: { typ }, claims })),
      expect: wrongType,
    })),
  ),
  ...marks.map(([what, claims]) => ({
    name: `RFC 9068 §5: where typ is at+jwt the type alone decides, though the claims are those of ${what}`,
    rules: ['R-LEG'],
    given: bearer(token({ claims })),
    expect: granted,
  })),
  ...(
    [
      ['token_use access', { token_use: 'access' }],
      ['the claim typ Bearer', { typ: 'Bearer' }],
      ['htm without htu', { htm: 'GET' }],
      ['htu without htm', { htu: 'https://api.test/v1/r' }],
      ['azp and auth_time', { azp: 'c1', auth_time: 1 }],
    ] as const
  ).map(([what, claims]) => ({
    name: `RFC 8725 §3.12: ${what} does not make another kind of a plain JWT`,
    rules: ['R-LEG'],
    given: bearer(token({ header: { typ: 'JWT' }, claims })),
    expect: granted,
  })),
  ...(
    [
      ['OpenID Connect Core §2: an ID token without any mark', { aud: 'c1', azp: 'c1', auth_time: 1 }, 'audience'],
      [
        'OpenID Connect Core §2: an ID token with the claims of no API',
        { aud: ['c1'], email: 'u1@as.test' },
        'audience',
      ],
      ['OpenID Connect Core §5.3.2: a signed UserInfo response', { aud: 'c1', exp: undefined }, 'missing_claim'],
      ['JARM §2.1: a signed authorization response', { aud: 'c1', code: 'c', state: 's' }, 'audience'],
      ['RFC 9101 §4: a request object', { iss: 'c1', aud: I, response_type: 'code' }, 'unknown_issuer'],
      ['RFC 7523 §2.2: a client assertion of the client itself', { iss: 'c1', sub: 'c1', aud: I }, 'unknown_issuer'],
      [
        'RFC 9701 §5: an introspection response',
        { exp: undefined, token_introspection: { active: true } },
        'missing_claim',
      ],
      ['RFC 8414 §2.1: signed metadata', { aud: undefined, exp: undefined, jwks_uri: `${I}/jwks` }, 'missing_claim'],
      ['RFC 7591 §2.3: a software statement', { aud: undefined, software_id: 's' }, 'missing_claim'],
    ] as const
  ).flatMap(([what, claims, reason]) =>
    [undefined, 'JWT'].map((typ) => ({
      name: `${what} with typ ${typ ?? 'absent'} is no access token`,
      rules: ['X10', 'R-LEG', 'R-ID', 'A-42', 'A-60', ...(what.includes('RFC 9701') ? ['R-9701-b'] : [])],
      given: bearer(token({ header: { typ }, claims })),
      expect: invalidToken(reason),
    })),
  ),
  {
    name: 'RFC 7523 §3: a client assertion is for the authorization server, not for us',
    rules: ['X10', 'A-42'],
    given: bearer(token({ header: { typ: 'JWT' }, claims: { iss: I, sub: 'c1', aud: I } })),
    expect: invalidToken('audience'),
  },
]

export const tokenTypes: readonly ConformanceCase[] = [...accepted, ...refused, ...otherKinds]
