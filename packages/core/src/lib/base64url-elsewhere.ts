const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const NOT_IN_ALPHABET = 255

const sextets = new Uint8Array(128).fill(NOT_IN_ALPHABET)
for (let sextet = 0; sextet < alphabet.length; sextet++) sextets[alphabet.charCodeAt(sextet)] = sextet

/**
 * Decodes base64url without padding (RFC 7515 §2), or returns `undefined` for any text that is not the one canonical
 * spelling of its bytes.
 *
 * The decoders of JavaScript runtimes skip white space, accept padding and the other alphabet, and drop stray bits,
 * each in its own way: with them one signed token has many spellings, and a cache, a deny-list or a proxy may know only
 * one of them.
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  const tail = text.length % 4
  if (tail === 1) return undefined
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let pending = 0
  let written = 0
  for (let i = 0; i < text.length; i++) {
    const sextet = sextets[text.charCodeAt(i)] ?? NOT_IN_ALPHABET
    if (sextet === NOT_IN_ALPHABET) return undefined
    bits = (bits << 6) | sextet
    pending += 6
    if (pending >= 8) {
      pending -= 8
      bytes[written++] = bits >> pending
      bits &= (1 << pending) - 1
    }
  }
  return bits === 0 ? bytes : undefined // bits left over that are not zero: a second spelling of the same bytes
}
