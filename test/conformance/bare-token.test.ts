import { AuthenticationError } from '@resource-server/core'
import { afterAll, describe, expect, test } from 'vitest'
import { createWorld, type Setup, type World } from '../support/world.js'
import type { ConformanceCase } from './case.js'
import { table } from './table.js'

// verify() is no door of an application: it has a token and no request. What it says of the token must be the same.

const plain: Setup = {}
const worlds = new Map<Setup, Promise<World>>()

function worldOf({ setup = plain }: ConformanceCase): Promise<World> {
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
