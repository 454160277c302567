// Requests a second beside a server without a guard: with one token, with 1,000 in turn, and with none that was seen before.
import { execFileSync, fork, spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { servers } from '../servers.js'
import { median, summary } from '../statistics.js'
import { createSigner } from '../world.js'
import { isQuick, report, rotated, world } from './field.js'

const ROUNDS = isQuick ? 1 : 7
const SECONDS = 1
const NEW = isQuick ? 200 : 1500
const CONNECTIONS = 32

// The server has one core, whoever asks it the other: were both moved about, what is measured would be the moving.
const hasCores = availableParallelism() > 1 && isThere('taskset')
if (hasCores) execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', '1', String(process.pid)])

const sign = createSigner(world, 'RS256')
const one = sign()
const thousand = Array.from({ length: 1000 }, () => sign())

/** @typedef {{ index: number, server: import('../servers.js').Server, port: number, child: import('node:child_process').ChildProcess }} Running */

const results = []
for (const framework of /** @type {const} */ (['Express 5', 'Fastify 5'])) results.push(await measure(framework))
report({ frameworks: results })

/** @param {import('../servers.js').Server['framework']} framework */
async function measure(framework) {
  /** @type {Running[]} */
  const running = []
  for (const [index, server] of servers.entries()) {
    if (server.framework === framework) running.push(await start(index, server))
  }
  try {
    /** @type {Map<string, string[]>} */
    const wrong = new Map()
    for (const { server, port } of running) {
      const breaches = server.isBare ? [] : await breachesAt(port)
      if (server.isOurs && breaches.length > 0) throw new Error(`${server.name} ${breaches.join(', ')}`)
      wrong.set(server.name, breaches)
    }
    if (!isQuick) await column(running, [one], { duration: 1 }) // what is measured is a server that has been up for a while
    const columns = {
      one: await column(running, [one], { duration: SECONDS }),
      thousand: await column(running, thousand, { duration: SECONDS }),
      none: await column(running, undefined, { amount: NEW }),
    }
    return { framework, columns, wrong: Object.fromEntries(wrong) }
  } finally {
    for (const { child } of running) child.disconnect()
  }
}

/**
 * Rounds of load on one server after the other.
 * @param {readonly Running[]} running
 * @param {readonly string[] | undefined} tokens new ones for each round, if none are given
 * @param {{ duration: number } | { amount: number }} span
 */
async function column(running, tokens, span) {
  /** @type {Map<string, { rate: number[], cpu: number[] }>} */
  const rounds = new Map(running.map(({ server }) => [server.name, { rate: [], cpu: [] }]))
  for (let round = 0; round < ROUNDS; round++) {
    const given = tokens ?? Array.from({ length: NEW }, () => sign())
    for (const { server, port, child } of rotated(running, round)) {
      const before = await cpuOf(child)
      const result = await autocannon({
        url: `http://127.0.0.1:${port}/`,
        connections: CONNECTIONS,
        ...span,
        requests: given.map((token) => ({ headers: { authorization: `Bearer ${token}` } })),
      })
      const cpu = (await cpuOf(child)) - before
      const count = result['2xx']
      if (count === 0 || result.non2xx > 0) throw new Error(`${server.name} answered ${result.non2xx} with an error`)
      rounds.get(server.name)?.rate.push(count / result.duration)
      rounds.get(server.name)?.cpu.push(cpu / count)
    }
  }
  const bare = rounds.get('no guard')
  return [...rounds].map(([name, { rate, cpu }]) => ({
    name,
    rate: summary(rate),
    ratio: median(rate) / median(bare?.rate ?? []),
    cpu: summary(cpu),
    cpuRatio: median(bare?.cpu ?? []) / median(cpu),
  }))
}

/** @param {number} index @param {import('../servers.js').Server} server @returns {Promise<Running>} */
async function start(index, server) {
  const port = await freePort()
  const child = fork(fileURLToPath(new URL('../serve.js', import.meta.url)), [String(index), String(port)], {
    ...(hasCores ? { execPath: 'taskset', execArgv: ['--cpu-list', '0', process.execPath] } : { execArgv: [] }),
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  await new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', () => reject(new Error(`${server.name} did not start`)))
  })
  return { index, server, port, child }
}

/** @param {string} command */
function isThere(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Microseconds of processor time so far. @param {import('node:child_process').ChildProcess} child @returns {Promise<number>} */
function cpuOf(child) {
  return new Promise((resolve) => {
    child.once('message', (/** @type {any} */ { user, system }) => resolve(user + system))
    child.send('cpu')
  })
}

/** @param {number} port */
async function breachesAt(port) {
  const [header, payload, signature] = one.split('.')
  const cases = /** @type {const} */ ([
    ['a good token', one, 200],
    ['a tampered payload', `${header}.${sign().split('.')[1]}.${signature}`, 401],
    ['a tampered header', `${header}A.${payload}.${signature}`, 401],
    ['an expired token', sign({ exp: Math.floor(Date.now() / 1000) - 3600 }), 401],
    ['a token for another audience', sign({ aud: 'https://other.example.com' }), 401],
  ])
  /** @type {string[]} */
  const wrong = []
  for (const [what, token, expected] of cases) {
    const { status } = await fetch(`http://127.0.0.1:${port}/`, { headers: { authorization: `Bearer ${token}` } })
    if (status !== expected) wrong.push(`answers ${what} with ${status}`)
  }
  return wrong
}
