import type { Random } from '../fuzz/random.js'
import { insertedAt, spellings } from './text-mutations.js'

/** What anyone on the way can do to a token, without any key. */
export interface WireMutation {
  readonly name: string
  /** `others` are further valid tokens. */
  readonly apply: (token: string, random: Random, others: readonly string[]) => string
}

const wire = (name: string, apply: WireMutation['apply']): WireMutation => ({ name: `wire: ${name}`, apply })

type Segments = readonly [header: string, payload: string, signature: string]

const bySegments = (
  name: string,
  change: (segments: Segments, random: Random, other: Segments) => readonly string[],
): WireMutation =>
  wire(name, (token, random, others) => change(segmentsOf(token), random, segmentsOf(random.pick(others))).join('.'))

const segmentsOf = (token: string): Segments => {
  const [header = '', payload = '', ...rest] = token.split('.')
  return [header, payload, rest.join('.')]
}

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const replacedAt = (token: string, at: number, what: string): string => token.slice(0, at) + what + token.slice(at + 1)

/** One bit of the decoded bytes of one segment. */
function withBitFlipped(segment: string, random: Random): string {
  const bytes = Buffer.from(segment, 'base64url')
  if (bytes.length === 0) return `${segment}A`
  bytes[random.integer(bytes.length)]! ^= 1 << random.integer(8)
  return bytes.toString('base64url')
}

const changedSegment = (name: string, change: (segment: string, random: Random) => string): WireMutation[] => [
  bySegments(`header: ${name}`, ([h, p, s], random) => [change(h, random), p, s]),
  bySegments(`payload: ${name}`, ([h, p, s], random) => [h, change(p, random), s]),
  bySegments(`signature: ${name}`, ([h, p, s], random) => [h, p, change(s, random)]),
]

const segments: WireMutation[] = [
  bySegments('header and payload exchanged', ([h, p, s]) => [p, h, s]),
  bySegments('backwards', ([h, p, s]) => [s, p, h]),
  bySegments('no header', ([, p, s]) => ['', p, s]),
  bySegments('no payload', ([h, , s]) => [h, '', s]),
  bySegments('no signature', ([h, p]) => [h, p, '']),
  bySegments('two segments', ([h, p]) => [h, p]),
  bySegments('a segment twice', ([h, p, s], random) =>
    random.pick([
      [h, h, p, s],
      [h, p, p, s],
      [h, p, s, s],
    ]),
  ),
  bySegments('the signature of another token', ([h, p], _random, [, , s]) => [h, p, s]),
  bySegments('the payload of another token', ([h, , s], _random, [, p]) => [h, p, s]),
  bySegments('the header of another token', ([, p, s], _random, [h]) => [h, p, s]),
  bySegments('a token within a token', ([h, p, s], _random, other) => [
    h,
    Buffer.from(other.join('.')).toString('base64url'),
    s,
    p,
  ]),
  ...changedSegment('a bit flipped', withBitFlipped),
  ...changedSegment('cut', (segment, random) => segment.slice(0, random.integer(segment.length))),
  ...changedSegment('its bytes twice', (segment) => {
    const bytes = Buffer.from(segment, 'base64url')
    return Buffer.concat([bytes, bytes]).toString('base64url')
  }),
  ...Object.entries(spellings).flatMap(([name, respell]) => changedSegment(`spelt with ${name}`, respell)),
]

const characters: WireMutation[] = [
  wire('a bit of a character flipped', (token, random) => {
    const at = random.integer(token.length)
    return replacedAt(token, at, String.fromCharCode(token.charCodeAt(at) ^ (1 << random.integer(7))))
  }),
  wire('another character', (token, random) =>
    replacedAt(token, random.integer(token.length), random.pick([...base64url])),
  ),
  wire('a character less', (token, random) => replacedAt(token, random.integer(token.length), '')),
  wire('a character more', (token, random) =>
    insertedAt(
      token,
      random.integer(token.length + 1),
      random.pick([...base64url, '.', ' ', '=', '+', '/', 'é', '\0']),
    ),
  ),
  wire('cut', (token, random) => token.slice(0, random.integer(token.length))),
  wire('cut in front', (token, random) => token.slice(random.integer(token.length))),
  wire('in capitals', (token) => token.toUpperCase()),
  wire('something around', (token, random) => {
    const [before, after] = random.pick([
      ['Bearer ', ''],
      [' ', ' '],
      ['"', '"'],
      ['.', ''],
      ['', '.'],
      ['', '~'],
      ['\ufeff', ''],
      ['', '\n'],
      ['', '\0'],
    ] as const)
    return `${before}${token}${after}`
  }),
  wire('two tokens', (token, random, others) => `${token}${random.pick(['', '.', ',', ' '])}${random.pick(others)}`),
  wire('percent-encoded', (token) => token.replaceAll('.', '%2E')),
  wire('random bytes in place of it', (_token, random) =>
    [20, 60, 64].map((length) => random.bytes(random.integer(length)).toString('base64url')).join('.'),
  ),
]

export const wireMutations: readonly WireMutation[] = [...segments, ...characters]
