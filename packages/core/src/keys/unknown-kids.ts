/**
 * Keeps the tokens that name a key which the issuer may not have from becoming requests to it. A `kid` is cheap to
 * invent: whoever asks, there is one request per cooldown, and not again for a `kid` that was just asked for in vain.
 * All this ever holds back are requests; a key that is there is used.
 */
export interface UnknownKids {
  /** Whether the issuer may be asked for this `kid` now. If so, a cooldown begins, however the request ends. */
  mayAsk(kid: string): boolean
  /** The issuer was asked and did not have it when that began. */
  remember(kid: string): void
  /** There is a new set. */
  forget(): void
}

export interface UnknownKidsContext {
  /** Seconds. */
  readonly cooldown: number
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** Told when requests begin to be held back by the cooldown, and when one is allowed. */
  readonly onForced: (outcome: 'allowed' | 'limited') => void
}

const MEMORY = { entries: 256, seconds: 60 }

export function createUnknownKids({ cooldown, clock, onForced }: UnknownKidsContext): UnknownKids {
  const askedInVain = new Map<string, number>()
  let askedAt = Number.NEGATIVE_INFINITY
  let isLimiting = false

  return {
    mayAsk(kid) {
      if (isWithin(MEMORY.seconds, askedInVain.get(kid))) return false
      const isLimited = isWithin(cooldown, askedAt)
      if (!isLimited) askedAt = clock()
      if (!isLimited || !isLimiting) onForced(isLimited ? 'limited' : 'allowed')
      isLimiting = isLimited
      return !isLimited
    },

    remember(kid) {
      askedInVain.delete(kid) // to the end of the line
      askedInVain.set(kid, askedAt)
      const [oldest] = askedInVain.keys()
      if (askedInVain.size > MEMORY.entries) askedInVain.delete(oldest!)
    },

    forget: () => askedInVain.clear(),
  }

  function isWithin(seconds: number, since = Number.NEGATIVE_INFINITY): boolean {
    const passed = (clock() - since) / 1000
    return passed >= 0 && passed < seconds
  }
}
