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

/** Whether a text is base64url without padding, and the one canonical spelling of its bytes. */
function isBase64url(text: string): boolean {
  return /^[\w-]*$/.test(text) && hasNoStrayBits(text)
}

/** After a last group of one byte the last character can be one of 4, after one of two bytes one of 16. */
function hasNoStrayBits(text: string): boolean {
  switch (text.length % 4) {
    case 0:
      return true
    case 2:
      return 'AQgw'.includes(text.at(-1)!)
    case 3:
      return 'AEIMQUYcgkosw048'.includes(text.at(-1)!)
    default:
      return false // a length that no bytes have
  }
}
