import { describe, expect, test } from 'vitest'
import { Rejection } from '../../packages/core/src/failure.js'
import { LoadError } from '../../packages/core/src/lib/exchange.js'
import { e1, ecKey } from '../support/keys.js'
import { down, type Issuer, issuerWith, REFRESH_AT, settled, UNAVAILABLE, UNKNOWN } from './source.js'

const next = ecKey('next', 'P-256')

/** Whether a token of `e1` waits for the issuer, whose answer is held back meanwhile. */
async function waits(issuer: Issuer): Promise<boolean> {
  issuer.hold()
  const asking = issuer.ask('e1')
  const first = await Promise.race([asking, settled()])
  issuer.release()
  expect(await asking).toBe('keys: 1')
  await settled()
  return first === undefined
}

describe('a set is fresh for maxAge', () => {
  test('nothing is asked before the first token', () => {
    expect(issuerWith([e1]).loads).toBe(0)
  })

  test('one request to the issuer serves all tokens until it is fetched again, to the millisecond', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.advance(REFRESH_AT - 0.001)
    expect(await issuer.ask('e1')).toBe('keys: 1')
    expect(issuer.loads).toBe(1)
    issuer.advance(0.001)
    expect(await issuer.ask('e1')).toBe('keys: 1')
    expect(issuer.loads).toBe(2)
  })

  test('it is not used unasked from maxAge on, to the millisecond', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.advance(599.999)
    expect(await waits(issuer)).toBe(false)
    issuer.advance(600)
    expect(await waits(issuer)).toBe(true)
  })

  test('its age counts from the start of the request, not from its answer', async () => {
    const issuer = issuerWith([e1])
    issuer.latency = 4
    await issuer.ask('e1')
    issuer.latency = 0
    issuer.advance(595.999)
    expect(await waits(issuer)).toBe(false)
    issuer.latency = 4
    issuer.advance(REFRESH_AT)
    await issuer.ask('e1')
    await settled()
    issuer.latency = 0
    issuer.advance(596)
    expect(await waits(issuer)).toBe(true)
  })

  test('a refresh starts the time again', async () => {
    const issuer = issuerWith([e1])
    for (let i = 0; i < 5; i++) {
      await issuer.ask('e1')
      issuer.advance(300)
    }
    expect(issuer.loads).toBe(3)
  })

  test('a withdrawn key is refused from maxAge on', async () => {
    const issuer = issuerWith([e1, next])
    await issuer.ask('e1')
    issuer.answer = [next]
    issuer.advance(REFRESH_AT - 1)
    expect(await issuer.ask('e1')).toBe('keys: 1')
    issuer.advance(600 - REFRESH_AT + 1)
    expect(await issuer.ask('e1')).toBe(UNKNOWN)
  })

  test('the option decides how long', async () => {
    const issuer = issuerWith([e1], { maxAge: 60 })
    await issuer.ask('e1')
    issuer.advance(59.999)
    expect(await waits(issuer)).toBe(false)
    issuer.advance(60)
    expect(await waits(issuer)).toBe(true)
  })
})

describe('a set is fetched again ahead of time', () => {
  test.each([
    [0, 432],
    [0.5, 480],
    [1, 528],
  ])('at four fifths of its age, a tenth of that sooner or later by chance: %d', async (random, seconds) => {
    const issuer = issuerWith([e1])
    issuer.random = random
    await issuer.ask('e1')
    issuer.advance(seconds - 0.001)
    await issuer.ask('e1')
    expect(issuer.loads).toBe(1)
    issuer.advance(0.001)
    await issuer.ask('e1')
    expect(issuer.loads).toBe(2)
  })

  test('once, however many tokens come meanwhile, and none of them waits', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.advance(REFRESH_AT)
    issuer.hold()
    for (let i = 0; i < 50; i++) expect(await issuer.ask('e1')).toBe('keys: 1')
    expect(issuer.loads).toBe(2)
    issuer.release()
    await settled()
    issuer.advance(REFRESH_AT - 1)
    await issuer.ask('e1')
    expect(issuer.loads).toBe(2)
  })

  test('so a withdrawn key is refused even earlier while tokens come', async () => {
    const issuer = issuerWith([e1, next])
    await issuer.ask('e1')
    issuer.answer = [next]
    issuer.advance(REFRESH_AT)
    await issuer.ask('e1')
    await settled()
    expect(await issuer.ask('e1')).toBe(UNKNOWN)
  })

  test('a failure changes nothing', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.answer = down()
    issuer.advance(REFRESH_AT)
    expect(await issuer.ask('e1')).toBe('keys: 1')
    await settled()
    expect(await issuer.ask('e1')).toBe('keys: 1')
    expect(await issuer.ask('e1', () => true, 'RS256')).toBe(UNKNOWN)
    expect(issuer.loads).toBe(2)
    issuer.advance(1)
    await issuer.ask('e1')
    expect(issuer.loads).toBe(3)
  })

  test('a token of a key that is not there waits for it, and does not ask again', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.answer = [e1, next]
    issuer.advance(REFRESH_AT)
    expect(await issuer.ask('next')).toBe('keys: 1')
    issuer.advance(REFRESH_AT)
    expect(await issuer.ask('x')).toBe(UNKNOWN)
    expect(issuer.loads).toBe(3)
  })

  test('a bug in it is met by whoever waits for keys next, and by nobody before', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.answer = new RangeError('a bug')
    issuer.advance(REFRESH_AT)
    expect(await issuer.ask('e1')).toBe('keys: 1')
    await settled()
    await expect(issuer.find('x')).rejects.toThrow(new RangeError('a bug'))
  })
})

