import { describe, expect, test } from 'vitest'
import { issuerWith, keysAre, keysUrl } from '../conformance/remote-keys.js'
import { bearer, granted, invalidToken, unavailable } from '../conformance/rows.js'
import { doors } from '../support/doors.js'
import { I, NOW } from '../support/fixture.js'
import { type Behaviour, hang, html, jwks, metadata, redirect, refuse, status } from '../support/jwks-server.js'
import { e1, ecKey, type Jwk, privateJwkOf, republished, type TestKey } from '../support/keys.js'
import { rsa1024, rsaExponent1, smallOrderJwk, smallOrderPoints } from '../support/odd-keys.js'
import { token } from '../support/token.js'
import { play } from './play.js'

// What an issuer does with its keys that is no outage, and may be worse.

const OPENID = `${I}/.well-known/openid-configuration`
const claims = { exp: NOW + 30 * 86_400 }
const byE1 = bearer(token({ claims }))
const tokenOf = (key: TestKey) => bearer(token({ header: { kid: key.kid }, key, claims }))

const atOnce = { outbound: [], within: 1 }
const afterFetch = { outbound: [keysUrl], within: 1 }
const accepted = { answer: granted }
const unknownKey = { answer: invalidToken('unknown_key') }
const badSignature = { answer: invalidToken('signature') }

/** Members that are of no use, why, and the `kid` under which they are reported. */
const bad: readonly (readonly [what: string, member: unknown, why: string])[] = [
  ['a key of a type that is new (AKP)', { kty: 'AKP', kid: 'bad', alg: 'ML-DSA-44', pub: 'AAAA' }, 'unsupported'],
  ['a key on a curve that is not offered', { ...ecKey('bad', 'secp256k1').jwk }, 'unsupported'],
  ['a key of an algorithm that is not offered', { ...e1.jwk, kid: 'bad', alg: 'ES256K' }, 'unsupported'],
  ['a key for encryption', { ...e1.jwk, kid: 'bad', use: 'enc' }, 'not_for_signatures'],
  ['a key that may only sign', { ...e1.jwk, kid: 'bad', key_ops: ['sign'] }, 'not_for_signatures'],
  ['a symmetric key', { kty: 'oct', kid: 'bad', k: 'AAAA' }, 'private'],
  ['a private key', privateJwkOf(ecKey('bad', 'P-256')), 'private'],
  ['an RSA key of 1024 bits', { ...rsa1024.jwk, kid: 'bad' }, 'weak'],
  ['an RSA key with the exponent 1', { ...rsaExponent1.jwk, kid: 'bad' }, 'weak'],
  ['a point off its curve', { ...e1.jwk, kid: 'bad', y: e1.jwk['x'] }, 'invalid_point'],
  ['an Ed25519 key of small order', { ...smallOrderJwk(smallOrderPoints[2]!), kid: 'bad' }, 'weak'],
  ['a key without what makes it one', { kty: 'EC', crv: 'P-256', kid: 'bad' }, 'malformed'],
  ['null', null, 'malformed'],
  ['a number', 1, 'malformed'],
]

