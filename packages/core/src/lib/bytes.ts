const SLAB = 16 * 1024 // a token that waits keeps all of it, and so no more than the longest token would
let slab = new Uint8Array(0)
let used = 0

/**
 * Bytes for the caller alone, with whatever is in them. They are cut from a larger array, since to make an array for each
 * token takes longer than to parse the token.
 */
export function takeBytes(length: number): Uint8Array<ArrayBuffer> {
  if (length > SLAB / 4) return new Uint8Array(length)
  if (used + length > slab.length) {
    slab = new Uint8Array(SLAB)
    used = 0
  }
  const bytes = slab.subarray(used, used + length)
  used += length
  return bytes
}

const encoder = new TextEncoder()

/** The characters of a text as bytes, or `undefined` where one of them is not ASCII. */
export function asciiBytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = takeBytes(text.length)
  const { read } = encoder.encodeInto(text, bytes)
  return read === text.length ? bytes : undefined // any other character takes two bytes, and not all fit in
}
