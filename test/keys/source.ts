import type { SkippedKey } from '../../packages/core/src/keys/key-set.js'
import { createRemoteKeySource, type KeyTimes } from '../../packages/core/src/keys/key-source.js'
import { type JsonValue, parseJsonObject } from '../../packages/core/src/lib/json.js'
import { LoadError } from '../../packages/core/src/lib/load-json.js'
import type { PublicKey } from '../../packages/core/src/lib/signature.js'
import { asyncRefusalOf } from '../jwt/rejection.js'
import { NOW } from '../support/fixture.js'
import type { Jwk, TestKey } from '../support/keys.js'

/** What an issuer answers: its keys, perhaps with how long they may be kept; or what goes wrong. */
export type IssuerAnswer = readonly TestKey[] | { readonly jwks: readonly unknown[]; readonly maxAge?: number } | Error

export interface Issuer {
  /** What it answers from now on. */
  answer: IssuerAnswer
  /** Seconds that an answer takes, on the virtual clock. */
  latency: number
  /** How often it was asked. */
  readonly loads: number
  readonly skipped: readonly SkippedKey[]
  /** What was reported of each attempt. */
  readonly attempts: readonly unknown[]
  /** 0 to 1, the chance in the back-off. */
  random: number
  /** Holds answers back until {@link release}. */
  hold(): void
  release(): void
  advance(seconds: number): void
  /** `keys: 1`, or how it is refused. */
  ask(kid?: string | undefined, worthAsking?: () => boolean, alg?: string): Promise<string>
  find(kid: string): Promise<readonly PublicKey[]>
}

export const TIMES: KeyTimes = { maxAge: 600, staleIfError: 3600, cooldown: 30, timeout: 5 }

export const down = (): LoadError => new LoadError('keys', 'GET https://as.test/jwks failed: ECONNREFUSED')

/** A key source on a clock that is moved by hand, whose issuer is a counter. */
export function issuerWith(answer: IssuerAnswer, times: Partial<KeyTimes> = {}): Issuer {
  let now = NOW * 1000
  let loads = 0
  const skipped: SkippedKey[] = []
  const attempts: unknown[] = []
  let held: Promise<void> | undefined
  let release = (): void => {}

  const source = createRemoteKeySource({
    load: async () => {
      loads++
      await held
      now += issuer.latency * 1000
      const current = issuer.answer
      if (current instanceof Error) throw current
      const { jwks, maxAge } = 'jwks' in current ? current : { jwks: current.map(({ jwk }) => jwk), maxAge: undefined }
      return { members: membersOf(jwks as Jwk[]), maxAge }
    },
    onSkipped: (key) => skipped.push(key),
    onAttempt: (outcome) => attempts.push(outcome),
    times: { ...TIMES, ...times },
    clock: () => now,
    random: () => issuer.random,
  })

  const issuer: Issuer = {
    answer,
    latency: 0,
    random: 1,
    get loads() {
      return loads
    },
    skipped,
    attempts,
    hold: () => {
      held = new Promise((resolve) => {
        release = resolve
      })
    },
    release: () => {
      release()
      held = undefined
    },
    advance: (seconds) => {
      now += seconds * 1000
    },
    find: (kid) => source.find('ES256', kid, () => true),
    ask: async (kid, worthAsking = () => true, alg = 'ES256') => {
      let keys: readonly PublicKey[] = []
      const refusal = await asyncRefusalOf(async () => {
        keys = await source.find(alg, kid, worthAsking)
      })
      return refusal === 'passed' ? `keys: ${keys.length}` : refusal
    },
  }
  return issuer
}

function membersOf(jwks: readonly Jwk[]): readonly JsonValue[] {
  return parseJsonObject(JSON.stringify({ keys: jwks }), 16)!['keys'] as readonly JsonValue[]
}

export const UNKNOWN = 'invalid_token/unknown_key: the issuer has no usable key with this kid for this alg'
export const UNAVAILABLE = 'unavailable/keys: the keys of the issuer could not be loaded'