describe.each(doors)('$name', (door) => {
  test.each(bad)('%s beside a good key costs the good one nothing, and is told', async (_, member, why) => {
    await play(door, keysAre(jwks([member, e1.jwk])), async ({ world, request }) => {
      await request(byE1, { ...accepted, ...afterFetch })
      const kid = (member as Jwk | null)?.['kid']
      expect(world.events.filter(({ type }) => type === 'key.skipped')).toEqual([
        { type: 'key.skipped', issuer: I, kid, kty: (member as Jwk | null)?.['kty'], why },
      ])
      // What is known to be there and no good is not asked for again.
      if (kid === 'bad') await request(tokenOf(republished(e1, 'bad')), { ...unknownKey, ...atOnce })
    })
  })

  test('several keys of one kid: each is tried, at most four', async () => {
    const keys = Array.from({ length: 5 }, () => ecKey('same', 'P-256'))
    await play(door, keysAre(jwks(keys.map(({ jwk }) => jwk))), async ({ request }) => {
      await request(tokenOf(keys[0]!), { ...accepted, ...afterFetch })
      for (const key of keys.slice(1, 4)) await request(tokenOf(key), { ...accepted, ...atOnce })
      await request(tokenOf(keys[4]!), { ...badSignature, ...atOnce })
    })
  })

  test('a key swapped under its kid is noticed with the next fetch, and none is made for it', async () => {
    const swapped = republished(ecKey('other', 'P-256'), 'e1')
    await play(door, keysAre(jwks([e1.jwk])), async ({ world, request }) => {
      await request(byE1, { ...accepted, ...afterFetch })
      world.serve(I, { '/jwks': jwks([swapped.jwk]) })
      await request(tokenOf(swapped), { ...badSignature, ...atOnce })
      await request(byE1, { ...accepted, ...atOnce })
      world.advance(600)
      await request(tokenOf(swapped), { ...accepted, ...afterFetch })
      await request(byE1, { ...badSignature, ...atOnce })
      expect(world.events.findLast(({ type }) => type === 'keys.changed')).toMatchObject({
        added: ['e1'],
        removed: ['e1'],
      })
    })
  })

  test.each<[string, Behaviour]>([
    ['answers 404', status(404)],
    ['answers 410', status(410)],
    ['answers 301', redirect(301, `${I}/moved`)],
    ['answers 308', redirect(308, 'https://evil.test/jwks')],
  ])('a jwks_uri that has moved and %s there is followed at once, by what the metadata say', async (_, is) => {
    const setup = issuerWith(
      { '/.well-known/openid-configuration': metadata(I), '/jwks': jwks([e1.jwk]) },
      { issuer: I },
    )
    const next = ecKey('next', 'P-256')
    await play(door, setup, async ({ world, request }) => {
      await request(byE1, { ...accepted, outbound: [OPENID, keysUrl], within: 1 })
      world.serve(I, {
        '/.well-known/openid-configuration': metadata(I, { jwks_uri: `${I}/moved` }),
        '/jwks': is,
        '/moved': jwks([next.jwk]),
      })
      const followed = [keysUrl, OPENID, `${I}/moved`]
      await request(tokenOf(next), { ...accepted, outbound: followed, within: 1 })
      await request(byE1, { ...unknownKey, outbound: [], within: 1 })
      world.advance(600)
      await request(tokenOf(next), { ...accepted, outbound: [`${I}/moved`], within: 1 })
    })
  })

  test('one that fails there otherwise is followed after three failures', async () => {
    const setup = issuerWith(
      { '/.well-known/openid-configuration': metadata(I), '/jwks': jwks([e1.jwk]) },
      { issuer: I, keys: { retries: 0 } },
    )
    await play(door, setup, async ({ world, request }) => {
      await request(byE1, { ...accepted, outbound: [OPENID, keysUrl], within: 1 })
      world.serve(I, {
        '/.well-known/openid-configuration': metadata(I, { jwks_uri: `${I}/moved` }),
        '/jwks': refuse,
        '/moved': jwks([e1.jwk]),
      })
      for (let failures = 0; failures < 3; failures++) {
        world.advance(600)
        await request(byE1, { ...accepted, ...afterFetch })
      }
      world.advance(600)
      await request(byE1, { ...accepted, outbound: [OPENID, `${I}/moved`], within: 1 })
    })
  })

  const OTHER = 'https://other.test'
  const ofOther = bearer(token({ claims: { ...claims, iss: OTHER } }))
  test.each<[string, Behaviour]>([
    ['never answers', hang],
    ['refuses connections', refuse],
    ['answers 503', status(503)],
    ['answers a page', html],
    ['answers no keys', jwks([])],
  ])('while one issuer %s, tokens of another are accepted at once, before and after', async (_, is) => {
    const setup = {
      issuers: { [I]: { '/jwks': is }, [OTHER]: { '/jwks': jwks([e1.jwk]) } },
      options: {
        issuer: [
          { issuer: I, jwksUri: keysUrl },
          { issuer: OTHER, jwksUri: `${OTHER}/jwks` },
        ],
        keys: { timeout: 1, retries: 0 },
      },
    }
    await play(door, setup, async ({ request }) => {
      await request(ofOther, { ...accepted, outbound: [`${OTHER}/jwks`], within: 1 })
      await request(byE1, { answer: unavailable('keys'), outbound: [keysUrl], within: 3 })
      await request(ofOther, { ...accepted, ...atOnce })
    })
  })
})
