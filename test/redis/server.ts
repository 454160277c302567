import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { type IoRedisClient, type NodeRedisClient } from '@resource-server/core/redis'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { onTestFinished } from 'vitest'

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0
export const onRedis = hasRedis
  ? 'on a real Redis'
  : 'on a real Redis: skipped, since redis-server is not installed here'

export interface RedisServer {
  readonly port: number
  /** Ends it as a crash would. */
  kill(): Promise<void>
  /** Begins it again, empty, on the same port. */
  restart(): Promise<void>
}

/** A Redis of one's own on the loopback interface, which keeps nothing on disk, until the test is over. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort()
  let child = await start(port)
  const kill = (): Promise<void> =>
    new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve()
      child.once('exit', () => resolve())
      child.kill('SIGKILL')
    })
  onTestFinished(kill)
  return {
    port,
    kill,
    restart: async () => {
      child = await start(port)
    },
  }
}

async function start(port: number): Promise<ChildProcess> {
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', '/tmp']
  const child = spawn('redis-server', settings, { stdio: 'ignore' })
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await answers(port)) return child
    await delay(25)
  }
  throw new Error('redis-server did not start')
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.once('data', (data) => {
      socket.destroy()
      resolve(data.toString().startsWith('+PONG'))
    })
    socket.once('error', () => resolve(false))
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

/** Both clients, connected, as the documentation of the store wants them. */
export const clients: readonly (readonly [
  name: string,
  open: (port: number) => Promise<NodeRedisClient | IoRedisClient>,
])[] = [
  [
    'redis',
    async (port) => {
      const client = createClient({
        url: `redis://127.0.0.1:${port}`,
        disableOfflineQueue: true,
        socket: { reconnectStrategy: () => 50 },
      })
      client.on('error', () => {})
      await client.connect()
      onTestFinished(() => client.destroy())
      return client
    },
  ],
  [
    'ioredis',
    async (port) => {
      const client = new Redis(port, '127.0.0.1', {
        enableOfflineQueue: false,
        maxRetriesPerRequest: 1,
        retryStrategy: () => 50,
        lazyConnect: true,
      })
      client.on('error', () => {})
      await client.connect()
      onTestFinished(() => client.disconnect())
      return client
    },
  ],
]
