import { AuthenticationError, explain } from '@resource-server/core'
import { afterAll, describe, expect, test } from 'vitest'
import { e1 } from '../support/keys.js'
import { b64u, segmentsOf, signSegments, T, token } from '../support/token.js'
import { createWorld, type Setup, type World } from '../support/world.js'
import type { ConformanceCase } from './case.js'
import { table } from './table.js'

// verify() is no door of an application: it has a token and no request. What it says of the token must be the same.

const plain: Setup = {}
const worlds = new Map<Setup, Promise<World>>()

function worldOf({ setup = plain }: Pick<ConformanceCase, 'setup'>): Promise<World> {
  const world = worlds.get(setup) ?? createWorld(setup)
  worlds.set(setup, world)
  return world
}

afterAll(async () => {
  await Promise.all([...worlds.values()].map(async (world) => (await world).close()))
})

/** The token of a case that is about nothing but a token. */
function bareTokenOf({ given, expect: expected, before }: ConformanceCase): string | undefined {
  if (before !== undefined || given.headers?.length !== 1) return undefined
  if ('kind' in expected && (expected.kind === 'invalid_request' || expected.kind === 'unauthenticated'))
    return undefined
  const [[name, value]] = given.headers as [[string, string]]
  return name === 'Authorization' ? /^Bearer ([^ ]+)$/.exec(value)?.[1] : undefined
}

const topics = Object.entries(table)
  .map(([topic, cases]) => ({
    topic,
    cases: cases.filter((conformanceCase) => bareTokenOf(conformanceCase) !== undefined),
  }))
  .filter(({ cases }) => cases.length > 0)

describe.each(topics)('verify(): $topic', ({ cases }) => {
  for (const conformanceCase of cases) {
    test(conformanceCase.name, async () => {
      const { verifier, routes } = await worldOf(conformanceCase)
      const { given, expect: expected } = conformanceCase
      // There is a token here: that it might have been missing says nothing.
      const { optional: _, ...requirements } = routes[given.target ?? '/v1/r'] ?? {}
      const verdict = verifier.verify(bareTokenOf(conformanceCase) ?? '', requirements)
      const outcome = await verdict.catch((thrown: unknown) => thrown)
      if ('subject' in expected) {
        expect(outcome).toMatchObject({ subject: expected.subject })
      } else {
        expect(outcome instanceof AuthenticationError).toBe('kind' in expected)
        expect(outcome).toMatchObject(
          'kind' in expected ? { status: expected.status, kind: expected.kind, reason: expected.reason } : {},
        )
      }
    })
  }
})

// Here no grammar of a header stands in front. What it would have stopped must be stopped all the same, and at once.
describe('verify(): what no Authorization header can carry', () => {
  const refused = { status: 401, kind: 'invalid_token', reason: 'malformed' }
  const [header, payload, signature] = segmentsOf(T)
  const middle = (segment: string, inserted: string): string =>
    segment.slice(0, segment.length / 2) + inserted + segment.slice(segment.length / 2)
  const signedWith = (first: string, second: string): string => signSegments(first, second, e1, 'ES256')

  const whiteSpace = [' ', '\n', '\r\n', '\t', '\f', '\v', '\0', '\u00a0', '\u2028', '\ufeff']
  test.each(
    whiteSpace.flatMap((space) => [
      ['in the signature', space, `${header}.${payload}.${middle(signature, space)}`],
      ['after the token', space, `${T}${space}`],
      ['before the token', space, `${space}${T}`],
      ['in a payload that is signed like that', space, signedWith(header, middle(payload, space))],
      ['in a header that is signed like that', space, signedWith(middle(header, space), payload)],
      ['around a dot', space, `${header}${space}.${space}${payload}.${signature}`],
    ]),
  )('A-35, RFC 8725 §3.14: white space %s is refused: %j', async (_where, _space, text) => {
    expect(await outcomeOf(text)).toMatchObject(refused)
  })

  test.each([
    ['a header padded as base64 would be', signedWith(`${header}=`, payload)],
    ['a payload padded as base64 would be', signedWith(header, `${payload}==`)],
    ['padding inside the signature', `${header}.${payload}.${middle(signature, '=')}`],
    ['a percent sign', T.replace('.', '%2E')],
    ['a scheme in front', `Bearer ${T}`],
    ['quotes around it', `"${T}"`],
    ['a character of a surrogate pair', `${T}\ud83d`],
    ['a full-width dot', T.replace('.', '\uff0e')],
    ['a comma and another token', `${T},${T}`],
    ['the JSON serialization of a JWS', JSON.stringify({ payload, protected: header, signature })],
    [
      'the general JSON serialization of a JWS',
      JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
    ],
  ])('A-34, R-7519-7.2-a, RFC 7515 §2: a token has one spelling; %s is refused', async (_what, text) => {
    expect(await outcomeOf(text)).toMatchObject(refused)
  })

  const mebibytes = (count: number): string => 'A'.repeat(count * 1024 * 1024)
  test.each([
    ['eight million dots', '.'.repeat(8_000_000)],
    ['a token of 1 MiB, signed', token({ claims: { pad: mebibytes(1) } })],
    ['a token of 8 MiB, signed', token({ claims: { pad: mebibytes(8) } })],
    ['a token of 8 MiB with a bad signature', `${header}.${mebibytes(8)}.${signature}`],
    ['a header of 8 MiB', `${mebibytes(8)}.${payload}.${signature}`],
    ['a signature of 8 MiB', `${header}.${payload}.${mebibytes(8)}`],
    ['a payload that nests 100,000 deep', token({ payload: `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}` })],
    ['a header that nests 200,000 deep', `${b64u('{"x":'.repeat(200_000))}.${payload}.${signature}`],
    ['a payload that nests a million deep', token({ payload: '['.repeat(1_000_000) })],
  ])('A-38, A-39, A-40, R-EXT-b: %s is refused at once', async (_what, text) => {
    const outcome = await outcomeOf(text)
    expect(outcome).toMatchObject(refused)
    expect(explain(outcome as AuthenticationError)).toContain('longer than 16 KiB') // and nothing else was looked at
  })

  async function outcomeOf(text: string): Promise<unknown> {
    const { verifier } = await worldOf({})
    return verifier.verify(text).catch((thrown: unknown) => thrown)
  }
})
