import { createVerifier, type Verifier } from '@resource-server/core'
import { A, I, NOW } from '../support/fixture.js'
import { token } from '../support/token.js'
import { keys, type ModelIssuer } from './model-issuer.js'
import { Promises, type Terms } from './promises.js'
import { everythingAtRest, freeze, settle } from './virtual-time.js'

export interface Settings {
  readonly staleIfError: number
  readonly cooldown: number
  readonly suggestedMaxAge: number | undefined
  readonly retries: number
  /** Of the issuer's answers, in milliseconds. */
  readonly latency: number
  /** 0 to 1. */
  readonly chance: number
  readonly isSeeded: boolean
  readonly isShared: boolean
}

/** One process with a verifier that was told nothing else than where the keys are. */
export class Process {
  readonly #verifier: Verifier
  readonly #promises: Promises

  /** @param store what other processes have left behind */
  constructor(issuer: ModelIssuer, settings: Settings, store: Map<string, string>) {
    const { staleIfError, cooldown, retries, isSeeded, isShared } = settings
    const promises = new Promises(issuer, termsOf(settings))
    this.#promises = promises
    this.#verifier = createVerifier({
      issuer: { issuer: I, jwksUri: `${I}/jwks`, ...(isSeeded && { jwks: { keys: [keys[0]!.jwk] } }) },
      audience: A,
      keys: {
        staleIfError,
        cooldown,
        retries,
        ...(isShared && { store: { get: (key) => store.get(key), set: (key, value) => store.set(key, value) } }),
      },
      fetch: issuer.fetchFor(promises.exchanges),
      onEvent: (event) => promises.observe(event),
    })
  }

  /** Requests that come at once, one for each `kid`. */
  async ask(kids: readonly string[], { frozenFor = 0 }: { frozenFor?: number } = {}): Promise<void> {
    const before = this.#promises.knowledge()
    const startedAt = Date.now()
    const asking = kids.map(async (kid) => {
      const outcome = await this.#outcomeOf(kid)
      const after = this.#promises.knowledge()
      return { kid, startedAt, endedAt: Date.now(), outcome, wasFrozen: frozenFor > 0, before, after }
    })
    if (frozenFor > 0) {
      await everythingAtRest()
      await freeze(frozenFor)
    }
    for (const request of await settle(Promise.all(asking))) this.#promises.check(request)
  }

  async #outcomeOf(kid: string): Promise<string> {
    try {
      await this.#verifier.verify(tokens.get(kid) ?? strangers(kid))
      return 'accepted'
    } catch (error) {
      const { kind, reason } = error as { kind?: string; reason?: string }
      return kind === 'unavailable' ? kind : (reason ?? String(error))
    }
  }

  /** What the status says is what anyone can know by now. */
  checkStatus(): void {
    this.#promises.throwIfBroken()
    if (this.#promises.terms.isShared) return // what others have left in the store is seen by nobody else
    const { set, lastAttempt } = this.#promises.knowledge()
    const [status] = this.#verifier.status().issuers
    if (status === undefined) throw new Error('Broken promise: an issuer has no status')
    if (set !== undefined && status.age !== (Date.now() - set.loadedAt) / 1000)
      throw new Error(`Broken promise: the status tells an age of ${status.age} s`)
    if (set !== undefined && status.keys !== set.kids.length)
      throw new Error(`Broken promise: the status tells of ${status.keys} keys`)
    if (lastAttempt !== undefined && lastAttempt.ok !== (status.lastError === undefined))
      throw new Error('Broken promise: the status does not tell how the last attempt has ended')
  }
}

function termsOf({ staleIfError, cooldown, suggestedMaxAge, retries, chance, isSeeded, isShared }: Settings): Terms {
  const maxAge = Math.min(600, Math.max(60, suggestedMaxAge ?? 600)) * 1000
  return {
    maxAge,
    staleIfError: staleIfError * 1000,
    cooldown: cooldown * 1000,
    ahead: maxAge * 0.8 * (0.9 + 0.2 * chance),
    chance,
    retries,
    isShared,
    seed: isSeeded ? [keys[0]!.kid] : [],
  }
}

const YEAR = 365 * 24 * 60 * 60
const claims = { exp: NOW + YEAR }
const tokens = new Map(keys.map((key) => [key.kid, token({ header: { kid: key.kid }, key, claims })]))

/** A token of a key that nobody has published. */
function strangers(kid: string): string {
  return token({ header: { kid }, claims })
}
