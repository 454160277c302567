import type { IncomingMessage } from 'node:http'
import { type NodeRequest, viewNodeRequest } from '@resource-server/core'
import { describe, expect, test } from 'vitest'
import { connect, type HeaderLine, requestBytes } from '../support/raw.js'
import { T } from '../support/token.js'
import { portOf, serving, verifierWith } from './listening.js'

const view = (request: Partial<NodeRequest>) => viewNodeRequest({ headers: {}, ...request })
const linesOf = (request: Partial<NodeRequest>) => view(request).headers.getLines?.('authorization')

describe('RFC 9110 §5.3: a request of node:http', () => {
  /** What the view of a real request with these field lines says. */
  async function seen(...lines: HeaderLine[]): Promise<{ lines: unknown; first: unknown; verdict: string }> {
    const verifier = verifierWith()
    let result: { lines: unknown; first: unknown; verdict: string } | undefined
    await serving(
      async (request: IncomingMessage, response) => {
        const { headers } = viewNodeRequest(request)
        const { error } = await verifier.authenticate(viewNodeRequest(request))
        result = {
          lines: headers.getLines?.('authorization'),
          first: headers.get('authorization'),
          verdict: error?.reason ?? 'granted',
        }
        response.end()
      },
      async (_get, server) => {
        const connection = await connect(portOf(server))
        await connection.exchange(requestBytes('GET', '/', [['Host', 'a'], ...lines]))
        connection.close()
      },
    )
    return result!
  }

  test('one line', async () => {
    expect(await seen(['Authorization', `Bearer ${T}`])).toEqual({
      lines: [`Bearer ${T}`],
      first: `Bearer ${T}`,
      verdict: 'granted',
    })
  })

  test('no line', async () => {
    expect(await seen(['X-Authorization', 'Bearer x'])).toEqual({
      lines: [],
      first: undefined,
      verdict: 'no_credentials',
    })
  })

  test.each<[string, HeaderLine[]]>([
    [
      'the same twice',
      [
        ['Authorization', `Bearer ${T}`],
        ['Authorization', `Bearer ${T}`],
      ],
    ],
    [
      'a good one first',
      [
        ['Authorization', `Bearer ${T}`],
        ['Authorization', 'Bearer x'],
      ],
    ],
    [
      'a good one last',
      [
        ['Authorization', 'Basic x'],
        ['Authorization', `Bearer ${T}`],
      ],
    ],
    [
      'spelt in two ways',
      [
        ['authorization', `Bearer ${T}`],
        ['AUTHORIZATION', 'Bearer x'],
      ],
    ],
    [
      'an empty one last',
      [
        ['Authorization', `Bearer ${T}`],
        ['Authorization', ''],
      ],
    ],
    [
      'with other lines between',
      [
        ['Authorization', `Bearer ${T}`],
        ['Accept', '*/*'],
        ['Authorization', 'Bearer x'],
      ],
    ],
  ])('several lines, which Node hides: %s', async (_, lines) => {
    expect(await seen(...lines)).toEqual({
      lines: lines.filter(([name]) => name !== 'Accept').map(([, value]) => value),
      first: lines[0]![1],
      verdict: 'several_credentials',
    })
  })

  test('the value of another header that is called like it is none', async () => {
    expect(await seen(['X-Name', 'Authorization'], ['Authorization', `Bearer ${T}`])).toMatchObject({
      verdict: 'granted',
    })
  })
})

describe('what serverless platforms hand over in place of one', () => {
  test('headers without rawHeaders', () => {
    expect(linesOf({ headers: { authorization: 'Bearer a' } })).toEqual(['Bearer a'])
    expect(linesOf({ headers: { authorization: 'Bearer a' }, rawHeaders: undefined })).toEqual(['Bearer a'])
    expect(linesOf({ headers: {} })).toEqual([])
    expect(linesOf({ headers: { authorization: undefined } })).toEqual([])
  })

  test('headers with empty rawHeaders', () => {
    expect(linesOf({ headers: { authorization: 'Bearer a' }, rawHeaders: [] })).toEqual(['Bearer a'])
  })

  test('headers that are arrays', () => {
    expect(linesOf({ headers: { authorization: ['Bearer a', 'Bearer b'] } })).toEqual(['Bearer a', 'Bearer b'])
    expect(linesOf({ headers: { authorization: ['Bearer a'] } })).toEqual(['Bearer a'])
    expect(linesOf({ headers: { authorization: [] } })).toEqual([])
  })

  test('an empty header is a line', () => {
    expect(linesOf({ headers: { authorization: '' } })).toEqual([''])
  })

  test('what was parsed counts as long as there is one line: it is what every other middleware sees', () => {
    const rawHeaders = ['Authorization', 'Bearer raw']
    expect(linesOf({ headers: { authorization: 'Bearer parsed' }, rawHeaders })).toEqual(['Bearer parsed'])
    expect(linesOf({ headers: {}, rawHeaders })).toEqual([])
  })

  test('raw lines count where there are several, even if they say the same', () => {
    const rawHeaders = ['authorization', 'Bearer a', 'Authorization', 'Bearer a']
    expect(linesOf({ headers: { authorization: 'Bearer a' }, rawHeaders })).toEqual(['Bearer a', 'Bearer a'])
  })

  test('a list that ends with a name is no line more', () => {
    expect(linesOf({ headers: { authorization: 'a' }, rawHeaders: ['Authorization', 'a', 'Authorization'] })).toEqual([
      'a',
    ])
  })

  test('values are not taken for names', () => {
    const rawHeaders = ['X', 'authorization', 'Y', 'authorization', 'Authorization', 'Bearer a']
    expect(linesOf({ headers: { authorization: 'Bearer a' }, rawHeaders })).toEqual(['Bearer a'])
  })
})

test('names are found however they are spelt', () => {
  const { headers } = view({ headers: { authorization: 'Bearer a' } })
  expect(headers.get('Authorization')).toBe('Bearer a')
  expect(headers.getLines?.('AUTHORIZATION')).toEqual(['Bearer a'])
  expect(headers.get('x-other')).toBeUndefined()
})

test('method and URL are those of the request', () => {
  expect(view({ method: 'POST', url: '/a?b' })).toMatchObject({ method: 'POST', url: '/a?b' })
  expect(view({})).toMatchObject({ method: '', url: '' })
})
