import fc from 'fast-check'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { importPublicKey } from '../../packages/core/src/lib/signature-node.js'
import { NOW } from '../support/fixture.js'
import { keys, ModelIssuer, type Outage, outages } from './model-issuer.js'
import { Process, type Settings } from './process.js'
import { advance, beginVirtualTime, endVirtualTime } from './virtual-time.js'

// Whatever happens to an issuer and in whatever order, what is promised about its keys holds after every step. Time is
// virtual, everything else is what users run.

const RUNS = Number(process.env['MODEL_RUNS'] ?? 2000)
const SEED = Number(process.env['MODEL_SEED'] ?? 1) // the same stories in every run, unless others are asked for
const STEPS = 50

type Step =
  | { readonly does: 'nothing' | 'rotate' | 'recover' | 'restart' }
  | { readonly does: 'request'; readonly key: number }
  | { readonly does: 'requests at once'; readonly keys: readonly number[] }
  | { readonly does: 'stranger'; readonly name: number }
  | { readonly does: 'withdraw'; readonly key: number }
  /** A token is used before its key is published, and again some time after. */
  | { readonly does: 'early token'; readonly recovers: boolean; readonly seconds: number }
  | { readonly does: 'outage'; readonly how: Outage }
  | { readonly does: 'advance'; readonly seconds: number }
  | { readonly does: 'freeze'; readonly seconds: number; readonly keys: readonly number[] }

const key = fc.nat({ max: 31 })
const seconds = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(1, 2, 5, 6, 10, 29, 30, 31, 45, 59, 60, 61) },
  { weight: 2, arbitrary: fc.constantFrom(300, 431, 432, 528, 529, 599, 600, 601) },
  { weight: 1, arbitrary: fc.constantFrom(1800, 3000, 3599, 3600, 3601, 4199, 4200, 4201) },
  { weight: 1, arbitrary: fc.nat({ max: 700 }) },
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { withCrossShrink: true },
  { weight: 1, arbitrary: fc.constant({ does: 'nothing' as const }) },
  { weight: 9, arbitrary: fc.record({ does: fc.constant('request' as const), key }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('stranger' as const), name: fc.nat({ max: 5 }) }) },
  { weight: 9, arbitrary: fc.record({ does: fc.constant('advance' as const), seconds }) },
  { weight: 3, arbitrary: fc.constant({ does: 'rotate' as const }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('withdraw' as const), key }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('outage' as const), how: fc.constantFrom(...outages) }) },
  { weight: 2, arbitrary: fc.constant({ does: 'recover' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('requests at once' as const),
      keys: fc.array(key, { minLength: 2, maxLength: 5 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('freeze' as const), seconds, keys: fc.array(key, { maxLength: 2 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('early token' as const), recovers: fc.boolean(), seconds }),
  },
  { weight: 1, arbitrary: fc.constant({ does: 'restart' as const }) },
)

const settings: fc.Arbitrary<Settings> = fc.record({
  staleIfError: fc.constantFrom(3600, 0),
  cooldown: fc.constantFrom(30, 5),
  suggestedMaxAge: fc.constantFrom(undefined, 60, 300, 604_800),
  retries: fc.constantFrom(0, 1),
  latency: fc.constantFrom(0, 200, 2000),
  chance: fc.constantFrom(0, 0.5, 0.999),
  isSeeded: fc.constantFrom(false, false, true),
  isShared: fc.constantFrom(false, false, true),
})

beforeAll(async () => {
  // Imports run in other threads, where virtual time does not reach: each key is imported once, before time begins.
  const realImport = crypto.subtle.importKey.bind(crypto.subtle) as (...given: unknown[]) => Promise<CryptoKey>
  const imported = new Map<string, Promise<CryptoKey>>()
  vi.spyOn(crypto.subtle, 'importKey').mockImplementation((...given: unknown[]) => {
    const name = JSON.stringify(given)
    const promise = imported.get(name) ?? realImport(...given)
    imported.set(name, promise)
    return promise as never
  })
  for (const { jwk } of keys) await importPublicKey(jwk as never, 'ES256')
})

afterEach(() => {
  vi.restoreAllMocks()
})

test(`what is promised about keys holds after each of ${STEPS} steps, ${RUNS} times`, {
  timeout: 60_000 + RUNS * 100,
}, async () => {
  const taken = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(settings, fc.array(step, { minLength: STEPS, maxLength: STEPS }), async (given, steps) => {
      beginVirtualTime(NOW * 1000)
      const random = vi.spyOn(Math, 'random').mockReturnValue(given.chance)
      try {
        await play(given, steps)
        for (const { does } of steps) taken.set(does, (taken.get(does) ?? 0) + 1)
      } finally {
        random.mockRestore()
        endVirtualTime()
      }
    }),
    { numRuns: RUNS, seed: SEED },
  )
  expect(taken.size).toBe(12)
})

async function play(given: Settings, steps: readonly Step[]): Promise<void> {
  const issuer = new ModelIssuer(given.latency, given.suggestedMaxAge)
  const store = new Map<string, string>()
  let process = new Process(issuer, given, store)
  const kidOf = (which: number): string => issuer.everyKid()[which % issuer.everyKid().length]!

  for (const [i, step] of steps.entries()) {
    await take(step).catch((broken: Error) => {
      const story = steps.slice(0, i + 1).filter(({ does }) => does !== 'nothing')
      throw new Error([broken.message, JSON.stringify(given), ...story.map((told) => JSON.stringify(told))].join('\n'))
    })
  }

  async function take(step: Step): Promise<void> {
    switch (step.does) {
      case 'nothing':
        break
      case 'request':
        await process.ask([kidOf(step.key)])
        break
      case 'requests at once':
        await process.ask(step.keys.map(kidOf))
        break
      case 'stranger':
        await process.ask([`stranger-${step.name}`])
        break
      case 'rotate':
        issuer.rotate()
        break
      case 'withdraw':
        issuer.withdraw(step.key)
        break
      case 'early token': {
        const kid = issuer.everyKid().at(-1)!
        await process.ask([kid])
        if (step.recovers) issuer.recover()
        issuer.rotate()
        await advance(step.seconds)
        await process.ask([kid])
        break
      }
      case 'outage':
        issuer.goDown(step.how)
        break
      case 'recover':
        issuer.recover()
        break
      case 'advance':
        await advance(step.seconds)
        break
      case 'freeze':
        await process.ask(step.keys.map(kidOf), { frozenFor: step.seconds })
        break
      case 'restart':
        process = new Process(issuer, given, store)
        break
    }
    process.checkStatus()
  }
}
