import { describe, expect, test } from 'vitest'
import { good, issuerWith, keysAre, keysUrl, served } from '../conformance/remote-keys.js'
import { bearer, granted, unavailable } from '../conformance/rows.js'
import { doors } from '../support/doors.js'
import { I, NOW } from '../support/fixture.js'
import { metadata } from '../support/jwks-server.js'
import { token } from '../support/token.js'
import type { World } from '../support/world.js'
import { type Fault, faults, goneFaults, type Kind, keySetFaults } from './faults.js'
import { type Expected, play, type Stage } from './play.js'

// Every fault, at every door, at every point in the life of a key set: what comes out, how soon, and what is asked.

const OPENID = `${I}/.well-known/openid-configuration`
const OAUTH = `${I}/.well-known/oauth-authorization-server`
const unknown = bearer(token({ header: { kid: 'unknown' }, claims: { exp: NOW + 30 * 86_400 } }))

const keys = { timeout: 1 }
const attempts: Record<Kind, number> = { passing: 2, lasting: 1, slow: 1 }
// Generous: five doors wait at once on a busy machine. A second try takes 0.3 s at most, and nothing more than `timeout`.
const seconds: Record<Kind, number> = { passing: 3, lasting: 3, slow: 4 }

const at = (url: string, { kind }: Fault): string[] => Array.from({ length: attempts[kind] }, () => url)
const asked = (url: string, fault: Fault): Pick<Expected, 'outbound' | 'within'> => ({
  outbound: at(url, fault),
  within: seconds[fault.kind],
})
const nobody: Pick<Expected, 'outbound' | 'within'> = { outbound: [], within: 1 }
const noKeys = { answer: unavailable('keys') }
const accepted = { answer: granted }

function checkReason(world: World, { reason }: Fault, url: string): void {
  const event = world.events.findLast(({ type }) => type === 'keys.fetch') as { ok: boolean; reason: string }
  expect(event.ok).toBe(false)
  if (typeof reason === 'string') expect(event.reason).toBe(`GET ${url} failed: ${reason}`)
  else expect(event.reason).toMatch(reason)
}

/** Never loaded: whoever comes waits for one attempt, and the next one leaves the issuer alone. */
async function coldStart({ world, request }: Stage, fault: Fault): Promise<void> {
  await request(served, { ...noKeys, ...asked(keysUrl, fault), retryAfter: fault.retryAfter ?? 1 })
  checkReason(world, fault, keysUrl)
  await request(served, { ...noKeys, ...nobody })
  world.serve(I, { '/jwks': good })
  world.advance(fault.retryAfter ?? 1)
  await request(served, { ...accepted, outbound: [keysUrl], within: 1 })
}

async function whileKeysAreFresh({ world, request }: Stage, fault: Fault): Promise<void> {
  await request(served, { ...accepted, outbound: [keysUrl], within: 1 })
  world.serve(I, { '/jwks': fault.is })
  await request(served, { ...accepted, ...nobody })
  await request(unknown, { ...noKeys, ...asked(keysUrl, fault), retryAfter: fault.retryAfter ?? 1 })
  checkReason(world, fault, keysUrl)
  await request(unknown, { ...noKeys, ...nobody })
  await request(served, { ...accepted, ...nobody })
}

async function whileKeysAreStale({ world, request }: Stage, fault: Fault): Promise<void> {
  await request(served, { ...accepted, outbound: [keysUrl], within: 1 })
  world.serve(I, { '/jwks': fault.is })
  world.advance(600)
  await request(served, { ...accepted, ...asked(keysUrl, fault) })
  await request(unknown, { ...noKeys, ...nobody })
  world.advance(3600)
  await request(served, { ...noKeys, ...asked(keysUrl, fault) })
  world.serve(I, { '/jwks': good })
  world.advance(30)
  await request(served, { ...accepted, outbound: [keysUrl], within: 1 })
}

describe.each(doors)('$name', (door) => {
  describe.concurrent.each([...faults, ...goneFaults, ...keySetFaults])('where the key server $what', (fault) => {
    test('at the start: 503, and the issuer is left alone for a moment', async () => {
      await play(door, keysAre(fault.is, { keys }), (stage) => coldStart(stage, fault))
    })

    test('while keys are fresh: tokens of known keys notice nothing, one of an unknown key is 503', async () => {
      await play(door, keysAre(good, { keys }), (stage) => whileKeysAreFresh(stage, fault))
    })

    test('past their age: known keys serve for an hour more, and no longer', async () => {
      await play(door, keysAre(good, { keys }), (stage) => whileKeysAreStale(stage, fault))
    })
  })

  describe.concurrent.each(faults)('where the metadata server $what', (fault) => {
    // RFC 8414 §3: only a server that says that there is nothing here makes us ask at the other address.
    const saysNothingIsHere = /^it answered 4(?!08|29)/.test(String(fault.reason))
    const first = { '/.well-known/openid-configuration': fault.is }
    const noMetadata = { answer: unavailable('metadata') }

    test('at the start: 503, or what the next address says', async () => {
      const setup = issuerWith({ ...first, '/jwks': good }, { issuer: I, keys })
      await play(door, setup, async ({ world, request }) => {
        const outbound = [...at(OPENID, fault), ...(saysNothingIsHere ? [OAUTH] : [])]
        await request(served, { ...noMetadata, outbound, within: seconds[fault.kind] })
        checkReason(
          world,
          saysNothingIsHere ? { ...fault, reason: 'it answered 404, expected 200' } : fault,
          saysNothingIsHere ? OAUTH : OPENID,
        )
        await request(served, { ...noMetadata, ...nobody })
        world.serve(I, { '/.well-known/openid-configuration': metadata(I) })
        world.advance(30)
        await request(served, { ...accepted, outbound: [OPENID, keysUrl], within: 1 })
      })
    })

    test('a day later: the keys are had from where they were', async () => {
      const setup = issuerWith({ '/.well-known/openid-configuration': metadata(I), '/jwks': good }, { issuer: I, keys })
      await play(door, setup, async ({ world, request }) => {
        await request(served, { ...accepted, outbound: [OPENID, keysUrl], within: 1 })
        world.serve(I, first)
        world.advance(86_400)
        const outbound = [...at(OPENID, fault), ...(saysNothingIsHere ? [OAUTH] : []), keysUrl]
        await request(served, { ...accepted, outbound, within: seconds[fault.kind] })
      })
    })
  })
})
