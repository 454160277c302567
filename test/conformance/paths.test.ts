import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OpenDoor } from '../support/door.js'
import { doors } from '../support/doors.js'
import { token } from '../support/token.js'
import { createWorld, type World } from '../support/world.js'
import { bearer } from './rows.js'

/** Spellings that a router, a proxy or a guard may take for a guarded `/v1/…`, each in its own way. */
function spellingsOf(name: string): string[] {
  const [first, ...others] = [...name].map((letter) => `%${letter.charCodeAt(0).toString(16)}`) as [string, ...string[]]
  const rest = name.slice(1)
  const last = name.slice(0, -1) + (others.at(-1) ?? first)
  const all = [first, ...others].join('').toUpperCase()
  return [
    `/v1/${name}`,
    `/V1/${name}`,
    `/v1/${name.toUpperCase()}`,
    `/v1/${name}/`,
    `/v1/${name}//`,
    `//v1/${name}`,
    `/v1//${name}`,
    `/v1/./${name}`,
    `/./v1/${name}`,
    `/v1/x/../${name}`,
    `/public/../v1/${name}`,
    `/public/%2e%2e/v1/${name}`,
    `/public/..%2fv1/${name}`,
    `/v1/${first}${rest}`,
    `/%761/${name}`,
    `/v1%2f${name}`,
    `/v1/${name}%2f`,
    `/v1/${name}%00`,
    `/v1/${name}%20`,
    `/v1/${name}?x=1`,
    `/v1/${name};x=1`,
    `/v1;x/${name}`,
    `/v1/${name}.json`,
    `/v1\\${name}`,
    `\\v1\\${name}`,
    `/v1/\\${name}`,
    `/v1/${last}`,
    `/v1/${all}`,
    `/v1/%25${first.slice(1)}${rest}`,
    `/v1/${name}%2e`,
    `/v1/${name}.`,
    `/v1/${name}/.`,
    `/v1/${name}/..`,
    `/v1/..;/v1/${name}`,
    `/v1/%2e/${name}`,
    `/v1/%2E%2E/v1/${name}`,
    `/v1/..%2fv1/${name}`,
    `/v1/..%5cv1%5c${name}`,
    `/%2fv1/${name}`,
    `/v1/%2f${name}`,
    `/v1/${name}%3f`,
    `/v1/${name}%23`,
    `/v1/${name}&x=1`,
    `/v1/${name},x`,
    `/v1/${name}%0a`,
    `/v1/${name}%09`,
    `/v1/${name}%c0%af`,
    `/v1/${name}%`,
    `/v1/\xc3\xb6${rest}`,
    `/v1/${name}?/public`,
    `/public?/v1/${name}`,
    `/v1/${name}#x`,
    `http://evil.test/v1/${name}`,
    `https://api.test/v1/${name}`,
  ]
}

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

  test.each(spellingsOf('open'))('%s', async (target) => {
    const withToken = await openDoor.send(bearer(undefined, { target }))
    const without = await openDoor.send({ target })
    expect(without.handled).toEqual([])
    // Where the router leads to the handler, the guard stands in between.
    if (withToken.handled.length > 0) expect(without.status).toBe(401)
  })

  // The token has not the scope that this route needs: no spelling may lead to the handler past the requirement.
  test.each(spellingsOf('w'))('%s with a token that lacks the scope', async (target) => {
    expect((await openDoor.send(bearer(undefined, { target }))).handled).toEqual([])
  })

  test('a token with that scope leads to the handler', async () => {
    const writing = bearer(token({ claims: { scope: 'write' } }), { target: '/v1/w' })
    expect((await openDoor.send(writing)).handled).toHaveLength(1)
  })

  test('the guarded path leads to the handler', async () => {
    expect((await openDoor.send(bearer(undefined, { target: '/v1/open' }))).handled).toHaveLength(1)
  })
})
