import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Door, OpenDoor } from '../support/door.js'
import { I } from '../support/fixture.js'
import { createWorld, type Setup, type World } from '../support/world.js'
import type { ConformanceCase, Step } from './case.js'
import { checkAnswer, checkUndelivered } from './check-answer.js'
import { table } from './table.js'

interface Place {
  readonly world: World
  readonly openDoor: OpenDoor
}

/** What the table is played with beside what it says. */
interface Variation {
  /** How the tests are called, after the door. */
  readonly name: string
  readonly tokenCache?: false
  /** Whether every request has been made once before. */
  readonly isWarmed?: true
}

const plain: Setup = {}
const strayFetch = vi.fn<typeof fetch>(() => Promise.reject(new TypeError('the global fetch must not be used here')))

/** Plays the whole table at each of these doors. */
export function describeTable(doors: readonly Door[], variation: Variation = { name: '' }): void {
  beforeAll(() => {
    vi.stubGlobal('fetch', strayFetch)
  })
  afterAll(() => {
    vi.unstubAllGlobals()
    expect(strayFetch).not.toHaveBeenCalled()
  })

  describe.each(doors)(`$name${variation.name}`, (door) => {
    const places = new Map<Setup, Promise<Place>>()

    /** One server for all cases with the same setup. */
    function placeFor({ setup = plain }: ConformanceCase): Promise<Place> {
      const place = places.get(setup) ?? openPlace(door, setup, variation)
      places.set(setup, place)
      return place
    }

    afterAll(async () => {
      await Promise.all([...places.values()].map(async (place) => closePlace(await place)))
    })

    describe.each(topicsWith(({ before }) => before === undefined))('%s', (_topic, cases) => {
      for (const conformanceCase of cases) {
        test(conformanceCase.name, async () => {
          const place = await placeFor(conformanceCase)
          if (variation.isWarmed) await place.openDoor.send(conformanceCase.given)
          await play(conformanceCase, door, place, variation)
        })
      }
    })
  })

  // Each of these has a world of its own. They wait for issuers, so they wait together. What has happened before is
  // theirs to say: nothing is warmed.
  if (variation.isWarmed) return
  describe.concurrent.each(doors)(`$name${variation.name}, over time`, (door) => {
    describe.each(topicsWith(({ before }) => before !== undefined))('%s', (_topic, cases) => {
      for (const conformanceCase of cases) {
        test(conformanceCase.name, { timeout: 15_000 }, async () => {
          const place = await openPlace(door, conformanceCase.setup ?? plain, variation)
          try {
            await play(conformanceCase, door, place, variation)
          } finally {
            await closePlace(place)
          }
        })
      }
    })
  })
}

function topicsWith(
  wanted: (conformanceCase: ConformanceCase) => boolean,
): [topic: string, cases: ConformanceCase[]][] {
  return Object.entries(table)
    .map(([topic, cases]): [string, ConformanceCase[]] => [topic, cases.filter(wanted)])
    .filter(([, cases]) => cases.length > 0)
}

async function openPlace(door: Door, setup: Setup, { tokenCache }: Variation): Promise<Place> {
  const options = tokenCache === undefined ? setup.options : { ...setup.options, tokenCache }
  const world = await createWorld(options === undefined ? setup : { ...setup, options })
  return { world, openDoor: await door.open(world) }
}

async function closePlace({ world, openDoor }: Place): Promise<void> {
  await openDoor.close()
  await world.close()
}

async function play(
  conformanceCase: ConformanceCase,
  door: Door,
  { world, openDoor }: Place,
  { isWarmed }: Variation,
): Promise<void> {
  for (const step of conformanceCase.before ?? []) await take(step, world, openDoor)

  const before = { events: world.events.length, outbound: world.outbound.length }
  const startedAt = performance.now()
  const answer = await openDoor.send(conformanceCase.given)
  const elapsed = (performance.now() - startedAt) / 1000
  const events = world.events.slice(before.events)
  const outbound = world.outbound.slice(before.outbound)

  if (!isWarmed) checkOutbound(conformanceCase, outbound)
  else
    expect(outbound.length).toBeLessThanOrEqual(conformanceCase.outboundAtMost ?? conformanceCase.outbound?.length ?? 0)
  expect(elapsed, 'seconds').toBeLessThan(conformanceCase.within ?? 1)
  if (answer.delivered) {
    checkAnswer(expectationAt(door, conformanceCase), conformanceCase.given, door, answer, events)
  } else {
    expect(conformanceCase.platformMayRefuse, 'refused by the platform').toBe(true)
    checkUndelivered(answer, events)
  }
}

function expectationAt(
  door: Door,
  { expect: expected, expectWhenJoined, expectWhenAuthorizedLater }: ConformanceCase,
): ConformanceCase['expect'] {
  if (!door.seesFieldLines && expectWhenJoined !== undefined) return expectWhenJoined
  if (door.authorizesLater && expectWhenAuthorizedLater !== undefined) return expectWhenAuthorizedLater
  return expected
}

function checkOutbound(
  { outbound: expected = [], outboundAtMost }: ConformanceCase,
  outbound: readonly string[],
): void {
  if (outboundAtMost === undefined) expect(outbound, 'outbound requests').toEqual(expected)
  else expect(outbound.length, `outbound requests: ${outbound.join(' ')}`).toBeLessThanOrEqual(outboundAtMost)
}

async function take(step: Step, world: World, openDoor: OpenDoor): Promise<void> {
  if ('advance' in step) world.advance(step.advance)
  else if ('serve' in step) world.serve(step.at ?? I, step.serve)
  else expect((await openDoor.send(step.send)).status, 'a step before').toBe(step.status)
}
