import { A, I, NOW } from '../support/fixture.js'
import { withMember, withoutMember } from './draft.js'
import { jsonText } from './json-text.js'
import { type DraftMutation, inClaims } from './mutation.js'

const odd = [
  'null',
  'true',
  'false',
  '0',
  '1',
  '-1',
  '""',
  '" "',
  '[]',
  '{}',
  '[null]',
  '[[]]',
  '{"0":"x"}',
  '1e400',
  '[1e400]',
  '"x"',
  '["x"]',
]

const strings = (values: readonly string[]): string[] => values.map((value) => JSON.stringify(value))

const issuers = strings([
  ...[
    `${I}/`,
    `${I}.evil`,
    'https://as.test@evil',
    'HTTPS://as.test',
    'https://AS.test',
    'https://as.test:443',
    'https://%61s.test',
  ],
  ...['https://аs.test', `${I} `, ` ${I}`, `${I}\0`, 'as.test', '', I.slice(0, -1)],
])

const audiences = [
  ...strings([
    `${A}/`,
    `${A}.evil.test`,
    'https://api.test/v',
    'HTTPS://api.test/v1',
    `${A}%20`,
    `${A} other`,
    `${A}\0`,
  ]),
  ...[
    '{"0":"https://api.test/v1"}',
    '["x"]',
    '[]',
    '""',
    JSON.stringify([[A]]),
    JSON.stringify([A, A]),
    JSON.stringify([`${A}/`]),
  ],
]
const mixedAudiences = [
  [A, 1],
  [1, A],
  [A, null],
  [null, A],
  [A, [A]],
  [A, {}],
  [A, true],
  ['x', A, 0],
].map((value) => JSON.stringify(value))

const instants = [
  '0',
  '-0',
  '-1',
  '-0.5',
  '-1e-400',
  '1e308',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '1e21',
  '-1e308',
  '1e400',
  '-1e400',
]
const misspeltInstants = [
  `"${NOW}"`,
  '""',
  'null',
  'true',
  `[${NOW}]`,
  '{}',
  '"1e400"',
  '"NaN"',
  `"2027-01-15T08:00:00Z"`,
]

/** Seconds around the limit that a time is held against. */
const aroundLimit = [-60, -1, -0.5, -0.000001, 0, 0.000001, 0.25, 0.5, 0.998, 1, 60]

const identifiers = ['sub', 'client_id', 'jti']

const times: DraftMutation[] = (['exp', 'nbf', 'iat'] as const).flatMap((name) => [
  inClaims(`${name} at its limit`, (part, random, { clockTolerance }) => {
    const limit = name === 'exp' ? NOW - clockTolerance : NOW + clockTolerance
    return withMember(part, name, String(limit + random.pick(aroundLimit)))
  }),
  inClaims(`${name} as any number`, (part, random) => withMember(part, name, random.pick(instants))),
  inClaims(`${name} as no number`, (part, random) => withMember(part, name, random.pick(misspeltInstants))),
])

const markers: readonly (readonly [string, readonly string[]])[] = [
  ['nonce', ['"n"', 'null']],
  ['at_hash', ['"x"', '1']],
  ['c_hash', ['"x"', '""']],
  ['s_hash', ['"x"', '[]']],
  ['events', ['{}', '{"http://schemas.openid.net/event/backchannel-logout":{}}']],
  ['token_use', ['"id"', '"id"', '"access"', '"ID"', '["id"]']],
  ['typ', ['"ID"', '"Refresh"', '"Bearer"', '"id"', '["ID"]']],
]

const confirmations = [
  ...[
    '{}',
    'null',
    '"x"',
    '[]',
    '{"jkt":""}',
    '{"jkt":["x"]}',
    '{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}',
    'false',
  ],
  ...[
    '{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}',
    '{"kid":"e1"}',
    '{"jwk":{}}',
    '{"__proto__":{"jkt":"x"}}',
    '0',
  ],
]

export const claimsMutations: readonly DraftMutation[] = [
  ...['iss', 'aud', 'exp', 'iat', 'nbf', ...identifiers].map((name) =>
    inClaims(`no ${name}`, (part) => withoutMember(part, name)),
  ),
  ...['iss', 'aud', ...identifiers].map((name) =>
    inClaims(`${name} of another type`, (part, random) => withMember(part, name, random.pick(odd))),
  ),
  inClaims('another issuer', (part, random) => withMember(part, 'iss', random.pick([...issuers, JSON.stringify([I])]))),
  inClaims('an odd audience', (part, random) => withMember(part, 'aud', random.pick(audiences))),
  inClaims('an audience of strings and others', (part, random) => withMember(part, 'aud', random.pick(mixedAudiences))),
  ...times,
  ...markers.map(([name, values]) =>
    inClaims(`the mark ${name}`, (part, random) => withMember(part, name, random.pick(values))),
  ),
  inClaims('the marks of a proof', (part) =>
    withMember(withMember(part, 'htm', '"GET"'), 'htu', '"https://api.test/v1/r"'),
  ),
  inClaims('bound to a key', (part, random) => withMember(part, 'cnf', random.pick(confirmations))),
  inClaims('an empty identifier', (part, random) => withMember(part, random.pick(identifiers), '""')),
  inClaims('any claim of any value', (part, random) =>
    withMember(
      part,
      random.pick(['scope', 'scp', 'act', 'acr', 'auth_time', 'authorization_details', 'email']),
      jsonText(random, 6),
    ),
  ),
]
