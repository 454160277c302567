import { expect, test } from 'vitest'
import type { ClaimRules } from '../../packages/core/src/jwt/claims.js'
import { parseJwt } from '../../packages/core/src/jwt/parse.js'
import { isPlausible } from '../../packages/core/src/jwt/plausible.js'
import { A, NOW } from '../support/fixture.js'
import { type TokenSpec, token } from '../support/token.js'

const RULES: ClaimRules = { audience: [A], profile: 'jwt', claims: [], clockTolerance: 10 }

test.each<[string, TokenSpec, Partial<ClaimRules>, boolean]>([
  ['a good token', {}, {}, true],
  ['a good token of a stranger: signatures are not looked at', { header: { kid: 'x' } }, {}, true],
  ['a token without kid', { header: { kid: undefined } }, {}, true],
  ['a kid of 256 characters', { header: { kid: 'k'.repeat(256) } }, {}, true],
  ['a kid of 257 characters', { header: { kid: 'k'.repeat(257) } }, {}, false],
  ['an expired token', { claims: { exp: NOW - 10 } }, {}, false],
  ['a token that is not valid yet', { claims: { nbf: NOW + 11 } }, {}, false],
  ['a token for somebody else', { claims: { aud: 'https://x.test' } }, {}, false],
  ['a token without exp', { claims: { exp: undefined } }, {}, false],
  ['a claim of a wrong type', { claims: { sub: 1 } }, {}, false],
  ['another kind of JWT by its typ', { header: { typ: 'dpop+jwt' } }, {}, false],
  ['another kind of JWT by its claims', { header: { typ: 'JWT' }, claims: { nonce: 'n' } }, {}, false],
  ['a token without typ', { header: { typ: undefined } }, {}, true],
  ['a token without typ under rfc9068', { header: { typ: undefined } }, { profile: 'rfc9068' }, false],
  ['a token without jti', { claims: { jti: undefined } }, {}, true],
  ['a token without jti under rfc9068', { claims: { jti: undefined } }, { profile: 'rfc9068' }, false],
])('an unknown key is worth asking for or not: %s', (_, spec, rules, expected) => {
  expect(isPlausible(parseJwt(token(spec)), { ...RULES, ...rules }, NOW * 1000)).toBe(expected)
})
