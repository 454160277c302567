import { createHash } from 'node:crypto'

/** A stream of choices that is the same whenever the seed is. */
export interface Random {
  /** An integer from 0 up to `bound`, which is never reached. */
  integer(bound: number): number
  /** `true` with that probability. */
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
  shuffled<Item>(items: readonly Item[]): Item[]
  bytes(length: number): Buffer
  /** Letters and digits. */
  word(length: number): string
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export function seeded(seed: string): Random {
  const digest = createHash('sha256').update(seed).digest()
  let [a, b, c, d] = [0, 4, 8, 12].map((offset) => digest.readUInt32LE(offset)) as [number, number, number, number]

  /** Marsaglia's xorshift of 128 bits: quick, and good enough to choose test cases. */
  function next(): number {
    const mixed = a ^ (a << 11)
    a = b
    b = c
    c = d
    d = (d ^ (d >>> 19) ^ mixed ^ (mixed >>> 8)) >>> 0
    return d
  }

  const integer = (bound: number): number => next() % bound // the bias is below 2^-15 for all bounds that are used
  return {
    integer,
    chance: (probability) => next() < probability * 2 ** 32,
    pick: (items) => items[integer(items.length)]!,
    shuffled: (items) => {
      const rest = [...items]
      return items.map(() => rest.splice(integer(rest.length), 1)[0]!)
    },
    bytes: (length) => Buffer.from(Array.from({ length }, () => integer(256))),
    word: (length) => Array.from({ length }, () => letters[integer(letters.length)]).join(''),
  }
}
