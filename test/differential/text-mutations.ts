import type { Random } from '../fuzz/random.js'
import { type Member, type Part, segmentOf, toBase64url, withMember } from './draft.js'
import { escaped, jsonText, nested } from './json-text.js'
import { type DraftMutation, inClaims, inEither, inHeader } from './mutation.js'

// What can be wrong with a JSON text, its bytes and their spelling in base64url, whatever the members say.

const rewritten =
  (rewrite: (text: string, random: Random) => string) =>
  (part: Part, random: Random): Part => ({
    ...part,
    text: (members) => rewrite(part.text(members), random),
  })

const reencoded =
  (encode: (text: string, random: Random) => Buffer) =>
  (part: Part, random: Random): Part => ({
    ...part,
    bytes: (text) => encode(text, random),
  })

const respelt =
  (respell: (segment: string, random: Random) => string) =>
  (part: Part, random: Random): Part => ({
    ...part,
    segment: (bytes) => respell(part.segment(bytes), random),
  })

/** A member that stands twice: as it is or with another value, spelt the same or otherwise. */
function repeated(part: Part, random: Random): Part {
  if (part.members.length === 0) return part
  const [name, value] = random.pick(part.members)
  const again: Member = [
    random.chance(0.5) ? name : escaped(JSON.parse(name) as string),
    random.chance(0.5) ? value : jsonText(random, 2),
  ]
  const members = [...part.members]
  members.splice(random.integer(members.length + 1), 0, again)
  return { ...part, members }
}

const doubles = [
  '{"a":1,"a":1}',
  '{"a":1,"\\u0061":2}',
  '{"":{},"":[]}',
  '{"__proto__":1,"__proto__":2}',
  '{"a":{"b":1,"c":2,"b":3}}',
]

const structures: DraftMutation[] = [
  ...inEither('a member twice', repeated),
  ...inEither('a member twice further in', (part, random) =>
    withMember(part, 'x', random.pick(doubles.flatMap((double) => [double, `[[${double}]]`]))),
  ),
  ...inEither('a member whose name needs escapes', (part, random) =>
    withMember(part, 'x', `{${random.pick(['"\\n"', '"\\\\"', '"a\\""', '"\\u005c"', '"\\u0000"'])}:1}`),
  ),
  ...inEither('a number beyond every range', (part, random) =>
    withMember(
      part,
      'x',
      random.pick(['1e400', '-1e400', '1E+309', '[1e999]', '{"a":[{"b":-2e308}]}', '9'.repeat(310), '0.1e310']),
    ),
  ),
  inHeader('nested about as deep as allowed', (part, random) =>
    withMember(part, 'x', nested(random, random.pick([5, 6, 7, 8, 9, 50]))),
  ),
  inClaims('nested about as deep as allowed', (part, random) =>
    withMember(part, 'x', nested(random, random.pick([7, 14, 15, 16, 17, 100]))),
  ),
  inClaims('nested very deep', (part, random) => withMember(part, 'x', nested(random, 1500))),
  inHeader(
    'no object',
    rewritten((_text, random) => random.pick(['[]', '"x"', '1', 'null', 'true', '[{}]', ''])),
  ),
  inClaims(
    'no object',
    rewritten((text, random) => random.pick(['[]', '"x"', '1', 'null', 'true', '', `[${text}]`, JSON.stringify(text)])),
  ),
  ...inEither(
    'white space around',
    rewritten((text, random) => `${random.pick([' ', '\r\n', '\t'])}${text}${random.pick([' ', '\n\n'])}`),
  ),
  ...inEither(
    'no JSON',
    rewritten((text, random) =>
      random.pick([
        ...[`${text}x`, `${text}${text}`, `${text}\0`, text.slice(0, -1), text.slice(1), `//\n${text}`, `\f${text}`],
        ...[`${text}\u00a0`, text.replace('{', '{,'), text.replace(/\}$/, ',}'), text.replaceAll('"', "'")],
        ...[
          text.replace('{', '{x:1,'),
          text.replace('{', '{"x":01,'),
          text.replace('{', '{"x":NaN,'),
          text.replace('{', '{"x":"\n",'),
        ],
        ...[text.replace('{', '{"x":"\\x41",'), text.replace('{', '{"x":.5,'), text.replace('{', '{"x":+1,')],
      ]),
    ),
  ),
]

