import type { KeysEvent } from '../../packages/core/src/events.js'
import type { KeyTimes } from '../../packages/core/src/keys/freshness.js'
import { createKeySetReader } from '../../packages/core/src/keys/key-set.js'
import { createRemoteKeySource, type KeyStatus } from '../../packages/core/src/keys/key-source.js'
import { createSharedKeyStore } from '../../packages/core/src/keys/key-store.js'
import { LoadError } from '../../packages/core/src/lib/exchange.js'
import { type JsonValue, parseJsonObject } from '../../packages/core/src/lib/json.js'
import type { PublicKey } from '../../packages/core/src/lib/signature.js'
import type { Store } from '../../packages/core/src/options/store.js'
import { asyncRefusalOf } from '../jwt/rejection.js'
import { I, NOW } from '../support/fixture.js'
import type { Jwk, TestKey } from '../support/keys.js'

/** What an issuer answers: its keys, perhaps with how long they may be kept; or what goes wrong. */
export type IssuerAnswer = readonly TestKey[] | { readonly jwks: readonly unknown[]; readonly maxAge?: number } | Error

export interface IssuerSettings extends Partial<KeyTimes> {
  readonly seed?: readonly TestKey[]
  readonly store?: Store
  /** In milliseconds since the epoch. Default: a clock of its own. */
  readonly clock?: () => number
}

export interface Issuer {
  /** What it answers from now on. */
  answer: IssuerAnswer
  /** Seconds that an answer takes, on the virtual clock. */
  latency: number
  /** How often it was asked. */
  readonly loads: number
  /** What was told. */
  readonly events: readonly Event[]
  /** What was told of one kind, and forgets it. */
  told(type: KeysEvent['type']): readonly Event[]
  /** 0 to 1, the chance in the back-off and in when to refresh. */
  random: number
  /** Holds answers back until {@link release}, or until what it returns is called, which releases only these. */
  hold(): () => void
  release(): void
  /** Holds later answers back no more; those that are held still are. */
  flow(): void
  advance(seconds: number): void
  /** `keys: 1`, or how it is refused. */
  ask(kid?: string | undefined, worthAsking?: () => boolean, alg?: string): Promise<string>
  find(kid: string): Promise<readonly PublicKey[]>
  load(): Promise<void>
  status(): KeyStatus
}

type Event = { readonly type: string } & Readonly<Record<string, unknown>>

export const TIMES: KeyTimes = { maxAge: 600, staleIfError: 3600, cooldown: 30, timeout: 5 }

/** From when on a set is fetched again in the background, in seconds, as chance has it here. */
export const REFRESH_AT = 600 * 0.8 * 1.1

export const down = (): LoadError => new LoadError('keys', 'GET https://as.test/jwks failed: ECONNREFUSED')

/** A key source on a clock that is moved by hand, whose issuer is a counter. */
export function issuerWith(answer: IssuerAnswer, { seed, store, clock, ...times }: IssuerSettings = {}): Issuer {
  let now = NOW * 1000
  let loads = 0
  const tell = clock ?? ((): number => now)
  const events: Event[] = []
  let held: Promise<void> | undefined
  let release = (): void => {}
  const emit = (event: Event): void => void events.push(event)
  const readKeySet = createKeySetReader((skipped) => emit({ type: 'key.skipped', ...skipped }))

  const source = createRemoteKeySource({
    load: async () => {
      loads++
      await held
      now += issuer.latency * 1000
      const current = issuer.answer
      if (current instanceof Error) throw current
      const { jwks, maxAge } = 'jwks' in current ? current : { jwks: current.map(({ jwk }) => jwk), maxAge: undefined }
      return { set: await readKeySet(membersOf(jwks as Jwk[])), maxAge, bytes: 500 }
    },
    readKeySet,
    seed: seed && membersOf(seed.map(({ jwk }) => jwk)),
    store:
      store &&
      createSharedKeyStore({
        store,
        source: { issuer: I, jwksUri: `${I}/jwks` },
        readKeySet,
        clock: tell,
        onFailed: (operation, cause) => emit({ type: 'keys.store', operation, cause }),
      }),
    times: { ...TIMES, ...times },
    clock: tell,
    random: () => issuer.random,
    emit,
  })

  const issuer: Issuer = {
    answer,
    latency: 0,
    random: 1,
    get loads() {
      return loads
    },
    events,
    told: (type) => {
      const told = events.filter((event) => event.type === type)
      events.splice(0, events.length, ...events.filter((event) => event.type !== type))
      return told
    },
    hold: () => {
      held = new Promise((resolve) => {
        release = resolve
      })
      return release
    },
    release: () => {
      release()
      held = undefined
    },
    flow: () => {
      held = undefined
    },
    advance: (seconds) => {
      now += seconds * 1000
    },
    find: (kid) => source.find('ES256', kid, () => true),
    load: () => source.load(),
    status: () => source.status(),
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

/** Lets everything that is under way come to its end, as far as nothing is held back. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 5)
  })
}

function membersOf(jwks: readonly Jwk[]): readonly JsonValue[] {
  return parseJsonObject(JSON.stringify({ keys: jwks }), 16)!['keys'] as readonly JsonValue[]
}

export const UNKNOWN = 'invalid_token/unknown_key: the issuer has no usable key with this kid for this alg'
export const UNAVAILABLE = 'unavailable/keys: the keys of the issuer could not be loaded'
