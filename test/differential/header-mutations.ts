import type { Random } from '../fuzz/random.js'
import { publicKeys, r1, strangerEc, strangerRsa } from '../support/keys.js'
import { type SigningAlgorithm, signatureOf } from '../support/token.js'
import { type Draft, toBase64url, withMember, withoutMember } from './draft.js'
import { escaped, jsonText } from './json-text.js'
import {
  keyOfOddLength,
  keyWithLongKid,
  type PublishedKey,
  p256Keys,
  publishedKeys,
  unusedKeys,
  uselessKeys,
} from './keys.js'
import { type DraftMutation, inHeader } from './mutation.js'
import { allAlgorithms } from './settings.js'

const odd = ['null', 'true', 'false', '0', '1', '""', '[]', '{}', '[null]', '{"a":1}', '1e400']

const strangeAlgorithms = [
  ...[
    'es256',
    'ES256 ',
    ' ES256',
    '\tES256',
    'ES256\0',
    'ＥＳ２５６',
    'none',
    'None',
    'nOnE',
    '',
    'HS256',
    'HS512',
    'ES256K',
    'Ed448',
  ],
  ...['RSA1_5', 'RSA-OAEP', 'dir', 'ML-DSA-44', 'toString', '__proto__', 'constructor', 'ECDSA', 'ES512,ES256', 'RS1'],
].map((name) => JSON.stringify(name))

const strangeTypes = [
  ...[
    'id+jwt',
    'dpop+jwt',
    'logout+jwt',
    'secevent+jwt',
    'at+jwt;v=1',
    'x/at+jwt',
    'at+jwt ',
    ' at+jwt',
    'at+jwt\n',
    '',
    'JOSE',
  ],
  ...[
    'application/',
    'application/application/jwt',
    'jwt/jwt',
    'application/at+jwt/x',
    'ＪＷＴ',
    'at+JWT\u0130',
    'at jwt',
    'J\u017fT',
  ],
].map((name) => JSON.stringify(name))

const strangeKids = [
  ...[
    '../../../../dev/null',
    "' OR 1=1",
    '__proto__',
    'constructor',
    'e1\n',
    'E1',
    ' e1',
    'e1\0',
    '',
    'x'.repeat(1000),
    'é',
  ],
].map((name) => JSON.stringify(name))

const critical = [
  ...[
    '["b64"]',
    '[]',
    '[""]',
    '"b64"',
    '[1]',
    'null',
    'true',
    '{}',
    '["exp"]',
    '["b64","b64"]',
    '["bork"]',
    '["alg"]',
    '["cnf"]',
  ],
]

const members: DraftMutation[] = [
  inHeader('another alg', (part, random) => withMember(part, 'alg', JSON.stringify(random.pick(allAlgorithms)))),
  inHeader('a strange alg', (part, random) =>
    withMember(part, 'alg', random.pick([...strangeAlgorithms, ...odd, '["ES256"]'])),
  ),
  inHeader('no alg', (part) => withoutMember(part, 'alg')),
  inHeader('another kid', (part, random) => withMember(part, 'kid', JSON.stringify(random.pick(publishedKeys).kid))),
  inHeader('a strange kid', (part, random) => withMember(part, 'kid', random.pick([...strangeKids, ...odd, '["e1"]']))),
  inHeader('no kid', (part) => withoutMember(part, 'kid')),
  inHeader('a strange typ', (part, random) =>
    withMember(part, 'typ', random.pick([...strangeTypes, ...odd, '["JWT"]'])),
  ),
  inHeader('no typ', (part) => withoutMember(part, 'typ')),
  inHeader('a plain typ', (part) => withMember(part, 'typ', '"JWT"')),
  inHeader('crit that jose understands', (part, random) =>
    withMember(
      withMember(part, random.pick(['crit', 'crit', 'x']), '["b64"]'),
      'b64',
      random.pick(['true', 'true', 'false']),
    ),
  ),
  inHeader('a strange crit', (part, random) =>
    withMember(
      withMember(part, 'crit', random.pick(critical)),
      random.pick(['x', 'bork', 'exp', 'b64']),
      random.pick(['1', 'true']),
    ),
  ),
  inHeader('b64', (part, random) => withMember(part, 'b64', random.pick(['true', 'false', 'null', '"x"']))),
  inHeader('zip', (part, random) => withMember(part, 'zip', random.pick(['"DEF"', 'null', '[]']))),
  inHeader('a critical member with escapes', (part, random) => ({
    ...part,
    members: [...part.members, [escaped(random.pick(['b64', 'zip'])), jsonText(random, 2)]],
  })),
  inHeader('any member of any value', (part, random) =>
    withMember(
      part,
      random.pick(['jku', 'x5u', 'x5c', 'x5t#S256', 'cty', 'enc', 'apu', 'p2c', 'iss', 'exp']),
      jsonText(random, 4),
    ),
  ),
]

