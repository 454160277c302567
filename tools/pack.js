// Builds the packages and packs each as it would be published. Prints the tarballs, one path a line.
//
//   node tools/pack.js <folder>
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { argv, exit, stdout } from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const destination = argv[2]
if (destination === undefined) throw new TypeError('usage: node tools/pack.js <folder>')

// The package manager's pin has one home, the `setup` script.
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const [pnpm = 'pnpm'] = /pnpm@[\d.]+/.exec(scripts.setup) ?? []

/** What it says goes to stderr: stdout is for the paths. @param {string} command @param {string[]} parameters */
function run(command, parameters) {
  const { status } = spawnSync(command, parameters, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) exit(1)
}

run(join(root, 'node_modules/.bin/tsc'), ['-b', 'packages/core', 'packages/express', 'packages/fastify'])
run(process.execPath, ['tools/bundle.js'])
const pack = ['--filter', './packages/*', 'pack', '--pack-destination', resolve(destination)]
run('npx', ['--yes', pnpm, '--silent', ...pack])

for (const name of readdirSync(destination).toSorted()) {
  if (name.endsWith('.tgz')) stdout.write(`${join(resolve(destination), name)}\n`)
}
