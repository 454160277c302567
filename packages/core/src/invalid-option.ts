/**
 * A setting that cannot work, reported where it is written down.
 *
 * @param option the option's path as the user wrote it: `issuer[1].jwksUri`
 * @param expected what would have been right, as a noun phrase
 * @param received what came instead
 */
export function invalidOption(option: string, expected: string, received: unknown): TypeError {
  const error = new TypeError(`Invalid option ${option}: expected ${expected}, got ${nameOf(received)}`)
  return Object.assign(error, { code: 'ERR_INVALID_OPTION' as const, option })
}

/** Refuses members that nobody reads: a misspelt option is an option that silently does nothing. */
export function refuseUnknownMembers(
  value: Readonly<Record<string, unknown>>,
  known: readonly string[],
  path: string,
): void {
  for (const name of Object.keys(value)) {
    if (!known.includes(name))
      throw invalidOption(join(path, name), `no such option; known are ${known.join(', ')}`, value[name])
  }
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** Enough to recognise the mistake, not enough to spill a secret that was put in the wrong place. */
function nameOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length <= 80 ? JSON.stringify(value) : `a string of ${value.length} characters`
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? `an array of ${value.length}` : 'an object'
    case 'function':
    case 'symbol':
      return `a ${typeof value}`
    default:
      return String(value)
  }
}
