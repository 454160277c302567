import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OpenDoor } from '../support/door.js'
import { doors } from '../support/doors.js'
import { createWorld, type World } from '../support/world.js'
import { bearer } from './rows.js'

/** Spellings that a router, a proxy or a guard may take for the guarded `/v1/open`, each in its own way. */
const targets = [
  '/v1/open',
  '/V1/open',
  '/v1/OPEN',
  '/v1/open/',
  '/v1/open//',
  '//v1/open',
  '/v1//open',
  '/v1/./open',
  '/./v1/open',
  '/v1/x/../open',
  '/public/../v1/open',
  '/public/%2e%2e/v1/open',
  '/public/..%2fv1/open',
  '/v1/%6fpen',
  '/%761/open',
  '/v1%2fopen',
  '/v1/open%2f',
  '/v1/open%00',
  '/v1/open%20',
  '/v1/open?x=1',
  '/v1/open;x=1',
  '/v1;x/open',
  '/v1/open.json',
  '/v1\\open',
  '/v1/open#x',
  'http://evil.test/v1/open',
  'https://api.test/v1/open',
]

describe.each(doors)('A-113, R-OPS-e: at $name no spelling of a path goes round the guard', (door) => {
  let world: World
  let openDoor: OpenDoor

  beforeAll(async () => {
    world = await createWorld({})
    openDoor = await door.open(world)
  })
  afterAll(async () => {
    await openDoor.close()
    await world.close()
  })

  test.each(targets)('%s', async (target) => {
    const withToken = await openDoor.send(bearer(undefined, { target }))
    const without = await openDoor.send({ target })
    expect(without.handled).toEqual([])
    // Where the router leads to the handler, the guard stands in between.
    if (withToken.handled.length > 0) expect(without.status).toBe(401)
  })

  test('the guarded path leads to the handler', async () => {
    expect((await openDoor.send(bearer(undefined, { target: '/v1/open' }))).handled).toHaveLength(1)
  })
})
