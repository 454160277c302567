import { invalidOption } from './invalid-option.js'
import type { JsonValue } from './lib/json.js'
import { isPlainObject, membersOf } from './lib/plain-object.js'
import { disown } from './lib/soon.js'

/**
 * What a claim must be: a value that it equals, or contains where it is an array; or a predicate that returns `true`.
 */
export type ClaimRequirement = string | number | boolean | ((claim: JsonValue | undefined) => boolean)

export type RequiredClaim = readonly [name: string, requirement: ClaimRequirement]

/** Checks claims that a user wrote down. @param path how to call them in messages */
export function checkClaims(value: unknown, path: string): readonly RequiredClaim[] {
  if (!isPlainObject(value) || Reflect.ownKeys(value).length === 0)
    throw invalidOption(path, 'a plain object with at least one claim', value)
  return Object.entries(membersOf(value)).map(([name, required]) => {
    if (!isClaimRequirement(required))
      throw invalidOption(`${path}.${name}`, 'a string, number, boolean or predicate', required)
    return [name, required] as const
  })
}

function isClaimRequirement(value: unknown): value is ClaimRequirement {
  if (typeof value === 'number')
    return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'function'
}

/** Strict equality, or membership where the claim is an array. What a predicate throws is a bug, and travels on. */
export function holds(claim: JsonValue | undefined, expected: ClaimRequirement): boolean {
  if (typeof expected === 'function') {
    try {
      const answer: unknown = expected(claim)
      disown(answer) // a promise is no answer
      return answer === true
    } catch (error) {
      throw failedToDecide(error)
    }
  }
  return Array.isArray(claim) ? claim.includes(expected) : claim === expected
}

/**
 * What a function of the user throws is a bug, and must look like one. As it is, an error of an HTTP client would bring
 * its own status and headers into our answer, and a thrown `undefined` would tell Express that all is well.
 */
export function failedToDecide(cause: unknown): Error {
  return new Error('A check or claim predicate threw', { cause })
}
