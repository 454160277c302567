import { describe, expect, test } from 'vitest'
import type { VerifiedToken } from '../../packages/core/src/verified-token.js'
import { T } from '../support/token.js'

const { prototype } = Set
const own = (set: unknown, value: string): boolean => prototype.has.call(set, value)

// Node 20 does not have these methods yet: there they are as they will be, and look into the set and ask it nothing.
const later = {
  isSupersetOf(this: unknown, others: Set<string>): boolean {
    return [...others].every((value) => own(this, value))
  },
  isSubsetOf(this: unknown, others: Set<string>): boolean {
    return [...prototype.values.call(this)].every((value) => others.has(value as string))
  },
  union(this: unknown, others: Set<string>): Set<unknown> {
    return new Set([...prototype.values.call(this), ...others])
  },
}
for (const [name, value] of Object.entries(later)) {
  if (!(name in prototype)) Object.defineProperty(prototype, name, { value, configurable: true, writable: true })
}
const { createAccessToken } = await import('../../packages/core/src/access-token.js')

describe('code that reaches into the scopes of a token changes nothing that they answer', () => {
  const claims = { iss: 'https://as.test', exp: 1, scope: 'read write' }
  const { scopes } = createAccessToken(T, { claims } as unknown as VerifiedToken, ['scope'], {})
  const algebra = scopes as unknown as typeof later
  prototype.add.call(scopes, 'admin')

  test.each([
    ['has', () => scopes.has('admin'), false],
    ['isSupersetOf', () => algebra.isSupersetOf(new Set(['admin'])), false],
    ['isSupersetOf what it has', () => algebra.isSupersetOf(new Set(['read'])), true],
    ['isSubsetOf', () => algebra.isSubsetOf(new Set(['read', 'write'])), true],
    ['union', () => [...algebra.union(new Set(['more']))], ['read', 'write', 'more']],
  ])('%s', (_, ask, answer) => {
    expect(ask()).toEqual(answer)
  })
})
