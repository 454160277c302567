import { writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** @import { Reporter, TestModule } from 'vitest/node' */

/**
 * A Vitest reporter whose last words are the totals, plain and on one line, after coverage tables and all:
 *
 *     412 passed, 0 failed, 3 skipped
 *
 * Above it, each project's folders have a line of their own. A file that could not be collected and an error outside of
 * any test count as failures, since nobody knows what they kept from running. A run without a single test fails.
 *
 * @implements {Reporter}
 */
export default class PlainReporter {
  #totals = new Tally()

  onInit() {
    process.once('exit', () => {
      const nothingRan = this.#totals.passed + this.#totals.failed === 0
      if (nothingRan) process.exitCode ||= 1
      if (nothingRan) print('No test ran.')
      print(this.#totals.toString())
    })
  }

  /** @param {ReadonlyArray<TestModule>} modules @param {ReadonlyArray<unknown>} unhandledErrors */
  onTestRunEnd(modules, unhandledErrors) {
    this.#totals = new Tally()
    this.#totals.failed = unhandledErrors.length
    /** @type {Map<string, Tally>} */
    const folders = new Map()
    for (const module of modules) {
      const folder = `${module.project.name} ${dirname(module.relativeModuleId)}`
      const tally = folders.get(folder) ?? new Tally()
      folders.set(folder, tally)
      tally.add(module)
      this.#totals.add(module)
    }
    const lines = [...folders].map(([folder, tally]) => `${folder}: ${tally.toString()}`)
    for (const line of lines.toSorted()) print(line)
  }
}

class Tally {
  passed = 0
  failed = 0
  skipped = 0

  /** @param {TestModule} module */
  add(module) {
    const before = this.failed
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') this.passed += 1
      else if (state === 'failed') this.failed += 1
      else this.skipped += 1
    }
    // Neither a failed hook nor a file that does not load is a test, but both make their module fail.
    if (module.state() === 'failed' && this.failed === before) this.failed += 1
  }

  toString() {
    return `${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`
  }
}

/** @param {string} line */
const print = (line) => writeSync(1, `${line}\n`)