describe('RFC 9111 §5.2.2.1: the issuer may ask for less than maxAge, and not for more', () => {
  test.each([
    [undefined, 600],
    [300, 300],
    [60, 60],
    [59, 60],
    [0, 60],
    [600, 600],
    [601, 600],
    [604_800, 600],
  ])('max-age=%s: kept for %d s', async (suggested, kept) => {
    const answer = { jwks: [e1.jwk], ...(suggested !== undefined && { maxAge: suggested }) }
    const issuer = issuerWith(answer)
    await issuer.ask('e1')
    issuer.advance(kept * 0.88 - 0.001)
    await issuer.ask('e1')
    expect(issuer.loads).toBe(1)
    issuer.advance(kept * 0.12)
    expect(await waits(issuer)).toBe(false)
    expect(issuer.loads).toBe(2)
    issuer.advance(kept)
    expect(await waits(issuer)).toBe(true)
  })

  test('the last answer counts', async () => {
    const issuer = issuerWith({ jwks: [e1.jwk], maxAge: 60 })
    await issuer.ask('e1')
    issuer.answer = [e1]
    issuer.advance(60)
    await issuer.ask('e1')
    issuer.advance(REFRESH_AT - 1)
    await issuer.ask('e1')
    expect(issuer.loads).toBe(2)
  })
})

