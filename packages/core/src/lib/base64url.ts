/**
 * Whether a text is base64url without padding (RFC 7515 §2), and the one canonical spelling of its bytes.
 *
 * The decoders of JavaScript runtimes skip white space, accept padding and the other alphabet, and drop stray bits,
 * each in its own way: with them one signed token has many spellings, and a cache, a deny-list or a proxy may know only
 * one of them. Where nothing is there that they could be lenient about, they all do the same.
 */
export function isBase64url(text: string): boolean {
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
