import { NOW } from '../support/fixture.js'
import { p256Keys, publishedKeys, unusedKeys } from './keys.js'
import type { Reading, ReadObject } from './reading.js'
import { NOW_MS, type Settings } from './settings.js'

/** Tokens that jose accepts and we refuse, on purpose. */
export interface StricterClass {
  readonly name: string
  readonly why: string
  /** What we call it. */
  readonly reason: string
  readonly holds: (reading: Reading, settings: Settings, verifiedBy: string | undefined) => boolean
}

const either = ({ header, claims }: Reading, holds: (object: ReadObject) => boolean): boolean =>
  holds(header) || holds(claims)

const respelt = (segment: string): boolean => {
  const bare = segment.replaceAll(/[\t\n\f\r =]/g, '')
  return Buffer.from(bare, 'base64url').toString('base64url') !== bare
}

const isNumber = (value: unknown): value is number => typeof value === 'number'

const plainTypes = ['jwt', 'application/jwt']
const accessTokenTypes = ['at+jwt', 'application/at+jwt']

const hasType = ({ header }: Reading, types: readonly string[]): boolean => {
  const { typ } = header.members
  return typeof typ === 'string' && types.includes(typ.toLowerCase())
}

const spelling: StricterClass[] = [
  {
    name: 'white space in a segment',
    why: 'RFC 7515 §2: base64url has none; a second spelling of a token escapes every list and cache of tokens',
    reason: 'malformed',
    holds: ({ token }) => /[\t\n\f\r ]/.test(token),
  },
  {
    name: 'padding',
    why: 'RFC 7515 §2: without "="; a second spelling',
    reason: 'malformed',
    holds: ({ token }) => token.includes('='),
  },
  {
    name: 'bits to spare that are not zero',
    why: 'RFC 4648 §3.5: a second spelling of the same bytes',
    reason: 'malformed',
    holds: ({ segments }) => segments.some(respelt),
  },
  {
    name: 'a byte order mark',
    why: 'RFC 8259 §8.1: other parsers refuse it',
    reason: 'malformed',
    holds: (reading) => either(reading, ({ bytes }) => bytes.indexOf('\ufeff') === 0),
  },
  {
    name: 'a token longer than 16 KiB',
    why: 'a bound on the work that a stranger can cause',
    reason: 'malformed',
    holds: ({ token }) => token.length > 16_384,
  },
  {
    name: 'a header longer than 4 KiB',
    why: 'a bound on the work that a stranger can cause',
    reason: 'malformed',
    holds: ({ segments: [header = ''] }) => header.length > 4096,
  },
]

const json: StricterClass[] = [
  {
    name: 'a member twice',
    why: 'RFC 7515 §4, RFC 7519 §4: a proxy that takes the first one sees another token',
    reason: 'malformed',
    holds: (reading) => either(reading, ({ hasMemberTwice }) => hasMemberTwice),
  },
  {
    name: 'a member whose name needs escapes',
    why: 'V8 takes such a name for another one, after somebody has sent that',
    reason: 'malformed',
    holds: (reading) => either(reading, ({ hasOddName }) => hasOddName),
  },
  {
    name: 'a header of more than 8 levels',
    why: 'deep values overflow the stack of whoever walks them',
    reason: 'malformed',
    holds: ({ header }) => header.levels > 8,
  },
  {
    name: 'claims of more than 16 levels',
    why: 'deep values overflow the stack of whoever walks them',
    reason: 'malformed',
    holds: ({ claims }) => claims.levels > 16,
  },
  {
    name: 'a number beyond every range',
    why: '1e400 is read as infinity: a token that never expires',
    reason: 'malformed',
    holds: (reading) => either(reading, ({ hasInfinity }) => hasInfinity),
  },
  {
    name: 'crit, b64 or zip',
    why: 'RFC 7797 §7: b64 is never used in a JWT; RFC 7516 §4.1.3: zip is for encryption',
    reason: 'malformed',
    holds: ({ header }) => ['crit', 'b64', 'zip'].some((name) => name in header.members),
  },
]

const keys: StricterClass[] = [
  {
    name: 'a weak or misspelt key',
    why: 'RSA with e = 1 and Ed25519 keys of small order verify what nobody has signed',
    reason: 'unknown_key',
    holds: ({ header }, _settings, verifiedBy) =>
      header.members['kid'] !== undefined && unusedKeys.some(({ kid }) => kid === verifiedBy),
  },
  {
    name: 'a weak or misspelt key, not named',
    why: 'as before: what is left are the keys that have not signed',
    reason: 'signature',
    holds: ({ header }, _settings, verifiedBy) =>
      header.members['kid'] === undefined && unusedKeys.some(({ kid }) => kid === verifiedBy),
  },
  {
    name: 'a key beyond the first four that fit',
    why: 'a bound on the signatures that one bad token makes us check',
    reason: 'signature',
    holds: ({ header }, _settings, verifiedBy) =>
      header.members['kid'] === undefined && p256Keys.slice(4).some(({ kid }) => kid === verifiedBy),
  },
  {
    name: 'a kid of more than 256 characters',
    why: 'a bound on what a stranger can make us keep',
    reason: 'unknown_key',
    holds: ({ header }) => typeof header.members['kid'] === 'string' && header.members['kid'].length > 256,
  },
]