describe('a set is stale for staleIfError after that, and only if the issuer fails', () => {
  test('good tokens are accepted to the last millisecond, and then answered 503', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.answer = down()
    issuer.advance(600)
    expect(await issuer.ask('e1')).toBe('keys: 1')
    issuer.advance(3599.999)
    expect(await issuer.ask('e1')).toBe('keys: 1')
    issuer.advance(0.001)
    expect(await issuer.ask('e1')).toBe(UNAVAILABLE)
  })

  test('the issuer is waited for: if it answers, the old set is not used', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.answer = [next]
    issuer.advance(2000)
    expect(await issuer.ask('e1')).toBe(UNKNOWN)
    expect(await issuer.ask('next')).toBe('keys: 1')
  })

  test('while it keeps failing nobody waits: a token is answered at once, and asks again behind its back', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.answer = down()
    issuer.advance(600)
    expect(await waits(issuer)).toBe(true)
    for (let i = 0; i < 10; i++) {
      issuer.advance(30)
      expect(await waits(issuer)).toBe(false)
    }
    expect(issuer.loads).toBe(12)
  })

  test('but when nothing has been tried for a minute, it is waited for again', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.answer = down()
    issuer.advance(600)
    await issuer.ask('e1')
    issuer.advance(59.999)
    expect(await waits(issuer)).toBe(false)
    issuer.answer = [next]
    issuer.advance(60)
    expect(await issuer.ask('e1')).toBe(UNKNOWN)
  })

  test('that keys are past their age, and that they are not any more, is told once', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.answer = down()
    issuer.advance(600)
    await issuer.ask('e1')
    issuer.advance(10)
    await issuer.ask('e1')
    expect(issuer.told('keys.stale')).toEqual([{ type: 'keys.stale', transition: 'enter', remaining: 3600 }])
    issuer.answer = [e1]
    issuer.advance(90)
    await issuer.ask('e1')
    await issuer.ask('e1')
    expect(issuer.told('keys.stale')).toEqual([{ type: 'keys.stale', transition: 'exit', remaining: 3500 }])
    issuer.answer = down()
    issuer.advance(600)
    await issuer.ask('e1')
    issuer.advance(3600)
    await issuer.ask('e1')
    expect(issuer.told('keys.stale')).toEqual([
      { type: 'keys.stale', transition: 'enter', remaining: 3600 },
      { type: 'keys.stale', transition: 'exit', remaining: 0 },
    ])
  })

  test('an answer that is old when it comes, to a process that stood still, is asked for again', async () => {
    const issuer = issuerWith([e1])
    issuer.hold()
    const asking = issuer.ask('e1')
    await settled()
    issuer.advance(600)
    issuer.release()
    expect(await asking).toBe('keys: 1')
    expect(issuer.loads).toBe(2)
    expect(issuer.status()).toMatchObject({ state: 'fresh', age: 0 })
  })

  test('0 fails closed', async () => {
    const issuer = issuerWith([e1], { staleIfError: 0 })
    await issuer.ask('e1')
    issuer.answer = down()
    issuer.advance(599)
    expect(await issuer.ask('e1')).toBe('keys: 1')
    issuer.advance(1)
    expect(await issuer.ask('e1')).toBe(UNAVAILABLE)
  })

  test('it counts from a max-age that the issuer has shortened', async () => {
    const issuer = issuerWith({ jwks: [e1.jwk], maxAge: 100 }, { staleIfError: 50 })
    await issuer.ask('e1')
    issuer.answer = down()
    issuer.advance(149)
    expect(await issuer.ask('e1')).toBe('keys: 1')
    issuer.advance(1)
    expect(await issuer.ask('e1')).toBe(UNAVAILABLE)
  })

  test('when the issuer is back its keys are fresh again', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.answer = down()
    issuer.advance(5000)
    expect(await issuer.ask('e1')).toBe(UNAVAILABLE)
    issuer.answer = [e1]
    issuer.advance(2)
    expect(await issuer.ask('e1')).toBe('keys: 1')
    const { loads } = issuer
    issuer.advance(REFRESH_AT - 1)
    expect(await issuer.ask('e1')).toBe('keys: 1')
    expect(issuer.loads).toBe(loads)
  })
})

describe('a clock that was set back', () => {
  test('makes no set young: the issuer is asked again', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.advance(-1)
    expect(await issuer.ask('e1')).toBe('keys: 1')
    expect(issuer.loads).toBe(2)
    await issuer.ask('e1')
    expect(issuer.loads).toBe(2)
  })

  test('makes no set stale: if the issuer fails it is not used', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.answer = down()
    issuer.advance(-1)
    expect(await issuer.ask('e1')).toBe(UNAVAILABLE)
  })

  test('does not stop attempts after a failure', async () => {
    const issuer = issuerWith(down())
    await issuer.ask('e1')
    issuer.answer = [e1]
    issuer.advance(-86_400)
    expect(await issuer.ask('e1')).toBe('keys: 1')
  })

  test('does not stop requests for an unknown kid', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.answer = down()
    issuer.advance(100)
    await issuer.ask('next')
    issuer.answer = [e1, next]
    issuer.advance(-50) // later than the set, earlier than the last such request
    expect(await issuer.ask('next')).toBe('keys: 1')
  })
})

describe('a bad set never replaces a good one', () => {
  test.each<[string, Parameters<typeof issuerWith>[0]]>([
    ['a failure', down()],
    ['an empty set', []],
    ['a set without a key that we can use', { jwks: [{ kty: 'WAT', kid: 'e1' }, null] }],
    ['a set of private keys', { jwks: [{ ...e1.jwk, d: 'AQ' }] }],
  ])('%s', async (_, answer) => {
    const issuer = issuerWith([e1])
    const before = await issuer.find('e1')
    issuer.answer = answer
    issuer.advance(600)
    expect(await issuer.find('e1')).toEqual(before)
    expect(issuer.loads).toBe(2)
    issuer.advance(3600)
    expect(await issuer.ask('e1')).toBe(UNAVAILABLE)
  })

  test('an empty set at first is a failure', async () => {
    const issuer = issuerWith([])
    expect(await issuer.ask('e1')).toBe(UNAVAILABLE)
  })

  test('skipped keys are reported when a set is made, and not for every token', async () => {
    const issuer = issuerWith({ jwks: [{ kty: 'WAT', kid: 'wat' }, e1.jwk] })
    await issuer.ask('e1')
    await issuer.ask('e1')
    issuer.advance(600)
    await issuer.ask('e1')
    expect(issuer.told('key.skipped')).toEqual([{ type: 'key.skipped', kid: 'wat', kty: 'WAT', why: 'unsupported' }])
  })
})

