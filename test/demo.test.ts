import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'

const entry = fileURLToPath(new URL('../examples/demo/dist/main.js', import.meta.url))
const curlIsMissing = spawnSync('curl', ['--version']).error !== undefined
const started: ChildProcess[] = []

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

test('the demo ends by itself, with exit code 0 and every call as expected', { timeout: 30_000 }, async () => {
  const demo = startDemo()
  await once(demo.child, 'close')

  expect(demo.child.exitCode).toBe(0)
  expect(demo.errors()).toBe('')
  expect(demo.output()).toContain('22 of 22 as expected at every API.')
  expect(demo.output()).not.toContain('✗')
  const rows = demo.output().replace(/ +/g, ' ')
  expect(rows).toContain('✓ shop: a token by 200 200 200 {"client":"shop"} ')
  expect(rows).toContain('✓ no token 401 401 401 Bearer realm="api" no_credentials: ')
  expect(rows).toContain('✓ an expired token 401 401 401 Bearer realm="api", expired: ')
  expect(rows).toContain('✓ a token for read:profile only 403 403 403 Bearer realm="api", missing_scope: ')
  expect(rows).toContain('✓ a token of a trusted issuer 503 503 503 no challenge, Retry-After metadata: ')
  expect(rows).toContain('✓ the same, and branch has been 200 200 200 {"client":"courier"} ')
  expect(rows).toContain('✓ a token by a key that the 503 503 503 no challenge, Retry-After keys: ')
  expect(rows).toContain('✓ the same a minute later, and 200 200 200 {"client":"courier"} ')
  expect(rows).toContain('✓ the same ten minutes after 401 401 401 Bearer realm="api", unknown_key: ')
  expect(rows).toContain('branch, down for half an hour: stale, 1 usable, 1800 s old, ECONNREFUSED')
  expect(rows).toContain('branch, back again: fresh, 2 usable, 0 s old')
})

test('the demo prints no token, and no line wider than 120 columns', { timeout: 30_000 }, async () => {
  const demo = startDemo()
  await once(demo.child, 'close')

  expect(demo.output()).not.toContain('eyJ')
  const lines = demo.output().split('\n')
  expect(lines.filter((line) => line.length > 120)).toEqual([])
})

test.skipIf(curlIsMissing)(
  'with --serve the printed curl commands work as they are, and SIGTERM ends the demo',
  { timeout: 30_000 },
  async () => {
    const demo = startDemo('--serve')
    await demo.printed('Running until Ctrl-C.')

    const shell = spawnSync('sh', ['-e'], { input: commandsIn(demo.output()), encoding: 'utf8' })
    expect(shell.status).toBe(0)
    const statuses = [...shell.stdout.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status)
    expect(statuses.join(' ')).toBe('200 200 200 401 401 401 401 401 401 403 403 403')
    expect(shell.stdout.match(/\{"client":"warehouse"\}/g)).toHaveLength(3)
    expect(shell.stdout.match(/error="insufficient_scope".*scope="read:orders"/g)).toHaveLength(3)

    demo.child.kill('SIGTERM')
    await once(demo.child, 'close')
    expect(demo.child.exitCode).toBe(0)
  },
)

function startDemo(...args: string[]) {
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk))

  const printed = async (text: string) => {
    while (!output.includes(text)) await once(child.stdout, 'data')
  }
  return { child, output: () => output, errors: () => errors, printed }
}

const commandsIn = (output: string): string =>
  output
    .split('\n')
    .filter((line) => /^(curl|\w+=\$\(curl) /.test(line))
    .join('\n')
