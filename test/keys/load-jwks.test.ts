import { describe, expect, test } from 'vitest'
import { createJwksLoader } from '../../packages/core/src/keys/load-jwks.js'
import type { Budget } from '../../packages/core/src/lib/deadline.js'
import { parseJsonObject } from '../../packages/core/src/lib/json.js'
import { LoadError } from '../../packages/core/src/lib/load-json.js'

const URI = 'https://as.test/jwks'

function load(text: string): Promise<unknown> {
  const document = parseJsonObject(text, 16)!
  return createJwksLoader(
    async () => ({ jwksUri: URI }),
    async () => ({ document, mediaType: '', maxAge: undefined }),
    5,
  )()
}

const hundred = (count: number): string =>
  JSON.stringify({ keys: Array.from({ length: count }, () => ({ kty: 'EC' })) })

describe('RFC 7517 §5: a JWK set', () => {
  test('its members are handed on as they are, whatever its media type', async () => {
    expect(await load('{"keys":[{"kty":"EC"},null,1],"more":true}')).toMatchObject({
      members: [{ kty: 'EC' }, null, 1],
    })
    expect(await load('{"keys":[]}')).toMatchObject({ members: [] })
    expect(await load(hundred(100))).toMatchObject({ members: { length: 100 } })
  })

  test.each(['{}', '{"keys":null}', '{"keys":{}}', '{"keys":"[]"}', '{"Keys":[]}', '{"kty":"EC"}', hundred(101)])(
    '%.40s is none',
    async (text) => {
      await expect(load(text)).rejects.toThrow(
        new LoadError('keys', 'GET https://as.test/jwks did not answer a JWK set of at most 100 keys'),
      )
    },
  )
})

test('the address is found out first, the document is loaded from there, and both within one budget', async () => {
  const calls: [string, unknown][] = []
  const budgets: Budget[] = []
  const { members, maxAge } = await createJwksLoader(
    async (budget) => {
      budgets.push(budget)
      calls.push(['locate', Math.round(budget.remaining() / 100)])
      return { jwksUri: URI }
    },
    async (url, budget) => {
      budgets.push(budget)
      calls.push(['load', url])
      return { document: parseJsonObject('{"keys":[1]}', 16)!, mediaType: '', maxAge: 7 }
    },
    5,
  )()
  expect(members).toEqual([1])
  expect(maxAge).toBe(7)
  expect(calls).toEqual([
    ['locate', 50],
    ['load', URI],
  ])
  expect(budgets[0]).toBe(budgets[1])
})

test('each attempt has a budget of its own', async () => {
  const budgets: Budget[] = []
  const attempt = createJwksLoader(
    async (budget) => {
      budgets.push(budget)
      throw new LoadError('metadata', 'nobody there')
    },
    () => Promise.reject(new Error('not reached')),
    5,
  )
  await expect(attempt()).rejects.toThrow('nobody there')
  await expect(attempt()).rejects.toThrow('nobody there')
  expect(budgets[0]).not.toBe(budgets[1])
})
