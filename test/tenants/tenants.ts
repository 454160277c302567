import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createVerifier,
  type FindIssuer,
  type Verifier,
  type VerifierEvent,
  type VerifierOptions,
} from '@resource-server/core'
import { onTestFinished } from 'vitest'
import { A, NOW } from '../support/fixture.js'
import { e1 } from '../support/keys.js'
import { token } from '../support/token.js'

export const issuerOf = (tenant: string | number): string => `https://as.test/${tenant}`
export const tokenOf = (tenant: string | number, claims: object = {}): string =>
  token({ claims: { iss: issuerOf(tenant), exp: NOW + 86_400, ...claims } })

export type Mood = 'well' | 'hangs' | 'answers 500' | 'hangs up'

export interface TenantServer {
  readonly fetch: NonNullable<VerifierOptions['fetch']>
  /** The tenants asked for, in order. */
  readonly hits: readonly string[]
  /** How many requests were open at the same time at most. */
  readonly peak: () => number
}

const realFetch = globalThis.fetch

/** The keys of every tenant, on the loopback interface, until the test is over. */
export async function startTenantServer(moodOf: (tenant: string) => Mood = () => 'well'): Promise<TenantServer> {
  const hits: string[] = []
  let open = 0
  let peak = 0
  const server = createServer((request, response) => {
    const tenant = request.url!.split('/')[1]!
    hits.push(tenant)
    const mood = moodOf(tenant)
    if (mood === 'hangs') return
    if (mood === 'hangs up') response.socket!.destroy()
    else if (mood === 'answers 500') response.writeHead(500).end()
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [e1.jwk] }))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    fetch: async (url, init) => {
      peak = Math.max(peak, ++open)
      let isOpen = true
      const leave = (): void => {
        if (isOpen) open--
        isOpen = false
      }
      init.signal.addEventListener('abort', leave)
      return realFetch(origin + new URL(url).pathname, init).finally(leave)
    },
    hits,
    peak: () => peak,
  }
}

export const entryOf = (iss: string, changes: object = {}): any => ({ issuer: iss, jwksUri: `${iss}/jwks`, ...changes })

export interface Platform {
  readonly verifier: Verifier
  readonly events: readonly VerifierEvent[]
  advance(seconds: number): void
}

export function platform(issuer: unknown, options: object = {}): Platform {
  let now = NOW * 1000
  const events: VerifierEvent[] = []
  const verifier = createVerifier({
    issuer: issuer as FindIssuer,
    audience: A,
    clock: () => now,
    fetch: () => Promise.reject(new TypeError('nobody is to be asked')),
    onEvent: (event) => {
      events.push(event)
    },
    ...options,
  })
  return {
    verifier,
    events,
    advance: (seconds) => {
      now += seconds * 1000
    },
  }
}

/** `accepted`, `invalid_token/expired`, or the message of a bug. */
export async function outcome(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    (error: { kind?: string; reason?: string; message: string }) =>
      error.kind === undefined ? error.message : `${error.kind}/${error.reason}`,
  )
}
