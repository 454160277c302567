import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { viewNodeRequest } from '@resource-server/core'
import { expect, test } from 'vitest'
import { verifierWith } from '../adapters/listening.js'
import { NOW } from '../support/fixture.js'
import { T, token } from '../support/token.js'

// A request to switch protocols reaches no router and no middleware: it is judged where it arrives.

const verifier = verifierWith()

/** All that comes back on the connection. */
async function answerTo(authorization: string | undefined): Promise<string> {
  const server = createServer()
  server.on('upgrade', async (request, socket) => {
    socket.on('error', () => socket.destroy())
    const { ok, accessToken, error } = await verifier.authenticate(viewNodeRequest(request))
    if (ok) {
      socket.end(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n${accessToken.subject}`,
      )
      return
    }
    const lines = Object.entries(error.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`)
    socket.end(`HTTP/1.1 ${error.status} Refused\r\nConnection: close\r\n${lines.join('')}\r\n`)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const head = ['GET /v1/r HTTP/1.1', 'Host: api.test', 'Connection: Upgrade', 'Upgrade: test']
  if (authorization !== undefined) head.push(`Authorization: ${authorization}`)
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  const received = await text(socket)
  server.close()
  return received
}

test('RFC 9110 §7.8: with a valid token the protocol is switched', async () => {
  expect(await answerTo(`Bearer ${T}`)).toMatch(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\nu1$/)
})

test.each([
  ['without a token', undefined, '401', 'Bearer realm="api"'],
  ['with an expired token', `Bearer ${token({ claims: { exp: NOW - 60 } })}`, '401', 'error="invalid_token"'],
  ['with a malformed header', 'Bearer', '400', 'error="invalid_request"'],
])('RFC 9110 §7.8: %s it is not', async (_what, authorization, status, challenge) => {
  const received = await answerTo(authorization)
  expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(received).toContain(challenge)
  expect(received).not.toContain('u1')
})
