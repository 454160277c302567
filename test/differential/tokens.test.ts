import { describe, expect, test } from 'vitest'
import { compare } from './compare.js'
import { createGenerator } from './generate.js'
import { createJudges, type Verdict } from './judge.js'
import { type Settings, settings } from './settings.js'
import { stricterClasses } from './stricter.js'

// The seed says how each token is made. Keys and salts are new in each process, so the same seed makes tokens of the
// same kinds, not of the same bytes. DIFFERENTIAL_SEED and DIFFERENTIAL_TOKENS (per settings) replace what stands here.
const seed = process.env['DIFFERENTIAL_SEED'] ?? 'resource-server'
const count = Number(process.env['DIFFERENTIAL_TOKENS'] ?? 6_700)

Error.stackTraceLimit = 0 // thousands of errors are thrown, and nobody reads where

const AT_ONCE = 100
const MAX_PROBLEMS = 10

/** How often each class must have made the difference by itself, among the tokens of all settings. */
const LEAST_PER_CLASS = 10

const outcomes = { accepted: 0, refused: 0, stricter: 0 }
const hits = new Map(stricterClasses.map(({ name }) => [name, 0]))

async function run(given: Settings): Promise<string[]> {
  const generate = createGenerator(`${seed}/${given.name}`, given)
  const { ours, jose } = createJudges(given)
  const problems: string[] = []

  const judge = async (index: number): Promise<void> => {
    const { token, recipe, isValid } = generate(index)
    const note = (problem: string): number => problems.push(`seed ${seed}, token ${index} (${recipe}): ${problem}`)
    try {
      const verdicts = await Promise.all([ours(token), jose(token)])
      const { outcome, classes, problem } = compare(token, given, ...verdicts)
      outcomes[outcome]++
      const [only, ...others] = outcome === 'stricter' ? classes : []
      if (only !== undefined && others.length === 0) hits.set(only.name, hits.get(only.name)! + 1)
      if (problem !== undefined) note(problem)
      else if (isValid && outcome !== 'accepted') note(`should be valid: ${verdicts.map(reasonOf).join(', ')}`)
    } catch (error) {
      note(`${error}`)
    }
  }

  for (let first = 0; first < count && problems.length < MAX_PROBLEMS; first += AT_ONCE) {
    const indices = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) => first + i)
    await Promise.all(indices.map(judge))
  }
  return problems
}

function reasonOf(verdict: Verdict): string {
  return verdict.ok ? 'ok' : verdict.reason
}

describe('never laxer than jose, and stricter only in the listed classes', () => {
  test.each(settings)('under $name', { timeout: 120_000 }, async (given) => {
    expect(await run(given)).toEqual([])
  })

  test('both verdicts are well represented', () => {
    const share = (outcome: keyof typeof outcomes): number => outcomes[outcome] / (count * settings.length)
    expect(share('accepted')).toBeGreaterThan(0.2)
    expect(share('refused')).toBeGreaterThan(0.3)
    expect(share('stricter')).toBeGreaterThan(0.1)
  })

  test('each listed class has made the difference', () => {
    const tooRare = [...hits].filter(([, count]) => count < LEAST_PER_CLASS)
    expect(tooRare).toEqual([])
  })
})
