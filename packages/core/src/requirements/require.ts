import type { AccessToken } from '../access-token.js'
import { reject } from '../failure.js'
import type { JsonValue } from '../lib/json.js'
import type { CheckedRequirements } from './requirements.js'

/**
 * Holds a valid token against what the verifier and the route ask for: scopes first, then claims, then the user's own
 * check.
 */
export async function requireFulfilled(accessToken: AccessToken, asked: readonly CheckedRequirements[]): Promise<void> {
  requireScopes(accessToken, asked)
  for (const { claims } of asked) requireClaims(accessToken, claims)
  for (const check of asked.flatMap(({ checks }) => checks)) {
    if (!(await passes(check, accessToken)))
      reject({ kind: 'forbidden', reason: 'check' }, 'the check of this route did not return true')
  }
}

/**
 * RFC 6750 §3.1. The answer names every scope that was asked for, so that one visit to the authorization server is
 * enough.
 */
function requireScopes({ scopes: granted }: AccessToken, asked: readonly CheckedRequirements[]): void {
  const hasAll = asked.every(({ scopes }) => scopes.every((scope) => granted.has(scope)))
  const hasAny = asked.every(({ anyScope }) => anyScope === undefined || anyScope.some((scope) => granted.has(scope)))
  if (hasAll && hasAny) return
  const scopes = new Set(asked.flatMap(({ scopes: all, anyScope = [] }) => [...all, ...anyScope]))
  reject(
    { kind: 'insufficient_scope', reason: 'missing_scope', scopes: [...scopes] },
    'the token lacks a scope that this route needs',
  )
}

function requireClaims({ claims }: AccessToken, required: CheckedRequirements['claims']): void {
  for (const [name, expected] of required) {
    if (!holds(claims[name], expected))
      reject({ kind: 'forbidden', reason: 'claim' }, `the claim ${JSON.stringify(name)} is not as this route needs it`)
  }
}

function holds(claim: JsonValue | undefined, expected: CheckedRequirements['claims'][number][1]): boolean {
  if (typeof expected === 'function') {
    try {
      const answer: unknown = expected(claim)
      if (answer instanceof Promise) answer.catch(() => {}) // no answer at all, and its failure must not end the process
      return answer === true
    } catch (error) {
      throw failedToDecide(error)
    }
  }
  return Array.isArray(claim) ? claim.includes(expected) : claim === expected
}

async function passes(check: CheckedRequirements['checks'][number], accessToken: AccessToken): Promise<boolean> {
  try {
    return (await check(accessToken)) === true
  } catch (error) {
    throw failedToDecide(error)
  }
}

/**
 * What a function of the user throws is a bug, and must look like one. As it is, an error of an HTTP client would bring
 * its own status and headers into our answer, and a thrown `undefined` would tell Express that all is well.
 */
function failedToDecide(cause: unknown): Error {
  return new Error('A check or claim predicate threw', { cause })
}
