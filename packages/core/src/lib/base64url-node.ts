import { Buffer } from 'node:buffer'

/**
 * The bytes of a base64url text without padding (RFC 7515 §2), or `undefined` for one that is not the canonical spelling
 * of any.
 *
 * The decoders of JavaScript runtimes skip white space, accept padding and the other alphabet, and drop stray bits,
 * each in its own way: with them one signed token has many spellings, and a cache, a deny-list or a proxy may know only
 * one of them. Whatever they have overlooked is not there when the bytes are spelled again.
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}

const scratch = Buffer.alloc(12 * 1024) // as many bytes as the longest token has
const REPLACEMENT = '\ufffd' // what stands in a text for bytes that are not UTF-8
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** As {@link decodeBase64url}, for bytes that are UTF-8: the text that they are. */
export function decodeBase64urlText(text: string): string | undefined {
  if (text.length > 16 * 1024) return undefined
  const length = scratch.write(text, 'base64url')
  if (scratch.toString('base64url', 0, length) !== text) return undefined
  const decoded = scratch.toString('utf8', 0, length)
  return decoded.includes(REPLACEMENT) ? decodeExactly(scratch.subarray(0, length)) : decoded
}

/** The replacement character may have been written as such. */
function decodeExactly(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}
