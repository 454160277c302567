import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AccessToken } from '@resource-server/core'
import type { Answer, Door, OpenDoor, RequestSpec } from '../door.js'
import { connect, type HeaderLine, type RawConnection, requestBytes } from '../raw.js'
import type { World } from '../world.js'

/** Above the 16 KiB that a token may have, so that our own limit is reached and not Node's. */
export const MAX_HEADER_SIZE = 64 * 1024

export interface Application {
  /** Listening on the loopback interface. */
  readonly server: Server
  readonly logged: readonly string[]
  close(): Promise<void>
}

/** A door that is a real HTTP server. `start` mounts the world's routes and tells `onHandled` whom each handler has seen. */
export function httpDoor(
  name: string,
  authorizesLater: boolean,
  start: (world: World, onHandled: (accessToken: AccessToken | undefined) => void) => Promise<Application>,
): Door {
  return {
    name,
    seesFieldLines: true,
    authorizesLater,
    rendersOurBody: false,
    open: async (world) => {
      const handled: (AccessToken | undefined)[] = []
      const application = await start(world, (accessToken) => handled.push(accessToken))
      return openDoor(application, handled)
    },
  }
}

function openDoor({ server, logged, close }: Application, handled: readonly (AccessToken | undefined)[]): OpenDoor {
  const { port } = server.address() as AddressInfo
  let delivered = 0
  server.on('request', () => delivered++)

  async function exchange(connection: RawConnection, request: RequestSpec, isLast: boolean): Promise<Answer> {
    const { method = 'GET', target = '/v1/r', body } = request
    const before = { delivered, handled: handled.length, logged: logged.length }
    const response = await connection.exchange(requestBytes(method, target, fieldLines(request, isLast), body), method)
    const { status, statusLine, headerLines } = response
    return {
      delivered: delivered > before.delivered,
      status,
      headerLines,
      body: response.body,
      handled: handled.slice(before.handled),
      logged: [statusLine, ...logged.slice(before.logged)].join('\n'),
    }
  }

  return {
    close,
    send: async (request) => {
      const connection = await connect(port)
      try {
        for (const earlier of request.precededBy ?? []) await exchange(connection, earlier, false)
        return await exchange(connection, request, true)
      } finally {
        connection.close()
      }
    },
  }
}

function fieldLines({ headers = [], body }: RequestSpec, isLast: boolean): HeaderLine[] {
  const lines: HeaderLine[] = []
  if (!headers.some(([name]) => name.toLowerCase() === 'host')) lines.push(['Host', 'api.test'])
  lines.push(...headers, ['Connection', isLast ? 'close' : 'keep-alive'])
  if (body !== undefined) lines.push(['Content-Length', String(Buffer.byteLength(body, 'latin1'))])
  return lines
}
