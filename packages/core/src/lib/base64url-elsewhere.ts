import { isBase64url } from './base64url.js'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const sextets = new Uint8Array(128)
for (let sextet = 0; sextet < alphabet.length; sextet++) sextets[alphabet.charCodeAt(sextet)] = sextet

/** As in `base64url-node.ts`, where no runtime has a decoder of its own that takes base64url. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!isBase64url(text)) return undefined
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let pending = 0
  let written = 0
  for (let i = 0; i < text.length; i++) {
    bits = (bits << 6) | sextets[text.charCodeAt(i)]!
    pending += 6
    if (pending >= 8) {
      pending -= 8
      bytes[written++] = bits >> pending
      bits &= (1 << pending) - 1
    }
  }
  return bytes
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }) // a BOM is kept, so that JSON.parse refuses it

/** As {@link decodeBase64url}, for bytes that are UTF-8: the text that they are. */
export function decodeBase64urlText(text: string): string | undefined {
  const bytes = decodeBase64url(text)
  try {
    return bytes && utf8.decode(bytes)
  } catch {
    return undefined
  }
}
