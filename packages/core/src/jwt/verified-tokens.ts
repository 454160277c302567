import type { AccessToken } from '../access-token.js'

/** What is known of tokens whose signature has been verified. */
export interface VerifiedTokens<Vouched> {
  /** What is known of this very token, to the last character. */
  readonly get: (token: string) => Known<Vouched> | undefined
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

const PLACES = 8 // in a row: their marks lie side by side in the processor's own cache
const TAIL = 8 // characters of the signature

/**
 * Remembers a bounded number of tokens, in the way of a processor's cache: the tail of a token's signature tells in which
 * two rows of eight places it can be, and it goes where one is free. Where none is, a hand goes round in the first row:
 * an entry that was used since its last visit stays, the next one that was not makes room. So tokens that come once push
 * out none that come often, and to add one touches a few bytes of memory, where a `Map` in the order of use takes longer
 * than all checks of the claims together. With two rows to choose from, nearly all are kept until nine in ten places are
 * taken.
 *
 * A mark only finds the entry: it does not bind the claims, so **the whole token is compared**. (Not in constant time:
 * who has the right tail has the signature, and who has not is told nothing.)
 */
export function createVerifiedTokens<Vouched>(maxEntries: number): VerifiedTokens<Vouched> {
  const places = Math.min(maxEntries, PLACES)
  const rows = Math.floor(maxEntries / PLACES) || 1
  const hands = new Uint8Array(rows)
  const marks = new Int32Array(rows * places)
  // oxlint-disable-next-line unicorn/no-new-array -- filling it takes half a millisecond in a process that has just started
  const entries = new Array<Entry<Vouched> | undefined>(rows * places)

  const rowOf = (mark: number): number => (mark >>> 0) % rows
  const otherRowOf = (mark: number): number => (Math.imul(mark, 0x9e3779b1) >>> 0) % rows

  return {
    get(token) {
      const entry = entries[placeOf(markOf(token))]
      if (entry === undefined || entry.accessToken.token !== token) return undefined
      entry.wasUsed = true
      return entry
    },

    add(accessToken, vouched) {
      if (places === 0) return
      const mark = markOf(accessToken.token)
      const place = placeOf(mark)
      const at = place === NOWHERE ? roomFor(mark) : place
      marks[at] = mark
      entries[at] = { accessToken, vouched, wasUsed: false }
    },
  }

  /** Two tokens of one mark are never both there. */
  function placeOf(mark: number): number {
    const place = placeIn(rowOf(mark), mark)
    return place === NOWHERE ? placeIn(otherRowOf(mark), mark) : place
  }

  function placeIn(row: number, mark: number): number {
    const start = row * places
    for (let at = start; at < start + places; at++) if (marks[at] === mark && entries[at] !== undefined) return at
    return NOWHERE
  }

  function roomFor(mark: number): number {
    const free = freeIn(rowOf(mark))
    if (free !== NOWHERE) return free
    const other = freeIn(otherRowOf(mark))
    return other === NOWHERE ? makeRoomIn(rowOf(mark)) : other
  }

  function freeIn(row: number): number {
    const start = row * places
    for (let at = start; at < start + places; at++) if (entries[at] === undefined) return at
    return NOWHERE
  }

  function makeRoomIn(row: number): number {
    for (;;) {
      const at = row * places + hands[row]!
      hands[row] = (hands[row]! + 1) % places
      if (!entries[at]!.wasUsed) return at
      entries[at]!.wasUsed = false
    }
  }
}

const NOWHERE = -1

/** FNV-1a, of a part that is as good as random. */
function markOf(token: string): number {
  let mark = 0x811c9dc5
  for (let at = Math.max(token.length - TAIL, 0); at < token.length; at++) {
    mark = Math.imul(mark ^ token.charCodeAt(at), 0x01000193)
  }
  return mark
}
