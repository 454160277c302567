import { Buffer } from 'node:buffer'
import { isBase64url } from './base64url.js'

/** The bytes of a base64url text, or `undefined` for one that is not the canonical spelling of any. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  return isBase64url(text) ? Buffer.from(text, 'base64url') : undefined
}

const scratch = Buffer.alloc(12 * 1024) // as many bytes as the longest token has
const REPLACEMENT = '\ufffd' // what stands in a text for bytes that are not UTF-8
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** As {@link decodeBase64url}, for bytes that are UTF-8: the text that they are. Nothing is made but the text. */
export function decodeBase64urlText(text: string): string | undefined {
  if (!isBase64url(text) || text.length > 16 * 1024) return undefined
  const length = scratch.write(text, 'base64url')
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
