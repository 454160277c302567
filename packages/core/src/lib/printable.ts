const MAX_LENGTH = 256
const MAX_MEMBERS = 20

// Control and format characters, line and paragraph separators, lone surrogates: they break lines of a log or hide what
// it says.
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu

/** What may be shown, in a log for instance, of a value that a stranger wrote: on one line, and not without end. */
export function printable(value: unknown): string | number | readonly string[] | undefined {
  if (typeof value === 'number' || value === undefined) return value
  if (Array.isArray(value)) return Object.freeze(value.slice(0, MAX_MEMBERS).map((member) => printableText(member)))
  return printableText(value)
}

function printableText(value: unknown): string {
  if (typeof value !== 'string') return value === null ? 'null' : `(${typeof value})`
  return value.slice(0, MAX_LENGTH).replace(unprintable, '\ufffd')
}
