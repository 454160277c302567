import type { AccessToken } from '../access-token.js'

/** What is known of tokens whose signature has been verified. */
export interface VerifiedTokens<Vouched> {
  /** What is known of this very token, to the last character. */
  get(token: string): Known<Vouched> | undefined
  /** Only for a token that has been verified: strangers must not be able to fill it, nor to push others out. */
  add(accessToken: AccessToken, vouched: Vouched): void
}

export interface Known<Vouched> {
  readonly accessToken: AccessToken
  /** Whose word it is, and what it says. */
  readonly vouched: Vouched
}

interface Entry<Vouched> extends Known<Vouched> {
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
export function createVerifiedTokens<Vouched>(maxEntries: number): VerifiedTokens<Vouched> {
  const byTail = new Map<string, Entry<Vouched>>()
  const ring: string[] = [] // the tails, in the order of the hand
  let hand = 0

  return {
    get(token) {
      const entry = byTail.get(tailOf(token))
      if (entry === undefined || entry.accessToken.token !== token) return undefined
      entry.wasUsed = true
      return entry
    },

    add(accessToken, vouched) {
      if (maxEntries === 0) return
      const tail = tailOf(accessToken.token)
      const { size } = byTail
      byTail.set(tail, { accessToken, vouched, wasUsed: false })
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
