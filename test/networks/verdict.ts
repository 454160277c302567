import { createVerifier, type VerifierEvent, type VerifierOptions } from '@resource-server/core'
import { A, NOW } from '../support/fixture.js'
import { token } from '../support/token.js'
import { ISSUER } from './tls-issuer.js'

export interface Caller {
  /** How a valid token fares, and how long it takes in seconds. */
  ask(): Promise<{ outcome: string; seconds: number }>
  /** Why the last fetch of keys failed. */
  lastReason(): string | undefined
  advance(seconds: number): void
}

const jwt = token({ claims: { iss: ISSUER, exp: NOW + 100_000 } })

/** An API that trusts one issuer and reaches it by this `fetch`, or by the global one. */
export function callerWith(fetch?: VerifierOptions['fetch'], keys: VerifierOptions['keys'] = {}): Caller {
  let now = NOW * 1000
  const events: VerifierEvent[] = []
  const verifier = createVerifier({
    issuer: ISSUER,
    audience: A,
    fetch,
    keys,
    clock: () => now,
    onEvent: (event) => events.push(event),
  })
  return {
    async ask() {
      const startedAt = performance.now()
      const outcome = await verifier.verify(jwt).then(
        ({ subject }) => `accepted: ${subject}`,
        ({ status, headers }) => `${status}, Retry-After ${headers['Retry-After']}`,
      )
      return { outcome, seconds: (performance.now() - startedAt) / 1000 }
    },
    lastReason: () => events.findLast((event) => event.type === 'keys.fetch')?.reason,
    advance: (seconds) => {
      now += seconds * 1000
    },
  }
}
