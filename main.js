// Measures @resource-server beside its peers on every Node that is installed, and writes RESULTS.md.
//   --quick       the Node that runs this, few rounds, writes nothing: only to see that everything works
//   --node 24     this Node only; may be given again
//   --only new    this measurement only; may be given again
import { existsSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { barChart } from './chart.js'
import { contestants } from './contestants.js'
import { chooseNodes, findNodes } from './nodes.js'
import { report } from './report.js'
import { run } from './run.js'
import { startWorld } from './start-world.js'

const COLLECTABLE = ['--expose-gc']
const UNCOLLECTED = [...COLLECTABLE, '--min-semi-space-size=128', '--max-semi-space-size=256']

/** @type {readonly { name: string, file: string, flags?: string[] }[]} */
const MEASUREMENTS = [
  { name: 'seen', file: 'measure/seen.js' },
  { name: 'new', file: 'measure/new.js' },
  { name: 'heap', file: 'measure/heap.js', flags: UNCOLLECTED },
  { name: 'burst', file: 'measure/burst.js' },
  { name: 'copies', file: 'measure/copies.js' },
  { name: 'http', file: 'http/measure.js' },
  { name: 'cold-start', file: 'cold-start/measure.js' },
  { name: 'bundle', file: 'bundle/measure.js' },
  { name: 'memory', file: 'measure/memory.js', flags: COLLECTABLE },
]

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    node: { type: 'string', multiple: true },
    only: { type: 'string', multiple: true },
  },
})

const here = (/** @type {string} */ file) => fileURLToPath(new URL(file, import.meta.url))
const say = (/** @type {string} */ text) => process.stderr.write(`${text}\n`)

const installed = findNodes()
const current = installed.filter(({ path }) => path === process.execPath)
const nodes = options.node ? chooseNodes(installed, options.node) : options.quick ? current : installed
const unknown = (options.only ?? []).filter((name) => !MEASUREMENTS.some((each) => each.name === name))
if (unknown.length > 0) throw new Error(`No measurement is called ${unknown.join(', ')}`)
const measurements = MEASUREMENTS.filter(({ name, file }) =>
  options.only ? options.only.includes(name) : existsSync(here(file)),
)

/** @type {import('./report.js').Run[]} */
const runs = []
/** @type {import('./report.js').Conduct[]} */
const conducts = []
/** @type {string[]} */
const failures = []

const world = await startWorld()
// Node 20 announces on every start that WebCrypto's Ed25519 is new.
const env = { ...world.env, NODE_NO_WARNINGS: '1' }
try {
  for (const { version, path } of nodes) {
    say(`${version}: contract`)
    const conduct = await run(path, [here('contract.js')], env)
    if (conduct === undefined) failures.push(`${version}: the contract could not be checked`)
    else conducts.push({ node: version, ...conduct })
    for (const { name, file, flags = [] } of measurements) {
      const start = Date.now()
      const result = await run(path, [...flags, here(file), ...(options.quick ? ['--quick'] : [])], env)
      say(`${version}: ${name} (${Math.round((Date.now() - start) / 1000)} s)`)
      if (result === undefined) failures.push(`${version}: the measurement ${name} failed`)
      else runs.push({ node: version, measurement: name, result })
    }
  }
} finally {
  await world.stop()
}

for (const { node, contestants } of conducts) {
  for (const { name, ours, faults } of contestants)
    if (ours) failures.push(...faults.map((fault) => `${node}: ${name} ${fault}`))
}

/** Of the newest Node. @param {string} title @param {boolean} [logarithmic] */
function chartOf(title, logarithmic) {
  const figures = runs.findLast(({ result }) => result.figures.some(({ table }) => table === title))
  const bars = (figures?.result.figures ?? [])
    .filter(({ table }) => table === title)
    .flatMap(({ row, median }) => {
      const contestant = contestants.find(({ name }) => name === row)
      return contestant === undefined ? [] : [{ name: row, value: median, ours: contestant.ours === true }]
    })
  return bars.length === 0 ? undefined : barChart({ title: `${title}, Node ${figures?.node}`, logarithmic, bars })
}

const outcome = report({ runs, conducts, nodes: nodes.map(({ version }) => version) })
if (options.quick || options.only || options.node) {
  console.log(outcome)
} else {
  writeFileSync(here('RESULTS.md'), outcome)
  const charts = {
    'seen.svg': chartOf('A token seen before (RS256): µs a call', true),
    'new.svg': chartOf('RS256, never seen, one a turn of the event loop: share of the limit'),
  }
  for (const [file, chart] of Object.entries(charts)) if (chart !== undefined) writeFileSync(here(file), chart)
}
for (const failure of failures) say(failure)
process.exitCode = failures.length > 0 ? 1 : 0
