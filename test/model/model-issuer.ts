import type { VerifierOptions } from '@resource-server/core'
import { ecKey, type TestKey } from '../support/keys.js'

export type Outage = 'refuses' | 'answers 503' | 'answers 429' | 'answers a page' | 'answers no keys' | 'hangs'

export const outages: readonly Outage[] = [
  'hangs',
  'refuses',
  'answers 503',
  'answers 429',
  'answers a page',
  'answers no keys',
]

/** Its keys in the order in which it publishes them. */
export const keys: readonly TestKey[] = Array.from({ length: 16 }, (_, i) => ecKey(`k${i}`, 'P-256'))

/** What an issuer was asked for, and what it had then. */
export interface Exchange {
  readonly startedAt: number
  readonly kids: readonly string[]
  readonly outage: Outage | undefined
}

interface Span {
  readonly from: number
  readonly until: number
}

/** An issuer as the truth knows it: what it has published and when, and when it was down. */
export class ModelIssuer {
  /** Of its answers, in milliseconds. */
  readonly latency: number
  readonly maxAge: number | undefined
  readonly #published = new Map<string, { from: number; until: number }>()
  readonly #outages: { from: number; until: number }[] = []
  #outage: Outage | undefined

  constructor(latency: number, maxAge: number | undefined) {
    this.latency = latency
    this.maxAge = maxAge
    this.rotate()
  }

  /** Publishes one more key. */
  rotate(): void {
    const next = keys[this.#published.size]
    if (next !== undefined) this.#published.set(next.kid, { from: Date.now(), until: Number.POSITIVE_INFINITY })
  }

  /** Withdraws one of its keys, never the last. */
  withdraw(which: number): void {
    const kids = this.kids()
    if (kids.length > 1) this.#published.get(kids[which % kids.length]!)!.until = Date.now()
  }

  goDown(outage: Outage): void {
    this.recover()
    this.#outage = outage
    this.#outages.push({ from: Date.now(), until: Number.POSITIVE_INFINITY })
  }

  recover(): void {
    this.#outage = undefined
    const last = this.#outages.at(-1)
    if (last !== undefined) last.until = Math.min(last.until, Date.now())
  }

  /** Of the keys that it has now. */
  kids(): string[] {
    return [...this.#published].filter(([, { until }]) => until === Number.POSITIVE_INFINITY).map(([kid]) => kid)
  }

  /** The one that it will publish next is among them. */
  everyKid(): string[] {
    return keys.slice(0, this.#published.size + 1).map(({ kid }) => kid)
  }

  /** From when until when it has had a key. */
  publication(kid: string): Span | undefined {
    return this.#published.get(kid)
  }

  wasDownWithin(from: number, until: number): boolean {
    return this.#outages.some((outage) => outage.from <= until && outage.until >= from)
  }

  /** For one process, with where to note what it asks. */
  fetchFor(exchanges: Exchange[]): NonNullable<VerifierOptions['fetch']> {
    return () => this.#answer(exchanges)
  }

  async #answer(exchanges: Exchange[]): ReturnType<NonNullable<VerifierOptions['fetch']>> {
    const kids = this.kids()
    const outage = this.#outage
    exchanges.push({ startedAt: Date.now(), kids: outage === undefined ? kids : [], outage })
    if (outage === 'hangs') return new Promise(() => {})
    if (this.latency > 0) await new Promise((resolve) => setTimeout(resolve, this.latency))
    switch (outage) {
      case undefined:
        return answer(200, keySet(kids), this.maxAge === undefined ? {} : { 'cache-control': `max-age=${this.maxAge}` })
      case 'refuses':
        throw new TypeError('fetch failed')
      case 'answers 503':
        return answer(503, '{}')
      case 'answers 429':
        return answer(429, '{}', { 'retry-after': '120' })
      case 'answers a page':
        return answer(200, '<!doctype html>')
      case 'answers no keys':
        return answer(200, '{"keys":[]}')
    }
  }
}

function keySet(kids: readonly string[]): string {
  return JSON.stringify({ keys: keys.filter(({ kid }) => kids.includes(kid)).map(({ jwk }) => jwk) })
}

function answer(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Awaited<ReturnType<NonNullable<VerifierOptions['fetch']>>> {
  return {
    status,
    headers: { get: (name) => headers[name] ?? null },
    body: new ReadableStream({
      start: (controller) => {
        controller.enqueue(Buffer.from(body))
        controller.close()
      },
    }),
  }
}
