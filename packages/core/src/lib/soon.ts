/**
 * A value, or a promise of one where somebody has to be waited for. Waiting for a value that is there would cost a turn
 * of the microtask queue and more memory than a token seen before needs in all.
 */
export type Soon<T> = T | Promise<T>

/**
 * Goes on with a value at once, and with that of a promise when it is there.
 * What `next` needs besides is handed over and not captured: a closure for each step of each token would come to more
 * than the token.
 */
export function andThen<T, A, B, C, U>(
  soon: Soon<T>,
  next: (value: T, a: A, b: B, c: C) => Soon<U>,
  a: A,
  b: B,
  c: C,
): Soon<U>
export function andThen<T, A, B, U>(soon: Soon<T>, next: (value: T, a: A, b: B) => Soon<U>, a: A, b: B): Soon<U>
export function andThen<T, A, U>(soon: Soon<T>, next: (value: T, a: A) => Soon<U>, a: A): Soon<U>
export function andThen<T, U>(soon: Soon<T>, next: (value: T) => Soon<U>): Soon<U>
export function andThen<T, U>(
  soon: Soon<T>,
  next: (value: T, a?: unknown, b?: unknown, c?: unknown) => Soon<U>,
  a?: unknown,
  b?: unknown,
  c?: unknown,
): Soon<U> {
  return isPromise(soon) ? later(soon, next, a, b, c) : next(soon, a, b, c)
}

/** A function of its own: where a closure is made, what it captures is set aside even on the way that makes none. */
function later<T, U>(
  promise: Promise<T>,
  next: (value: T, a?: unknown, b?: unknown, c?: unknown) => Soon<U>,
  a: unknown,
  b: unknown,
  c: unknown,
): Promise<U> {
  return promise.then((value) => next(value, a, b, c))
}

/**
 * By its class, and not by `then`, which takes long to look for in values of many kinds. There may be two classes: where
 * something has replaced the global `Promise`, async functions still return the built-in one. What comes from outside,
 * from a user or a platform, is awaited in an async function first: it may be of any class.
 */
export function isPromise<T>(soon: Soon<T>): soon is Promise<T> {
  return soon instanceof BuiltInPromise || soon instanceof Promise
}

const BuiltInPromise = (async () => {})().constructor as PromiseConstructor

/**
 * What a function of the user returned where a value was due may be a promise, of any class: nobody waits for it, and
 * its failure must not end the process.
 */
export function disown(answer: unknown): void {
  if (typeof answer === 'object') Promise.resolve(answer).catch(() => {})
}

/** For callers who were promised a promise. */
export function promiseOf<T>(soon: Soon<T>): Promise<T> {
  return isPromise(soon) ? soon : Promise.resolve(soon)
}
