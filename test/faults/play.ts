import { expect } from 'vitest'
import type { Expectation } from '../conformance/case.js'
import { checkAnswer } from '../conformance/check-answer.js'
import type { Door, OpenDoor, RequestSpec } from '../support/door.js'
import { linesNamed } from '../support/raw.js'
import { createWorld, type Setup, type World } from '../support/world.js'

/** What must come out of one request. */
export interface Expected {
  readonly answer: Expectation
  /** The URLs that are asked for, in order. */
  readonly outbound: readonly string[]
  /** Seconds within which it comes. */
  readonly within: number
  readonly retryAfter?: number
}

/** An application behind one door, and the issuers that it trusts. */
export interface Stage {
  readonly world: World
  request(spec: RequestSpec, expected: Expected): Promise<void>
}

export async function play(door: Door, setup: Setup, acts: (stage: Stage) => Promise<void>): Promise<void> {
  const world = await createWorld(setup)
  const openDoor = await door.open(world)
  try {
    await acts({ world, request: (spec, expected) => check(door, openDoor, world, spec, expected) })
  } finally {
    await openDoor.close()
    await world.close()
  }
}

async function check(
  door: Door,
  openDoor: OpenDoor,
  world: World,
  spec: RequestSpec,
  { answer: expected, outbound, within, retryAfter }: Expected,
): Promise<void> {
  const before = { events: world.events.length, outbound: world.outbound.length }
  const startedAt = performance.now()
  const answer = await openDoor.send(spec)
  expect((performance.now() - startedAt) / 1000, 'seconds').toBeLessThan(within)
  expect(world.outbound.slice(before.outbound), 'asked of the issuer').toEqual(outbound)
  checkAnswer(expected, spec, door, answer, world.events.slice(before.events))
  if (retryAfter !== undefined) expect(linesNamed(answer.headerLines, 'retry-after')).toEqual([`${retryAfter}`])
}
