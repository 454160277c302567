import { describe, expect, test } from 'vitest'
import { Rejection, reject, rejectToken } from '../../packages/core/src/failure.js'
import { createSignedResponseReader } from '../../packages/core/src/introspection/signed-response.js'
import { LoadError } from '../../packages/core/src/lib/exchange.js'
import type { VerifiedJwt } from '../../packages/core/src/verified-token.js'
import { I, NOW } from '../support/fixture.js'

const ANSWER = { active: true }
const HEADER = { typ: 'token-introspection+jwt' }
const CLAIMS = { iss: I, aud: 'api', iat: NOW, token_introspection: ANSWER }

/** What is read from an answer with these members, whose signature is good; or what is said of it. */
async function read(changes: { header?: object; claims?: object }): Promise<unknown> {
  const jwt = { header: { ...HEADER, ...changes.header }, claims: { ...CLAIMS, ...changes.claims } }
  return readerOf(async () => jwt as unknown as VerifiedJwt)('text').catch((error: unknown) => {
    expect(error).toBeInstanceOf(LoadError)
    expect((error as LoadError).subject).toBe('introspection')
    return (error as LoadError).message
  })
}

const readerOf = (verify: (text: string) => Promise<VerifiedJwt>) =>
  createSignedResponseReader({ issuer: I, clientId: 'api', clockTolerance: 10, clock: () => NOW * 1000, verify })

const refused = (problem: string): string => `The signed answer of the introspection endpoint was refused: ${problem}`
const TYPE = refused('its type is not token-introspection+jwt')
const AUDIENCE = refused('its aud does not name the clientId')
const AGE = refused('its iat is not that of an answer given just now')
const NOTHING = refused('it has no token_introspection object')

describe('RFC 9701 §5: what is read of a signed answer', () => {
  test.each<[string, { header?: object; claims?: object }, unknown]>([
    ['a good one', {}, ANSWER],
    ['the type with application/', { header: { typ: 'application/token-introspection+jwt' } }, ANSWER],
    ['the type in upper case', { header: { typ: 'TOKEN-INTROSPECTION+JWT' } }, ANSWER],
    ['no type', { header: { typ: undefined } }, TYPE],
    ['the type of an access token', { header: { typ: 'at+jwt' } }, TYPE],
    ['a type that begins like it', { header: { typ: 'token-introspection+jwt2' } }, TYPE],
    ['a type that ends like it', { header: { typ: 'x-token-introspection+jwt' } }, TYPE],
    ['a type that is no text', { header: { typ: ['token-introspection+jwt'] } }, TYPE],
    ['another issuer', { claims: { iss: `${I}/` } }, refused('its iss is not the issuer')],
    ['no issuer', { claims: { iss: undefined } }, refused('its iss is not the issuer')],
    ['several audiences', { claims: { aud: ['other', 'api'] } }, ANSWER],
    ['another audience', { claims: { aud: 'other' } }, AUDIENCE],
    ['no audience', { claims: { aud: undefined } }, AUDIENCE],
    ['an audience that contains it', { claims: { aud: 'api2' } }, AUDIENCE],
    ['as old as may be', { claims: { iat: NOW - 70 } }, ANSWER],
    ['older', { claims: { iat: NOW - 71 } }, AGE],
    ['as far ahead as clocks may be apart', { claims: { iat: NOW + 10 } }, ANSWER],
    ['of the future', { claims: { iat: NOW + 11 } }, AGE],
    ['no date', { claims: { iat: undefined } }, AGE],
    ['a date in words', { claims: { iat: String(NOW) } }, AGE],
    ['no answer', { claims: { token_introspection: undefined } }, NOTHING],
    ['an answer beside the place for it', { claims: { token_introspection: undefined, active: true } }, NOTHING],
    ['an answer that is a list', { claims: { token_introspection: [ANSWER] } }, NOTHING],
  ])('%s', async (_, changes, expected) => {
    expect(await read(changes)).toEqual(expected)
  })

  test('one that does not verify is no answer, and the token is not to blame', async () => {
    const reader = readerOf(async () => rejectToken('signature', 'no key of the issuer verifies the signature'))
    await expect(reader('text')).rejects.toEqual(
      new LoadError('introspection', refused('no key of the issuer verifies the signature')),
    )
  })

  test('that keys cannot be had is told as it is, and a bug too', async () => {
    const evidence = { since: 1 }
    const down = readerOf(async () => reject({ kind: 'unavailable', reason: 'keys', retryAfter: 7 }, 'down', evidence))
    const thrown: unknown = await down('text').catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(Rejection)
    expect(thrown).toMatchObject({ failure: { reason: 'keys', retryAfter: 7 }, detail: 'down', evidence })
    await expect(readerOf(() => Promise.reject(new RangeError('a bug')))('text')).rejects.toThrow('a bug')
  })
})
