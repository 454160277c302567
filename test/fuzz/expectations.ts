import { describe, expect, test } from 'vitest'
import type { OpenDoor } from './door.js'
import { fuzz } from './run.js'

// A request is made in the same way for the same seed; keys are new in each process. FUZZ_SEED and FUZZ_REQUESTS (per
// door) replace what stands here: `npm run fuzz` sends a million through the four of them.
const seed = process.env['FUZZ_SEED'] ?? 'resource-server'
const count = Number(process.env['FUZZ_REQUESTS'] ?? 10_000)

/** Far fewer than requests: no answer and no log entry depends on what a request says. */
const MOST_TEXTS = 100

export function expectBadRequestsRefused(name: string, open: OpenDoor): void {
  describe(`${name}: ${count} random and mutated requests`, () => {
    test('get 400, 401 or 403, reach no handler, and nothing of them comes out again', {
      timeout: 900_000,
    }, async () => {
      const report = await fuzz(open, count, seed)
      expect(report.problems).toEqual([])
      expect(report.strayErrors).toEqual([])
      expect(report.handled).toBe(0)
      expect(report.responses.texts.length).toBeLessThan(MOST_TEXTS)
      expect(report.log.texts.length).toBeLessThan(MOST_TEXTS)

      expect(report.requests).toBeGreaterThanOrEqual(count)
      expect(report.handledWhenGood).toBe(1)
      expect(report.statuses.get(400)).toBeGreaterThan(count * 0.1)
      expect(report.statuses.get(401)).toBeGreaterThan(count * 0.3)
      expect(report.statuses.get(403)).toBeGreaterThan(count * 0.01)
    })
  })
}
