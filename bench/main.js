// Measures everything, on every Node that is there, and writes down what came out.
//
//   node bench/main.js            writes bench/RESULTS.md and the charts beside it
//   node bench/main.js --quick    a few rounds on this Node, to see that it works: writes nothing
//   node bench/main.js --node 24  on one Node: writes nothing
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { chartOf } from './chart.js'
import { reportOf } from './report.js'
import { startWorld } from './world.js'

const MEASUREMENTS = /** @type {const} */ (['seen', 'new', 'burst', 'memory', 'http', 'cold-start', 'bundle'])

/** @typedef {Record<(typeof MEASUREMENTS)[number], any>} Results of one Node, each as its script has printed it */

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url))
const run = promisify(execFile)
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, node: { type: 'string' } } })

/** The binaries to measure on, by their major version. */
const nodes = new Map([[process.versions.node.split('.')[0] ?? '', process.execPath]])
for (const major of ['22', '24', '26']) {
  const binary = here(`node_modules/node${major}/bin/node`)
  if (!values.quick && existsSync(binary)) nodes.set(major, binary)
}
for (const major of nodes.keys()) if (values.node !== undefined && values.node !== major) nodes.delete(major)

/** @type {Map<string, Results>} */
const results = new Map()
const world = await startWorld()
try {
  for (const [major, binary] of nodes) results.set(major, await measureOn(major, binary))
} finally {
  world.close()
}

const packages = JSON.parse(readFileSync(here('package.json'), 'utf8')).devDependencies
const machine = `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores`
const text = reportOf(results, {
  packages,
  machine,
  date: new Date().toISOString().slice(0, 10),
  isQuick: values.quick,
  missed: readFileSync(here('missed.md'), 'utf8'),
})
process.stdout.write(text)
if (!values.quick && values.node === undefined) {
  writeFileSync(here('RESULTS.md'), text)
  for (const [name, chart] of Object.entries(chartOf(results))) writeFileSync(here(`${name}.svg`), chart)
}

/** @param {string} major @param {string} binary @returns {Promise<Results>} */
async function measureOn(major, binary) {
  /** @type {Partial<Results>} */
  const measured = {}
  for (const name of MEASUREMENTS) {
    process.stderr.write(`Node ${major}: ${name}\n`)
    const flags = ['--expose-gc', '--max-semi-space-size=64', here(`measure/${name}.js`)]
    const { stdout } = await run(binary, values.quick ? [...flags, '--quick'] : flags, {
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, BENCH_WORLD: world.file, NODE_EXTRA_CA_CERTS: world.certificate, NODE_NO_WARNINGS: '1' },
    })
    measured[name] = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  }
  return /** @type {Results} */ (measured)
}
