import type { Meter } from '@opentelemetry/api'
import type { Verifier, VerifierEvent } from '@resource-server/core'

/**
 * Counts and measures what a verifier tells, for `onEvent`. Labels are closed lists and the issuers of your options;
 * `received` is none of them: whoever sends tokens could make as many time series as he likes.
 */
export function createMetrics(meter: Meter): (event: VerifierEvent) => void {
  const refused = meter.createCounter('resource_server.refused', { description: 'Requests that were refused' })
  const fetched = meter.createHistogram('resource_server.keys.fetch', { unit: 's', description: 'Fetches of keys' })
  const skipped = meter.createCounter('resource_server.keys.skipped', { description: 'Keys that cannot be used' })
  return (event) => {
    switch (event.type) {
      case 'authentication.failed':
        refused.add(1, { kind: event.kind, reason: event.reason, issuer: event.issuer ?? 'none' })
        break
      case 'keys.fetch':
        fetched.record(event.ms / 1000, { issuer: event.issuer, ok: event.ok })
        break
      case 'key.skipped':
        skipped.add(1, { issuer: event.issuer, why: event.why })
        break
      case 'keys.changed':
      case 'keys.stale':
      case 'keys.forced':
      case 'keys.store':
      case 'introspection.store':
        break // for the log; the age of the keys says it in numbers
    }
  }
}

/** How old the keys of each issuer are, whenever the meter reads it: the one number to raise an alarm on. */
export function observeKeys(meter: Meter, verifier: Verifier): void {
  const age = meter.createObservableGauge('resource_server.keys.age', { unit: 's', description: 'Age of the keys' })
  age.addCallback((result) => {
    for (const { issuer, state, age: seconds } of verifier.status().issuers) {
      if (seconds !== undefined) result.observe(seconds, { issuer, state })
    }
  })
}
