// From nothing to the first verified token, each time in a process of its own.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { load } from '../contestants.js'
import { summary } from '../statistics.js'
import { createSigner } from '../world.js'
import { isQuick, report, rotated, world } from './field.js'

const ROUNDS = isQuick ? 2 : 15
const FILES = [
  'bare',
  'resource-server',
  'resource-server-https',
  'aws-jwt-verify',
  'oauth4webapi',
  'jose',
  'express-oauth2-jwt-bearer',
  'jsonwebtoken',
  'fast-jwt',
]

const run = promisify(execFile)
const script = fileURLToPath(new URL('../cold.js', import.meta.url))
const token = createSigner(world, 'ES256')()
/** @type {Map<string, { all: number, import: number }[]>} */
const rounds = new Map(FILES.map((file) => [file, []]))
for (let round = 0; round < ROUNDS; round++) {
  for (const file of rotated(FILES, round)) {
    const { stdout } = await run(process.execPath, [script, file, token])
    rounds.get(file)?.push(JSON.parse(stdout))
  }
}
const names = new Map()
for (const file of FILES) names.set(file, await nameOf(file))
report({
  contestants: [...rounds].map(([file, results]) => ({
    name: names.get(file),
    all: summary(results.map(({ all }) => all)),
    import: summary(results.map((result) => result.import)),
  })),
})

/** @param {string} file */
async function nameOf(file) {
  return file === 'bare' ? 'no library' : (await load(file)).name
}
