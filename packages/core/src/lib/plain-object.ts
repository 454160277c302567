/**
 * An object literal, as settings are written: not a promise that somebody forgot to await, not a Map, nothing whose
 * members are inherited. All of these look like an object without members.
 */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || isRoot(prototype)
}

/** The `Object.prototype` of any realm, and not something else that inherits from nothing. */
function isRoot(prototype: unknown): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf')
}

/**
 * The members of a plain object in one without a prototype, so that nothing is read that was never written down, and
 * nothing left out that was, hidden or not.
 */
export function membersOf(value: object): Readonly<Record<string | symbol, unknown>> {
  const members = Object.create(null) as Record<string | symbol, unknown>
  for (const name of Reflect.ownKeys(value)) members[name] = value[name as keyof typeof value]
  return members
}
