import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const here = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** What is left of a test run: its exit code and its last line. */
function runTests(files: Record<string, string>, ...options: string[]): { status: number | null; last: string } {
  const root = mkdtempSync(join(tmpdir(), 'reporter-'))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text)
    const vitest = [here('node_modules/vitest/vitest.mjs'), 'run', '--globals', '--root', root]
    const reporters = ['--reporter', 'default', '--reporter', here('tools/plain-reporter.js')]
    const { status, stdout } = spawnSync(process.execPath, [...vitest, ...reporters, ...options], { encoding: 'utf8' })
    return { status, last: stdout.trimEnd().split('\n').at(-1) ?? '' }
  } finally {
    rmSync(root, { recursive: true })
  }
}

const fine = "test('a', () => {})\ntest('b', () => {})"

test('the last line is the totals', { timeout: 30_000 }, () => {
  const files = { 'a.test.js': fine, 'b.test.js': "test.skip('a', () => {})\ntest('b', () => {})" }
  expect(runTests(files)).toEqual({ status: 0, last: '3 passed, 0 failed, 1 skipped' })
})

test('whatever fails is counted: a test, a file, a hook, a stray error', { timeout: 30_000 }, () => {
  const files = {
    'fine.test.js': fine,
    'test.test.js': "test('a', () => { throw new Error() })",
    'file.test.js': "import './nowhere.js'",
    'hook.test.js': "afterAll(() => { throw new Error() })\ntest('a', () => {})",
    'stray.test.js': "test('a', () => { Promise.reject(new Error()) })",
  }
  expect(runTests(files)).toEqual({ status: 1, last: '4 passed, 4 failed, 0 skipped' })
})

test('a run without a test fails', { timeout: 30_000 }, () => {
  const none = { status: 1, last: '0 passed, 0 failed, 0 skipped' }
  expect(runTests({}, '--passWithNoTests')).toEqual(none)
  expect(runTests({ 'a.test.js': fine }, '-t', 'c')).toEqual({ ...none, last: '0 passed, 0 failed, 2 skipped' })
})