const stray =
  (...bytes: number[]) =>
  (text: string): Buffer =>
    Buffer.concat([Buffer.from('{"x":"'), Buffer.from(bytes), Buffer.from('",'), Buffer.from(text.slice(1))])

const encodings: DraftMutation[] = [
  ...inEither(
    'a byte order mark',
    reencoded((text) => Buffer.from(`\ufeff${text}`)),
  ),
  ...inEither(
    'a strange encoding',
    reencoded((text, random) => {
      const encode = random.pick([
        (): Buffer => Buffer.from(`\ufeff\ufeff${text}`),
        (): Buffer => Buffer.from(text, 'utf16le'),
        (): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le'),
        stray(0xff),
        stray(0xc0, 0x80),
        stray(0xc0, 0xa2),
        stray(0xed, 0xa0, 0x80),
        stray(0xe2, 0x82),
        stray(0xf4, 0x90, 0x80, 0x80),
        stray(0xe9),
        stray(0x80),
        (): Buffer => Buffer.concat([Buffer.from(text), Buffer.from([0xc3])]),
      ])
      return encode(text)
    }),
  ),
]

const whiteSpace = [' ', '\t', '\n', '\f', '\r', '\r\n', '  ']
const strangers = [
  '+',
  '/',
  '=',
  '.',
  '~',
  '!',
  '%41',
  '\u00a0',
  '\v',
  '\0',
  '\u2028',
  'é',
  'Ａ',
  '\u200b',
  '"',
  ',',
  ':',
  '-',
  '_',
]

export const insertedAt = (segment: string, at: number, what: string): string =>
  segment.slice(0, at) + what + segment.slice(at)

const inserted =
  (what: readonly string[]) =>
  (segment: string, random: Random): string =>
    insertedAt(segment, random.integer(segment.length + 1), random.pick(what))

const padded = (segment: string): string => segment.padEnd(Math.ceil(segment.length / 4) * 4, '=')

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Sets some of the bits that the last character has to spare. */
function withSpareBits(segment: string, random: Random): string {
  const spare = { 2: 16, 3: 4 }[segment.length % 4] ?? 1
  const last = alphabet.indexOf(segment.at(-1) ?? 'A')
  return segment.slice(0, -1) + (alphabet[last + random.integer(spare)] ?? 'A')
}

/** Ways to spell a segment, named. */
export const spellings: Readonly<Record<string, (segment: string, random: Random) => string>> = {
  'white space': inserted(whiteSpace),
  'white space around': (segment, random) => `${random.pick(whiteSpace)}${segment}${random.pick(whiteSpace)}`,
  padding: padded,
  'padding and white space': (segment, random) => inserted(whiteSpace)(padded(segment), random),
  'too much padding': (segment, random) => `${segment}${random.pick(['=', '==', '===', '===='])}`,
  'bits to spare': withSpareBits,
  'a character too much': inserted(strangers),
  'the other alphabet': (segment) => segment.replaceAll('-', '+').replaceAll('_', '/'),
}

const segments: DraftMutation[] = Object.entries(spellings).flatMap(([name, respell]) => [
  ...inEither(`spelt with ${name}`, respelt(respell)),
  {
    name: `signature: spelt with ${name}`,
    apply: (draft, random) => ({ ...draft, signature: (bytes) => respell(draft.signature(bytes), random) }),
  },
])

/** Fills the object up with spaces. */
const filledTo = (part: Part, length: number): Part => ({
  ...part,
  text: (members) => {
    const text = part.text(members)
    return `${text.slice(0, -1)}${' '.repeat(Math.max(0, length - Buffer.byteLength(text)))}}`
  },
})

const MAX_HEADER = 4096
const MAX_TOKEN = 16_384

const sizes: DraftMutation[] = [
  inHeader('about as long as allowed', (part, random) =>
    filledTo(part, random.pick([-200, -1, 0, 1, 2, 500].map((more) => (MAX_HEADER / 4) * 3 + more))),
  ),
  {
    name: 'about as long as allowed',
    apply: (draft, random) => {
      const others = segmentOf(draft.header).length + 2 + toBase64url(draft.sign('x.y')).length
      const room = Math.floor(((MAX_TOKEN - others) * 3) / 4)
      return { ...draft, claims: filledTo(draft.claims, room + random.pick([-1000, -2, -1, 0, 1, 2, 3, 4000])) }
    },
  },
]

export const textMutations: readonly DraftMutation[] = [...structures, ...encodings, ...segments, ...sizes]
