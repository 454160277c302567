import { validateHeaderValue } from 'node:http'
import { createVerifier } from '@resource-server/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { extractCredential } from '../../packages/core/src/credential.js'
import { Rejection } from '../../packages/core/src/failure.js'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'

// RFC 9110 §11.4 and §11.2, character by character and without a regular expression.

const TCHAR = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
const TOKEN68 = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/'

const all = (text: string, allowed: string): boolean => [...text].every((character) => allowed.includes(character))
const asciiLower = (text: string): string =>
  [...text].map((c) => (c >= 'A' && c <= 'Z' ? String.fromCharCode(c.charCodeAt(0) + 32) : c)).join('')

/** What a header value is, by the grammar. */
function judge(value: string): { readonly token: string } | 'malformed' | 'other scheme' {
  const space = value.indexOf(' ')
  const scheme = space === -1 ? value : value.slice(0, space)
  if (scheme === '' || !all(scheme, TCHAR)) return 'malformed'
  if (asciiLower(scheme) !== 'bearer') return 'other scheme'
  let start = space
  while (start !== -1 && value[start] === ' ') start++
  let end = value.length
  while (end > start && value[end - 1] === '=') end--
  const body = start === -1 ? '' : value.slice(start, end)
  return body !== '' && all(body, TOKEN68) ? { token: value.slice(start) } : 'malformed'
}

function outcome(value: string): { readonly token: string } | string {
  try {
    const { token } = extractCredential({ method: 'GET', url: '/', headers: { get: () => value } })!
    return { token }
  } catch (thrown) {
    if (!(thrown instanceof Rejection)) throw thrown
    const { reason } = thrown.failure
    if (reason === 'unsupported_scheme') return 'other scheme'
    return reason === 'malformed_credentials' ? 'malformed' : reason
  }
}

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('Bearer', 'bearer', 'BEARER', 'Basic', 'DPoP', ' ', '  ', '=', '==', 'abc') },
  fc.constantFrom('\t', '\u00a0', '\v', '"', ',', '\0', 'Bearer\u212a', 'ſ', 'é', '.', '~', '+', '/', ':', '\\'),
  fc.string({ unit: 'binary', maxLength: 8 }),
)
const value = fc.oneof(
  fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
  fc.string({ unit: fc.constantFrom(...TOKEN68, '=', ' '), maxLength: 12 }).map((text) => `Bearer ${text}`),
)

test('RFC 9110 §11.4: a header value is read as the grammar says', () => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(value, (text) => {
      const expected = judge(text)
      seen.add(typeof expected === 'string' ? expected : 'token')
      // Two credentials in one line are malformed for every scheme: what joins lines has joined them.
      if (expected === 'other scheme' && text.includes(','))
        expect(['other scheme', 'malformed']).toContain(outcome(text))
      else expect(outcome(text)).toEqual(expected)
    }),
    { numRuns: 20_000 },
  )
  expect([...seen].toSorted()).toEqual(['malformed', 'other scheme', 'token'])
})

test('RFC 9110 §5.5: whatever the bytes, there is an answer, and its headers can be sent', async () => {
  const events: unknown[] = []
  const verifier = createVerifier({
    issuer: { issuer: I, jwks: { keys: publicKeys } },
    audience: A,
    resource: A,
    clock: () => NOW * 1000,
    onEvent: (event) => events.push(event),
  })
  const scopes = ['read:orders']
  await fc.assert(
    fc.asyncProperty(value, fc.boolean(), async (text, isAlone) => {
      const getLines = () => (isAlone ? [text] : [text, text])
      const headers = { get: () => text, getLines }
      const { ok, error } = await verifier.authenticate({ method: 'GET', url: '/', headers }, { scopes })
      expect(ok).toBe(false)
      expect([400, 401]).toContain(error!.status)
      for (const [name, lines] of Object.entries(error!.headers)) {
        for (const line of [lines].flat()) validateHeaderValue(name, line)
      }
      expect(error!.toResponse().status).toBe(error!.status)
    }),
    { numRuns: 2000 },
  )
  expect(events.length).toBeGreaterThan(0)
})
