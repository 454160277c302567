import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const DAY = 24 * 60 * 60
const STEPS = DAY / 120

test('a day with a hundred issuers: nothing promised is broken, nothing grows, and the process ends by itself', {
  timeout: 180_000,
}, async () => {
  const program = fileURLToPath(new URL('soak.js', import.meta.url))
  const child = spawn(process.execPath, ['--expose-gc', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  expect(code).toBe(0)

  const { problems, counts, last, fetches, states, heap, timers } = JSON.parse(output)
  expect(problems).toEqual([])
  expect(counts.accepted).toBeGreaterThan(60_000)
  expect(counts.invalid_token).toBeGreaterThan(100_000)
  expect(counts.unavailable).toBeGreaterThan(1000)
  expect(last).toBe('unavailable')
  // One scheduled fetch in 432 s at most, and one for strangers each time that they come.
  expect(fetches.most).toBeLessThanOrEqual(DAY / 432 + STEPS + 1)
  expect(fetches.failed).toBeGreaterThan(1000)
  expect(states).toBe(0)
  expect(heap.growth).toBeLessThan(2_000_000)
  expect(timers).toBe(0)
})
