import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/**
 * Runs a measurement in a process of its own, which prints one line of JSON.
 *
 * @param {string} nodePath
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<any>} `undefined` if it failed; it has said why
 */
export async function run(nodePath, args, env) {
  const child = spawn(nodePath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return code === 0 ? JSON.parse(output) : undefined
}
