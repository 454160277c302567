import { type AccessToken, createVerifier, type VerifierEvent, type VerifierOptions } from '@resource-server/core'
import { describe, expect, test } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { T, token } from '../support/token.js'

type IsRevoked = NonNullable<VerifierOptions['isRevoked']>

interface Verdict {
  readonly outcome: string
  readonly headers: unknown
  readonly event: VerifierEvent | undefined
}

async function verdict(isRevoked: IsRevoked, jwt = T, requirements = {}): Promise<Verdict> {
  const events: VerifierEvent[] = []
  const verifier = createVerifier({
    issuer: { issuer: I, jwks: { keys: publicKeys } },
    audience: A,
    clock: () => NOW * 1000,
    onEvent: (event) => events.push(event),
    isRevoked,
  })
  const error: any = await verifier.verify(jwt, requirements).then(
    () => undefined,
    (refusal: unknown) => refusal,
  )
  const outcome = error === undefined ? 'granted' : `${error.status} ${error.kind}/${error.reason}`
  return { outcome, headers: error?.headers, event: events[0] }
}

describe('X12: a token that isRevoked knows is refused', () => {
  test.each<[unknown, string]>([
    [true, '401 invalid_token/revoked'],
    [1, '401 invalid_token/revoked'],
    ['yes', '401 invalid_token/revoked'],
    [{}, '401 invalid_token/revoked'],
    [[], '401 invalid_token/revoked'],
    [Promise.resolve(true), '401 invalid_token/revoked'],
    [Promise.resolve('2026-01-01'), '401 invalid_token/revoked'],
    [false, 'granted'],
    [undefined, 'granted'],
    [null, 'granted'],
    [0, 'granted'],
    ['', 'granted'],
    [Promise.resolve(false), 'granted'],
    [Promise.resolve(), 'granted'],
  ])('the answer %o: %s', async (answer, outcome) => {
    expect((await verdict(() => answer)).outcome).toBe(outcome)
  })

  test('it is given the access token and a signal', async () => {
    const seen: [AccessToken, { signal: AbortSignal }][] = []
    await verdict((...given) => void seen.push(given))
    const [accessToken, { signal }] = seen[0]!
    expect(accessToken.claims).toMatchObject({ iss: I, jti: 'jti-1' })
    expect(signal).toBeInstanceOf(AbortSignal)
    expect(signal.aborted).toBe(false)
  })

  test('it is asked about every token that is good otherwise, before its requirements, and about no other', async () => {
    let asked = 0
    const isRevoked = (): boolean => ++asked > 0
    for (const jwt of ['x', token({ claims: { exp: NOW - 100 } }), token({ claims: { cnf: { jkt: 'a' } } })])
      await verdict(isRevoked, jwt)
    expect(asked).toBe(0)
    expect((await verdict(isRevoked, T, { scopes: ['write'] })).outcome).toBe('401 invalid_token/revoked')
    expect(asked).toBe(1)
  })
})

describe('X28: no answer is not a no', () => {
  const UNAVAILABLE = '503 unavailable/revocation'
  const HEADERS = { 'Cache-Control': 'no-store', 'Retry-After': '1' }
  const broken = new Error('the list is down')

  test.each<[string, IsRevoked]>([
    [
      'throws',
      () => {
        throw broken
      },
    ],
    ['rejects', () => Promise.reject(broken)],
  ])('an isRevoked that %s', async (_, isRevoked) => {
    const { outcome, headers, event } = await verdict(isRevoked)
    expect(outcome).toBe(UNAVAILABLE)
    expect(headers).toEqual(HEADERS)
    expect(event).toMatchObject({ kind: 'unavailable', reason: 'revocation', detail: 'isRevoked did not answer' })
    expect((event as { cause?: unknown }).cause).toBe(broken)
  })

  test('an isRevoked that does not answer within two seconds, whether it heeds the signal or not', async () => {
    const signals: AbortSignal[] = []
    const startedAt = performance.now()
    const verdicts = await Promise.all([
      verdict((_, { signal }) => {
        signals.push(signal)
        return new Promise(() => {})
      }),
      verdict(
        (_, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error))
          }),
      ),
    ])
    const seconds = (performance.now() - startedAt) / 1000
    for (const { outcome, headers, event } of verdicts) {
      expect(outcome).toBe(UNAVAILABLE)
      expect(headers).toEqual(HEADERS)
      expect(event).toMatchObject({ cause: { name: 'TimeoutError' } })
    }
    expect(signals[0]!.aborted).toBe(true)
    expect(seconds).toBeGreaterThan(1.95)
    expect(seconds).toBeLessThan(3.5)
  })
})
