import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Door, OpenDoor } from '../support/door.js'
import { doors } from '../support/doors.js'
import { I } from '../support/fixture.js'
import { createWorld, type Setup, type World } from '../support/world.js'
import type { ConformanceCase, Step } from './case.js'
import { checkAnswer, checkUndelivered } from './check-answer.js'
import { table } from './table.js'

interface Place {
  readonly world: World
  readonly openDoor: OpenDoor
}

const plain: Setup = {}
const strayFetch = vi.fn<typeof fetch>(() => Promise.reject(new TypeError('the global fetch must not be used here')))

beforeAll(() => {
  vi.stubGlobal('fetch', strayFetch)
})
afterAll(() => {
  vi.unstubAllGlobals()
  expect(strayFetch).not.toHaveBeenCalled()
})

describe.each(doors)('$name', (door) => {
  const places = new Map<Setup, Promise<Place>>()

  /** One server for all cases with the same setup. */
  function placeFor({ setup = plain }: ConformanceCase): Promise<Place> {
    const place = places.get(setup) ?? openPlace(door, setup)
    places.set(setup, place)
    return place
  }

  afterAll(async () => {
    await Promise.all([...places.values()].map(async (place) => closePlace(await place)))
  })

  describe.each(topicsWith(({ before }) => before === undefined))('%s', (_topic, cases) => {
    for (const conformanceCase of cases) {
      test(conformanceCase.name, async () => {
        await play(conformanceCase, door, await placeFor(conformanceCase))
      })
    }
  })
})

// Each of these has a world of its own. They wait for issuers, so they wait together.
describe.concurrent.each(doors)('$name, over time', (door) => {
  describe.each(topicsWith(({ before }) => before !== undefined))('%s', (_topic, cases) => {
    for (const conformanceCase of cases) {
      test(conformanceCase.name, { timeout: 15_000 }, async () => {
        const place = await openPlace(door, conformanceCase.setup ?? plain)
        try {
          await play(conformanceCase, door, place)
        } finally {
          await closePlace(place)
        }
      })
    }
  })
})

function topicsWith(
  wanted: (conformanceCase: ConformanceCase) => boolean,
): [topic: string, cases: ConformanceCase[]][] {
  return Object.entries(table)
    .map(([topic, cases]): [string, ConformanceCase[]] => [topic, cases.filter(wanted)])
    .filter(([, cases]) => cases.length > 0)
}

async function openPlace(door: Door, setup: Setup): Promise<Place> {
  const world = await createWorld(setup)
  return { world, openDoor: await door.open(world) }
}

async function closePlace({ world, openDoor }: Place): Promise<void> {
  await openDoor.close()
  await world.close()
}

async function play(conformanceCase: ConformanceCase, door: Door, { world, openDoor }: Place): Promise<void> {
  for (const step of conformanceCase.before ?? []) await take(step, world, openDoor)

  const before = { events: world.events.length, outbound: world.outbound.length }
  const startedAt = performance.now()
  const answer = await openDoor.send(conformanceCase.given)
  const elapsed = (performance.now() - startedAt) / 1000
  const events = world.events.slice(before.events)
  const outbound = world.outbound.slice(before.outbound)

  checkOutbound(conformanceCase, outbound)
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

describe('the table itself', () => {
  const cases = Object.values(table).flat()

  test('it has at least 120 cases, and every one of them runs at four doors at least', () => {
    expect(cases.length).toBeGreaterThanOrEqual(120)
    expect(doors.length).toBeGreaterThanOrEqual(4)
  })

  test('no two cases have one name', () => {
    const names = cases.map(({ name }) => name)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  test('every case cites a rule', () => {
    expect(cases.filter(({ rules }) => rules.length === 0)).toEqual([])
  })

  test.each([
    'X01',
    'X02',
    'X03',
    'X04',
    'X05',
    'X06',
    'X07',
    'X08',
    'X09',
    'X10',
    'X11',
    'X12',
    'X13',
    'X14',
    'X15',
    'X21',
    'X23',
    'X25',
    'X26',
    'X27',
    'X28',
    'X30',
    'X31',
  ])('row %s of the response table has a case', (row) => {
    expect(cases.some(({ rules }) => rules.includes(row))).toBe(true)
  })
})
