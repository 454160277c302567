import { isPlainObject, membersOf } from './lib/plain-object.js'

/**
 * A setting that cannot work, reported where it is written down.
 *
 * @param option the option's path as the user wrote it: `issuer[1].jwksUri`
 * @param expected what would have been right, as a noun phrase
 * @param received what came instead
 */
export function invalidOption(option: string, expected: string, received: unknown): TypeError {
  return optionError(option, `expected ${expected}, got ${nameOf(received)}`)
}

/** As {@link invalidOption}, for a setting that is a secret: what came instead may be one too. */
export function invalidSecret(option: string, expected: string): TypeError {
  return optionError(option, `expected ${expected}; what came instead is not shown`)
}

function optionError(option: string, problem: string): TypeError {
  return Object.assign(new TypeError(`Invalid option ${option}: ${problem}`), { code: 'ERR_INVALID_OPTION' as const })
}

/**
 * Takes the members of an object of settings, and refuses those that nobody reads: a misspelt option is an option that
 * silently does nothing. (Its value may be a secret: not shown.)
 */
export function readMembers(
  value: unknown,
  path: string,
  known: readonly (string | symbol)[],
): Readonly<Record<string | symbol, unknown>> {
  if (!isPlainObject(value)) throw invalidOption(path === '' ? 'options' : path, 'a plain object', value)
  const stranger = Reflect.ownKeys(value).find((name) => !known.includes(name))
  if (stranger === undefined) return membersOf(value)
  const names = known.filter((name) => typeof name === 'string')
  throw optionError(join(path, String(stranger)), `there is no such option; there are ${names.join(', ')}`)
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** Enough to recognise the mistake, not enough to spill a secret that was put in the wrong place. */
function nameOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      if (/:\/\/[^/]*@/.test(value)) return 'a URL with a user name or password'
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
