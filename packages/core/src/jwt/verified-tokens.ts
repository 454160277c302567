/** What is known of tokens whose signature has been verified. */
export interface VerifiedTokens<Known> {
  /** What is known of this very token, to the last character. */
  get(token: string): Known | undefined
  /** Only for a token that has been verified: strangers must not be able to fill it, nor to push others out. */
  add(token: string, known: Known): void
}

interface Entry<Known> {
  readonly token: string
  readonly known: Known
  /** Whether it was asked for since the hand last passed. */
  wasUsed: boolean
}

/** Characters of the signature that hold 256 bits: no two tokens of an issuer have them in common. */
const TAIL = 43

/**
 * Remembers a bounded number of tokens. Once it is full, a hand goes round as in any second-chance cache: an entry that
 * was used since the last visit stays, the next one that was not makes room. So tokens that come once push out none that
 * come often.
 *
 * The key is the tail of the signature, because hashing a whole token takes longer than everything else about one that
 * was seen before. It only finds the entry: a tail does not bind the claims, so **the whole token is compared**. (Not in
 * constant time: who has the right tail has the signature, and who has not is told nothing.)
 */
export function createVerifiedTokens<Known>(maxEntries: number): VerifiedTokens<Known> {
  const byTail = new Map<string, Entry<Known>>()
  const ring: string[] = [] // the tails, in the order of the hand
  let hand = 0

  return {
    get(token) {
      const entry = byTail.get(tailOf(token))
      if (entry === undefined || entry.token !== token) return undefined
      entry.wasUsed = true
      return entry.known
    },

    add(token, known) {
      if (maxEntries === 0) return
      const tail = tailOf(token)
      const { size } = byTail
      byTail.set(tail, { token, known, wasUsed: false })
      if (byTail.size > size) enter(tail)
    },
  }

  /** Gives the tail a place in the ring: a new one, or that of the next that was not used. */
  function enter(tail: string): void {
    if (ring.length < maxEntries) {
      ring.push(tail)
      return
    }
    for (;;) {
      const entry = byTail.get(ring[hand]!)!
      if (!entry.wasUsed) break
      entry.wasUsed = false
      hand = (hand + 1) % ring.length
    }
    byTail.delete(ring[hand]!)
    ring[hand] = tail
    hand = (hand + 1) % ring.length
  }
}

function tailOf(token: string): string {
  return token.slice(-TAIL)
}
