import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** TypeScript as this workspace has it; consumers have an older one besides. */
export const newestTypeScript: string = `${root}/node_modules/typescript/bin/tsc`

/** What a command prints; one that fails rejects with all that it printed. */
export async function run(cwd: string, command: string, ...parameters: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, parameters, { cwd, maxBuffer: 64 * 1024 * 1024 })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${command} ${parameters.join(' ')} failed:\n${stdout}${stderr}`, { cause: error })
  }
}

export const node = (cwd: string, ...parameters: string[]): Promise<string> => run(cwd, process.execPath, ...parameters)
