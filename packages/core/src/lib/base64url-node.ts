import { Buffer } from 'node:buffer'

/**
 * As `base64url-elsewhere.ts`, by the decoder that Node has built in. That one is lenient; but there is one canonical
 * spelling of any bytes, and it is what they are encoded to.
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}