/** Signed by this key, and the header says so. */
function signedBy(draft: Draft, key: PublishedKey, random: Random, named: boolean): Draft {
  const signedAs = random.pick(key.signs)
  const header = withMember(draft.header, 'alg', JSON.stringify(signedAs))
  return {
    ...draft,
    header: named ? withMember(header, 'kid', JSON.stringify(key.kid)) : withoutMember(header, 'kid'),
    key,
    signedAs,
    sign: (input) => key.signatureOf(input, signedAs),
  }
}

const signer = (name: string, keys: readonly PublishedKey[], named: (random: Random) => boolean): DraftMutation => ({
  name: `key: ${name}`,
  apply: (draft, random) => signedBy(draft, random.pick(keys), random, named(random)),
})

const stranger = (alg: SigningAlgorithm) => (/^[RP]S/.test(alg) ? strangerRsa : strangerEc)

const secrets: readonly string[] = [
  r1.publicKey.export({ type: 'spki', format: 'pem' }) as string,
  (r1.publicKey.export({ type: 'spki', format: 'pem' }) as string).trim(),
  JSON.stringify(publicKeys[0]),
  'r1',
  '',
]

/** One signature in three or four has one. Those with a salt are another one each time. */
function withLeadingZero(sign: () => Buffer): Buffer {
  let bytes = sign()
  for (let left = 8; left > 0 && bytes[0] !== 0; left--) bytes = sign()
  return bytes
}

const keys: DraftMutation[] = [
  signer('one of the first four, not named', p256Keys.slice(0, 4), () => false),
  signer('beyond the first four, not named', p256Keys.slice(4), () => false),
  signer('with a kid that is too long', [keyWithLongKid], () => true),
  signer('one that we do not use', unusedKeys, (random) => random.chance(0.7)),
  signer('one that is of no use', uselessKeys, (random) => random.chance(0.7)),
  {
    name: 'key: a signature without its leading zeros',
    apply: (draft, random) => {
      const signed = signedBy(draft, keyOfOddLength, random, random.chance(0.8))
      return {
        ...signed,
        sign: (input) => withLeadingZero(() => signed.sign(input)),
        signature: (bytes) => toBase64url(bytes.subarray(bytes.findIndex((byte) => byte !== 0))),
      }
    },
  },
  {
    name: 'key: of a stranger',
    apply: (draft) => {
      const alg = /^(?:[RP]S|ES256)/.test(draft.signedAs) ? draft.signedAs : 'ES256'
      return { ...draft, sign: (input) => signatureOf(input, stranger(alg), alg) }
    },
  },
  {
    name: 'key: of a stranger, in the header',
    apply: (draft, random) => ({
      ...draft,
      header: withMember(
        withMember(random.chance(0.5) ? withoutMember(draft.header, 'kid') : draft.header, 'alg', '"ES256"'),
        'jwk',
        JSON.stringify(strangerEc.jwk),
      ),
      sign: (input) => signatureOf(input, strangerEc, 'ES256'),
    }),
  },
  {
    name: 'key: a public one as a secret',
    apply: (draft, random) => {
      const secret = random.pick(secrets)
      const alg = random.pick(['HS256', 'HS384', 'HS512'] as const)
      const header = withMember(draft.header, 'kid', '"r1"')
      return {
        ...draft,
        header: withMember(header, 'alg', JSON.stringify(random.pick([alg, 'RS256']))),
        sign: (input) => signatureOf(input, secret, alg),
      }
    },
  },
]

export const headerMutations: readonly DraftMutation[] = [...members, ...keys]