const signatures: StricterClass[] = [
  {
    name: 'an RSA-PSS signature without its leading zeros',
    why: 'RFC 8017 §8.1.2: as long as the modulus; a second spelling of the same number',
    reason: 'signature',
    holds: ({ segments: [, , signature = ''] }, _settings, verifiedBy) => {
      const { n } = publishedKeys.find(({ kid }) => kid === verifiedBy)?.jwk ?? {}
      return typeof n === 'string' && Buffer.from(signature, 'base64').length < Buffer.from(n, 'base64').length
    },
  },
]

const types: StricterClass[] = [
  {
    name: 'another type of JWT',
    why: 'RFC 9068 §5, RFC 8725 §3.11: a logout token, a DPoP proof or an ID token is no access token',
    reason: 'type',
    holds: (reading, { profile }) =>
      profile === 'jwt' &&
      reading.header.members['typ'] !== undefined &&
      !hasType(reading, [...plainTypes, ...accessTokenTypes]),
  },
  {
    name: 'the marks of another type of JWT',
    why: 'RFC 8725 §3.12: where typ says nothing, the claims tell the kinds apart',
    reason: 'type',
    holds: (reading) => {
      const { members } = reading.claims
      const hasMark =
        ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'].some((name) => Object.hasOwn(members, name)) ||
        members['token_use'] === 'id' ||
        ['ID', 'Refresh'].includes(members['typ'] as string) ||
        ['htm', 'htu'].every((name) => Object.hasOwn(members, name))
      return (reading.header.members['typ'] === undefined || hasType(reading, plainTypes)) && hasMark
    },
  },
]

const claims: StricterClass[] = [
  {
    name: 'a time before 1970 or beyond 2^53',
    why: 'RFC 7519 §2: no date, and not exact',
    reason: 'malformed',
    holds: ({ claims: { members } }) =>
      ['exp', 'nbf', 'iat'].some(
        (name) => isNumber(members[name]) && (members[name] < 0 || members[name] > 2 ** 53 - 1),
      ),
  },
  {
    name: 'expired within this very second',
    why: 'jose rounds the time down; a fraction of a second after exp is after exp',
    reason: 'expired',
    holds: ({ claims: { members } }, { clockTolerance }) =>
      isNumber(members['exp']) && members['exp'] + clockTolerance <= NOW_MS / 1000,
  },
  {
    name: 'issued in the future',
    why: 'a clock that is wrong, or a token that is made up',
    reason: 'not_yet_valid',
    holds: ({ claims: { members } }, { clockTolerance }) =>
      isNumber(members['iat']) && members['iat'] - clockTolerance > NOW,
  },
  {
    name: 'an identifier that is not a string',
    why: 'RFC 7519 §4.1.2 and §4.1.7, RFC 8693 §4.3',
    reason: 'malformed',
    holds: ({ claims: { members } }) =>
      ['sub', 'client_id', 'jti'].some((name) => members[name] !== undefined && typeof members[name] !== 'string'),
  },
  {
    name: 'an audience with a member that is not a string',
    why: 'RFC 7519 §4.1.3',
    reason: 'malformed',
    holds: ({ claims: { members } }) =>
      Array.isArray(members['aud']) && members['aud'].some((audience) => typeof audience !== 'string'),
  },
  {
    name: 'an identifier that is empty',
    why: 'RFC 9068 §2.2: required, and an empty one identifies nobody',
    reason: 'malformed',
    holds: ({ claims: { members } }, { profile }) =>
      profile === 'rfc9068' && ['sub', 'client_id', 'jti'].some((name) => members[name] === ''),
  },
  {
    name: 'bound to a key',
    why: 'RFC 7800 §3.1: of use only to whoever proves that key',
    reason: 'unproven_confirmation',
    holds: ({ claims: { members } }) => members['cnf'] !== undefined && namesKey(members['cnf']),
  },
  {
    name: 'bound to something that is no key',
    why: 'RFC 7800 §3.1: never taken for unbound because it is malformed',
    reason: 'malformed',
    holds: ({ claims: { members } }) => members['cnf'] !== undefined && !namesKey(members['cnf']),
  },
]

function namesKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const members = Object.entries(value).filter(([name]) => name !== '__proto__')
  const isNamed = ([name, member]: [string, unknown]): boolean =>
    member !== '' && (typeof member === 'string' || !['jkt', 'x5t#S256'].includes(name))
  return members.length > 0 && members.every(isNamed)
}

/** All of them: whatever else we refuse, jose refuses too. */
export const stricterClasses: readonly StricterClass[] = [
  ...spelling,
  ...json,
  ...keys,
  ...signatures,
  ...types,
  ...claims,
]
