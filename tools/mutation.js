// npm run mutation [folder…]: breaks packages/core/src in thousands of small ways and counts how many the tests notice.
// Folder by folder ('.' is the files beside them): all of it instrumented at once needs more memory than a process has.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'

/** @typedef {{ noticed: number, unnoticed: number, once: number }} Counts */
/** @typedef {{ status: string, mutatorName: string, replacement: string, location: { start: { line: number } } }} Mutant */

const SOURCE = 'packages/core/src'
const LEAST = 90 // per cent

const folders = readdirSync(SOURCE, { withFileTypes: true }).filter((entry) => entry.isDirectory())
const asked = process.argv.length > 2 ? process.argv.slice(2) : ['.', ...folders.map(({ name }) => name)]

const results = asked.map((folder) => ({ folder, counts: breakIn(folder) }))
const together = results.map(({ counts }) => counts).reduce(add)
for (const { folder, counts } of [...results, { folder: 'together', counts: together }])
  console.log(`${folder}: ${score(counts).toFixed(1)} %, ${JSON.stringify(counts)}`)
if (!(score(together) >= LEAST)) process.exitCode = 1

/** @param {string} folder @returns {Counts} */
function breakIn(folder) {
  const mutate = folder === '.' ? `${SOURCE}/*.ts` : `${SOURCE}/${folder}/**/*.ts`
  const { status } = spawnSync('npx', ['stryker', 'run', '--mutate', mutate], {
    stdio: 'inherit',
    env: { ...process.env, MUTATED: folder },
  })
  if (status !== 0) throw new Error(`stryker ended with ${status} in ${folder}`)
  /** @type {{ files: Record<string, { mutants: Mutant[] }> }} */
  const { files } = JSON.parse(readFileSync('reports/mutation/mutation.json', 'utf8'))
  return Object.entries(files)
    .flatMap(([file, { mutants }]) => mutants.map((mutant) => count(file, mutant)))
    .reduce(add, { noticed: 0, unnoticed: 0, once: 0 })
}

/** @param {string} file @param {Mutant} mutant @returns {Counts} */
function count(file, { status, mutatorName, replacement, location }) {
  const isUnnoticed = status === 'Survived' || status === 'NoCoverage'
  if (isUnnoticed) console.log(`${file}:${location.start.line} ${status} ${mutatorName} → ${replacement}`)
  return {
    noticed: Number(status === 'Killed' || status === 'Timeout'),
    unnoticed: Number(isUnnoticed),
    once: Number(status === 'Ignored'), // runs once, when a module loads: cannot be switched on later
  }
}

/** @param {Counts} a @param {Counts} b @returns {Counts} */
function add(a, b) {
  return { noticed: a.noticed + b.noticed, unnoticed: a.unnoticed + b.unnoticed, once: a.once + b.once }
}

/** Per cent. @param {Counts} counts */
function score({ noticed, unnoticed }) {
  return (100 * noticed) / (noticed + unnoticed)
}
