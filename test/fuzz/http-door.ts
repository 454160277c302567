import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect, type HeaderLine, type RawConnection, requestBytes } from '../support/raw.js'
import type { Answer, FuzzDoor } from './door.js'
import type { BadRequest } from './request.js'

const CONNECTIONS = 8
/** Requests in one write: with many more, Express hangs so many listeners on one socket that Node warns of a leak. */
const DEPTH = 5

/** Sends over real sockets that stay open, many requests in one write. */
export async function httpDoor(server: Server, close: () => Promise<void>): Promise<FuzzDoor> {
  const { port } = server.address() as AddressInfo
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => connect(port)))
  return {
    send: async (requests) => {
      const answers = new Map<BadRequest, Answer>()
      const orderly = requests.filter(({ breaksHttp }) => !breaksHttp)
      await Promise.all(
        connections.map(async (connection, turn) => {
          const share = orderly.filter((_, index) => index % CONNECTIONS === turn)
          const received = await pipelined(connection, share)
          share.forEach((request, index) => answers.set(request, received[index]!))
        }),
      )
      // What the server takes for a broken connection would cost others on it their answers.
      for (const request of requests.filter(({ breaksHttp }) => breaksHttp))
        answers.set(request, await alone(port, request))
      return requests.map((request) => answers.get(request))
    },
    close: async () => {
      for (const connection of connections) connection.close()
      await close()
    },
  }
}

async function pipelined(connection: RawConnection, requests: readonly BadRequest[]): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let first = 0; first < requests.length; first += DEPTH) {
    const together = requests.slice(first, first + DEPTH)
    let bytes = Buffer.concat(together.map(bytesOf))
    for (const { method } of together) {
      answers.push(await connection.exchange(bytes, method))
      bytes = Buffer.alloc(0) // all of them are on their way
    }
  }
  return answers
}

async function alone(port: number, request: BadRequest): Promise<Answer> {
  const connection = await connect(port)
  try {
    return await connection.exchange(bytesOf(request), request.method)
  } finally {
    connection.close()
  }
}

function bytesOf({ method, target, headers, body = '' }: BadRequest): Buffer {
  const length: HeaderLine[] = body === '' ? [] : [['Content-Length', String(body.length)]]
  return requestBytes(method, target, [['Host', 'api.test'], ...headers, ...length], body)
}
