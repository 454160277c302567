import { decodeBase64url } from '../../packages/core/src/lib/base64url.js'
import { asciiBytes } from '../../packages/core/src/lib/bytes.js'

/** What becomes of a text that is read as base64url. */
export function decode(text: string): Uint8Array | undefined {
  const letters = asciiBytes(text)
  return letters && decodeBase64url(letters)
}
