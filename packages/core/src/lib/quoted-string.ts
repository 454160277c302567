/**
 * Whether text can stand in a quoted-string as it is: printable ASCII without quote and backslash. That is the set of
 * RFC 6750 §3, narrower than RFC 9110's: an escaped quote is legal there and illegal here, and Node throws on the rest
 * in the middle of a request.
 */
export function isQuotable(text: string): boolean {
  return /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/.test(text)
}

/** Writes a quoted-string (RFC 9110 §5.6.4) of text that {@link isQuotable}, so that there is nothing to escape. */
export function quotedString(text: string): string {
  return `"${text}"`
}