test('a key that stays keeps its imported form, whatever else comes; one replaced under its kid does not', async () => {
  const issuer = issuerWith([e1])
  const [before] = await issuer.find('e1')
  issuer.advance(600)
  expect((await issuer.find('e1'))[0]).toBe(before)
  issuer.answer = [e1, next]
  issuer.advance(600)
  expect((await issuer.find('e1'))[0]).toBe(before)
  issuer.answer = { jwks: [{ ...next.jwk, kid: 'e1' }] }
  issuer.advance(600)
  const [other] = await issuer.find('e1')
  expect(other).toBeDefined()
  expect(other).not.toBe(before)
})

describe('401 or 503', () => {
  test('a fresh set without the key is 401', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    expect(await issuer.ask('x', () => false)).toBe(UNKNOWN)
    expect(await issuer.ask('e1', () => true, 'RS256')).toBe(UNKNOWN)
    expect(await issuer.ask(undefined, () => true, 'RS256')).toBe(UNKNOWN)
  })

  test('never loaded is 503', async () => {
    const issuer = issuerWith(down())
    expect(await issuer.ask('e1')).toBe(UNAVAILABLE)
    expect(await issuer.ask(undefined)).toBe(UNAVAILABLE)
  })

  test('a stale set without the key is 503: it may be there by now', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.answer = down()
    issuer.advance(600)
    expect(await issuer.ask('next')).toBe(UNAVAILABLE)
    expect(await issuer.ask(undefined, () => true, 'RS256')).toBe(UNAVAILABLE)
    expect(await issuer.ask('e1', () => true, 'RS256')).toBe(UNAVAILABLE)
  })

  test('an unknown kid whose request failed is 503, and a known one that does not fit is 401', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.answer = down()
    expect(await issuer.ask('next')).toBe(UNAVAILABLE)
    expect(await issuer.ask('e1', () => true, 'RS256')).toBe(UNKNOWN)
    expect(await issuer.ask(undefined, () => true, 'RS256')).toBe(UNKNOWN)
    expect(await issuer.ask('e1')).toBe('keys: 1')
  })

  test('after a success it is 401 again', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.answer = down()
    await issuer.ask('next')
    issuer.answer = [e1]
    issuer.advance(30)
    expect(await issuer.ask('next')).toBe(UNKNOWN)
  })

  test('what could not be loaded and why goes to the operator', async () => {
    const error = new LoadError('metadata', 'GET https://as.test failed: it answered 500, expected 200', {
      status: 500,
    })
    const rejection = await issuerWith(error)
      .find('e1')
      .catch((thrown: unknown) => thrown)
    expect(rejection).toBeInstanceOf(Rejection)
    expect(rejection).toMatchObject({
      failure: { kind: 'unavailable', reason: 'metadata', retryAfter: 1 },
      detail: 'the keys of the issuer could not be loaded',
    })
    expect((rejection as Rejection).evidence.cause).toBe(error)
  })

  test('what is no failure of the issuer is a bug and travels on, to all who wait, and does not stick', async () => {
    const issuer = issuerWith(new RangeError('a bug'))
    const waiting = await Promise.allSettled([issuer.find('e1'), issuer.find('e1')])
    expect(waiting.map((result) => (result.status === 'rejected' ? String(result.reason) : 'found'))).toEqual([
      'RangeError: a bug',
      'RangeError: a bug',
    ])
    issuer.answer = [e1]
    expect(await issuer.ask('e1')).toBe('keys: 1')
  })

  test('a bug in a fetch for an unknown kid travels on too', async () => {
    const issuer = issuerWith([e1])
    await issuer.ask('e1')
    issuer.answer = new RangeError('a bug')
    await expect(issuer.find('next')).rejects.toThrow(new RangeError('a bug'))
    expect(await issuer.ask('e1')).toBe('keys: 1')
  })
})
