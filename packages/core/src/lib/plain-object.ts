/**
 * An object literal, as settings are written: not a promise that somebody forgot to await, not a Map, nothing whose
 * members are inherited. All of these look like an object without members.
 */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null // the `Object.prototype` of any realm
}

/** The members of a plain object in one without a prototype, so that nothing is read that was never written down. */
export function membersOf(value: object): Readonly<Record<string | symbol, unknown>> {
  return Object.assign(Object.create(null) as Record<string | symbol, unknown>, value)
}
