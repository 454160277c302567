import type { PublicKey } from '../lib/signature.js'
import { isPromise, type Soon } from '../lib/soon.js'
import type { VerifiedJwt } from '../verified-token.js'
import type { UnverifiedJwt } from './parse.js'
import { requireSignature } from './signature.js'

/** Verifies signatures, of copies of one token that are on their way together only one. Nothing else is shared. */
export interface SharedSignatures {
  /** As `requireSignature`: at once where that is possible, or with a copy whose signature waits for its turn. */
  require(candidates: readonly PublicKey[], jwt: UnverifiedJwt, token: string): Soon<VerifiedJwt>
  /** For a token that had to wait for its keys, as copies of it may have done. */
  requireTogether(candidates: readonly PublicKey[], jwt: UnverifiedJwt, token: string): Promise<VerifiedJwt>
}

interface Flight {
  readonly token: string
  readonly candidates: readonly PublicKey[]
  readonly signed: Promise<VerifiedJwt>
}

export function createSharedSignatures(): SharedSignatures {
  const flights = new Map<string, Flight>()

  /** Only of those that are judged by the same keys. */
  function underWay(token: string, candidates: readonly PublicKey[]): Promise<VerifiedJwt> | undefined {
    const flight = flights.size > 0 ? flights.get(tailOf(token)) : undefined
    return flight?.token === token && flight.candidates === candidates ? flight.signed : undefined
  }

  async function takeOff(
    token: string,
    candidates: readonly PublicKey[],
    signed: Promise<VerifiedJwt>,
  ): Promise<VerifiedJwt> {
    const flight = { token, candidates, signed }
    const tail = tailOf(token)
    flights.set(tail, flight)
    try {
      return await signed
    } finally {
      if (flights.get(tail) === flight) flights.delete(tail)
    }
  }

  return {
    require(candidates, jwt, token) {
      const shared = underWay(token, candidates)
      if (shared !== undefined) return shared
      const signed = requireSignature(candidates, jwt)
      return isPromise(signed) ? takeOff(token, candidates, signed) : signed
    },

    // Those that have waited for the same keys go on one right after the other. A promise, even of what is there, is
    // heard of only after the last of them.
    async requireTogether(candidates, jwt, token) {
      const later = async (): Promise<VerifiedJwt> => requireSignature(candidates, jwt)
      return underWay(token, candidates) ?? takeOff(token, candidates, later())
    },
  }
}

/**
 * What a token is found by, before all of it is compared. To find it by all of it takes longer, and of more than 16,383
 * characters V8 looks at no other than their number: a thousand of those would take a second.
 */
function tailOf(token: string): string {
  return token.slice(-43)
}
