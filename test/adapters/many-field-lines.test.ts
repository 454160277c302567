import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { viewNodeRequest } from '@resource-server/core'
import { expect, test } from 'vitest'
import { connect, type HeaderLine, requestBytes } from '../support/raw.js'
import { T } from '../support/token.js'
import { verifierWith } from './listening.js'

// Node drops field lines beyond a limit, and with them the second of two credentials. Later versions answer 431 instead,
// and no handler is called.

const verifier = verifierWith()
const authorization: HeaderLine = ['Authorization', `Bearer ${T}`]
const others = (count: number) => Array.from({ length: count }, (): HeaderLine => ['x', ''])

async function answerTo(lines: readonly HeaderLine[], maxHeadersCount: number | null, optional: boolean) {
  let reason: string | undefined
  const server = createServer(async (request, response) => {
    const view = viewNodeRequest(request)
    const result = await (optional ? verifier.authenticate(view, { optional }) : verifier.authenticate(view))
    reason = result.error?.reason ?? result.accessToken?.subject ?? 'anonymous'
    response.writeHead(result.ok ? 200 : result.error.status).end()
  })
  server.maxHeadersCount = maxHeadersCount
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const connection = await connect((server.address() as AddressInfo).port)
  const { status } = await connection.exchange(
    requestBytes('GET', '/v1/r', [['Host', 'api.test'], ['Connection', 'close'], ...lines]),
    'GET',
  )
  connection.close()
  server.close()
  return `${status} ${reason}`
}

test.each<[what: string, lines: HeaderLine[], max: number | null, optional: boolean, answer: string]>([
  [
    'behind more lines than Node keeps',
    [authorization, ...others(1100), authorization],
    null,
    false,
    '400 several_credentials',
  ],
  [
    'behind more lines than this server keeps',
    [authorization, ...others(60), authorization],
    50,
    false,
    '400 several_credentials',
  ],
  // Node reads 31 at a time: with that limit what comes after it leaves no trace.
  [
    'behind just as many as this server keeps',
    [authorization, ...others(28), authorization],
    31,
    false,
    '400 several_credentials',
  ],
  ['where a server keeps all', [authorization, ...others(1100), authorization], 0, false, '400 several_credentials'],
  ['where a server keeps all, and there is one', [authorization, ...others(1100)], 0, false, '200 u1'],
  ['as many lines as are kept for certain', [authorization, ...others(990)], null, false, '200 u1'],
  ['the only one, dropped', [...others(1100), authorization], null, false, '400 malformed_credentials'],
  [
    'the only one, dropped where it is optional',
    [...others(1100), authorization],
    null,
    true,
    '400 malformed_credentials',
  ],
])('RFC 9110 §5.3: an Authorization line cannot hide: %s', async (_what, lines, max, optional, answer) => {
  const mayBeDropped = answer.startsWith('400') && max !== 0
  expect(mayBeDropped ? [answer, '431 undefined'] : [answer]).toContain(await answerTo(lines, max, optional))
})
