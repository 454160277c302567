import type { KeyStatus } from '../keys/key-source.js'
import { unlessAborted } from '../lib/deadline.js'
import type { TrustedIssuer, TrustedIssuers } from './trusted-issuer.js'

/** How things stand with the keys of each issuer. Plain data, fit for a health endpoint. */
export interface VerifierStatus {
  readonly issuers: readonly IssuerStatus[]
}

export interface IssuerStatus extends KeyStatus {
  readonly issuer: string
}

export function statusOf(issuers: TrustedIssuers): VerifierStatus {
  return { issuers: statusesOf(issuers.listed) }
}

function statusesOf(issuers: readonly TrustedIssuer[]): readonly IssuerStatus[] {
  return issuers.map(({ issuer, keys }) => ({ issuer, ...keys.status() }))
}

/** An issuer that is asked about every token may have none, unless it signs its answers. */
function needsKeys({ introspection }: TrustedIssuer): boolean {
  return introspection === undefined || introspection.tokens === 'opaque' || introspection.isSigned
}

/** Loads the keys of all issuers side by side, and rejects if there is one whose tokens could not be verified then. */
export async function loadKeys(issuers: TrustedIssuers, signal: AbortSignal | undefined): Promise<void> {
  const needed = issuers.listed.filter(needsKeys)
  const loading = Promise.all(needed.map(({ keys }) => keys.load()))
  await (signal === undefined ? loading : unlessAborted(signal, loading))
  const missing = statusesOf(needed).filter((status) => !isUsable(status))
  if (missing.length > 0) throw notReady(missing)
}

function isUsable({ state, keys }: IssuerStatus): boolean {
  return (state === 'fresh' || state === 'stale') && keys > 0
}

function notReady(missing: readonly IssuerStatus[]): Error {
  const sentences = missing.map(
    ({ issuer, lastError = 'there was no answer in time' }) => `There are no keys of ${issuer}: ${lastError}`,
  )
  return Object.assign(new Error(sentences.join('. ')), { code: 'ERR_NOT_READY' as const })
}
