import { I } from '../support/fixture.js'
import {
  type Behaviour,
  type Behaviours,
  close,
  flood,
  html,
  json,
  metadata,
  redirect,
  status,
  text,
} from '../support/jwks-server.js'
import { publicKeys } from '../support/keys.js'
import { token } from '../support/token.js'
import type { Setup } from '../support/world.js'
import type { ConformanceCase } from './case.js'
import { good, issuerWith, keysUrl, type Options, served } from './remote-keys.js'
import { bearer, granted, unavailable } from './rows.js'

const oidc = '/.well-known/openid-configuration'
const oauth = '/.well-known/oauth-authorization-server'
const T1 = `${I}/t1`

/** An issuer known by its name only; its documents are found from there. */
const discovered = (behaviours: Behaviours, issuer: NonNullable<Options['issuer']> = I): Setup =>
  issuerWith({ '/jwks': good, '/elsewhere': metadata(I), ...behaviours }, { issuer })

export const discovery: readonly ConformanceCase[] = [
  {
    name: 'OpenID Connect Discovery §4: the keys are found through the metadata of the issuer',
    rules: ['R-8414-3.1', 'R-8414-3.3'],
    setup: discovered({ [oidc]: metadata(I) }),
    before: [],
    given: served,
    expect: granted,
    outbound: [`${I}${oidc}`, keysUrl],
  },
  {
    name: 'RFC 8414 §3.1: where there is no OpenID Connect metadata, that of OAuth is read',
    rules: ['R-8414-3.1'],
    setup: discovered({ [oauth]: metadata(I) }),
    before: [],
    given: served,
    expect: granted,
    outbound: [`${I}${oidc}`, `${I}${oauth}`, keysUrl],
  },
  {
    name: 'OpenID Connect Discovery §4.1: the well-known path goes behind the path of the issuer',
    rules: ['R-8414-3.1'],
    setup: discovered({ [`/t1${oidc}`]: metadata(T1, { jwks_uri: keysUrl }) }, T1),
    before: [],
    given: bearer(token({ claims: { iss: T1 } })),
    expect: granted,
    outbound: [`${I}/t1${oidc}`, keysUrl],
  },
  {
    name: 'RFC 8414 §3.1: the well-known path goes between the host and the path of the issuer',
    rules: ['R-8414-3.1'],
    setup: discovered({ [`${oauth}/t1`]: metadata(T1, { jwks_uri: keysUrl }) }, T1),
    before: [],
    given: bearer(token({ claims: { iss: T1 } })),
    expect: granted,
    outbound: [`${I}/t1${oidc}`, `${I}${oauth}/t1`, keysUrl],
  },
  {
    name: 'RFC 8414 §3.1: a slash at the end of the issuer is removed first',
    rules: ['R-8414-3.1', 'R-8414-3.3'],
    setup: discovered({ [`${oauth}/t1`]: metadata(`${T1}/`, { jwks_uri: keysUrl }) }, `${T1}/`),
    before: [],
    given: bearer(token({ claims: { iss: `${T1}/` } })),
    expect: granted,
    outbound: [`${I}/t1${oidc}`, `${I}${oauth}/t1`, keysUrl],
  },
  {
    name: 'RFC 8414 §3: a configured metadata URL is the only one that is read',
    rules: ['R-NET-a', 'R-8414-3.3'],
    setup: discovered({ '/elsewhere': metadata(I) }, { issuer: I, metadataUrl: `${I}/elsewhere` }),
    before: [],
    given: served,
    expect: granted,
    outbound: [`${I}/elsewhere`, keysUrl],
  },
  ...(
    [
      ['names another issuer', metadata('https://evil.test', { jwks_uri: keysUrl })],
      ['names the issuer with a slash more', metadata(`${I}/`, { jwks_uri: keysUrl })],
      ['names the issuer in capitals', metadata(I.toUpperCase(), { jwks_uri: keysUrl })],
      ['names no issuer', metadata(I, { issuer: undefined })],
      ['names a list of issuers', metadata(I, { issuer: [I] })],
      ['has no jwks_uri', metadata(I, { jwks_uri: undefined })],
      ['has a jwks_uri that is a list', metadata(I, { jwks_uri: [keysUrl] })],
      ['has a relative jwks_uri', metadata(I, { jwks_uri: '/jwks' })],
      ['has a jwks_uri without TLS', metadata(I, { jwks_uri: 'http://as.test/jwks' })],
      ['has a jwks_uri that is a file', metadata(I, { jwks_uri: 'file:///etc/passwd' })],
      [
        'has a jwks_uri that is data',
        metadata(I, { jwks_uri: `data:application/json,${encodeURIComponent(JSON.stringify({ keys: publicKeys }))}` }),
      ],
      ['has a jwks_uri with a user and a password', metadata(I, { jwks_uri: 'https://u:p@as.test/jwks' })],
      ['has the keys inside and no jwks_uri', json({ issuer: I, keys: publicKeys, jwks: { keys: publicKeys } })],
      ['says issuer twice', text(`{"issuer":"https://evil.test","issuer":"${I}","jwks_uri":"${keysUrl}"}`)],
      ['is a page', html],
      ['is an array', json([])],
      ['is null', json(null)],
      ['is empty', text('')],
      ['is a redirect', redirect(302, '/elsewhere')],
      ['is a 500', status(500)],
      ['is 1 MiB', flood(1024 * 1024)],
      ['is a closed connection', close],
    ] as const
  ).map(([what, behaviour]: readonly [string, Behaviour]) => ({
    name: `RFC 8414 §3.3: metadata that ${what} is not used`,
    rules: ['X25', 'R-8414-2-a', 'R-8414-3.3', 'R-8414-a', 'R-NET-b', 'A-64', 'A-65'],
    setup: discovered({ [oidc]: behaviour }),
    before: [],
    given: served,
    expect: unavailable('metadata'),
    outboundAtMost: 2,
    within: 3,
  })),
  {
    name: 'RFC 8414 §3: an issuer without metadata is an issuer without keys',
    rules: ['X25', 'R-8414-a'],
    setup: discovered({}),
    before: [],
    given: served,
    expect: unavailable('metadata'),
    outbound: [`${I}${oidc}`, `${I}${oauth}`],
  },
  {
    name: 'RFC 8414 §3.2: good metadata with a bad key set is a matter of keys',
    rules: ['X25'],
    setup: discovered({ [oidc]: metadata(I), '/jwks': html }),
    before: [],
    given: served,
    expect: unavailable('keys'),
    outboundAtMost: 3,
    within: 3,
  },
]
