/**
 * A value, or a promise of one where somebody has to be waited for. Waiting for a value that is there would cost a turn
 * of the microtask queue and more memory than a token seen before needs in all.
 */
export type Soon<T> = T | Promise<T>

/** Goes on with a value at once, and with that of a promise when it is there. */
export function andThen<T, U>(soon: Soon<T>, next: (value: T) => Soon<U>): Soon<U> {
  return isPromise(soon) ? soon.then(next) : next(soon)
}

/** Not `instanceof`: where something replaces the global `Promise`, async functions still return the built-in one. */
export function isPromise<T>(soon: Soon<T>): soon is Promise<T> {
  return typeof (soon as Partial<Promise<T>> | undefined)?.then === 'function'
}
