import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { createKnownHeaders } from '../../packages/core/src/jwt/known-headers.js'
import { parseJwt } from '../../packages/core/src/jwt/parse.js'
import { T, token } from '../support/token.js'

test('a header that was added is not parsed again, whatever token it stands in', () => {
  const known = createKnownHeaders()
  const first = parseJwt(T, known)
  expect(parseJwt(T, known).header).not.toBe(first.header)
  known.add(first)
  const other = parseJwt(token({ claims: { sub: 'u2' } }), known)
  expect([other.header, other.alg, other.kid]).toEqual([first.header, first.alg, first.kid])
  expect(other.header).toBe(first.header)
  expect(other.unverifiedClaims['sub']).toBe('u2')
})

test('another header is another one, down to the last character', () => {
  const known = createKnownHeaders()
  known.add(parseJwt(T))
  expect(parseJwt(token({ header: { kid: 'e2' } }), known).kid).toBe('e2')
})

test('what is remembered is bounded', () => {
  const known = createKnownHeaders()
  const jwts = Array.from({ length: 1000 }, (_, n) => parseJwt(token({ header: { n } })))
  for (const jwt of jwts) known.add(jwt)
  const kept = jwts.filter(({ headerSegment }) => known.get(headerSegment) !== undefined)
  expect(kept.length).toBeGreaterThan(0)
  expect(kept.length).toBeLessThanOrEqual(100)
})

test('the token that a header came with is not kept', () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const long = 'x'.repeat(10_000)
  const memories = Array.from({ length: 10 }, createKnownHeaders)
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  for (const [m, known] of memories.entries()) {
    for (let n = 0; n < 100; n++) known.add(parseJwt(token({ header: { n: `${m}-${n}` }, claims: { long } })))
  }
  collectGarbage()
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(5_000_000) // of 14 million characters
  expect(memories).toHaveLength(10)
})
