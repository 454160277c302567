import { describe, expect, test } from 'vitest'
import { withSignature } from '../support/forgery.js'
import type { TestKey } from '../support/keys.js'
import { b64u, CLAIMS, claimsText, HEADER, type SigningAlgorithm, segmentsOf, sign } from '../support/token.js'
import { createJudges } from './judge.js'
import { rsa2050 } from './keys.js'
import { settings } from './settings.js'
import { edgeKeys } from './signature-edge.js'
import { signatureEdges } from './signature-edges.js'

const judges = createJudges(settings[0]!)

describe.each(Object.entries(edgeKeys) as [SigningAlgorithm, TestKey][])(
  'RFC 7515 §5.2: both sides agree on a signature by %s',
  (alg, key) => {
    const cases = signatureEdges
      .filter(({ algorithms }) => algorithms.includes(alg))
      .map((edge) => ({ ...edge, verdict: edge.valid ? 'accepted' : 'refused' }))

    test.each(cases)('$name: $verdict', async ({ valid, make }) => {
      const input = `${b64u(JSON.stringify({ ...HEADER, alg, kid: key.kid }))}.${b64u(JSON.stringify(CLAIMS))}`
      const token = `${input}.${b64u(make({ input, alg, key }))}`
      const verdicts = { ours: (await judges.ours(token)).ok, jose: (await judges.jose(token)).ok }
      expect(verdicts).toEqual({ ours: valid, jose: valid })
    })
  },
)

describe('RFC 8017 §8: an RSA signature has its leading zeros, or is another spelling', () => {
  const cases = [
    ...(['RS256', 'RS384', 'RS512'] as const).map((alg) => ({ alg, joseTakesBoth: false })),
    ...(['PS256', 'PS384', 'PS512'] as const).map((alg) => ({ alg, joseTakesBoth: true })),
  ]

  test.each(cases)('$alg', async ({ alg, joseTakesBoth }) => {
    const whole = tokenWithLeadingZero(alg)
    const shortened = withSignature(whole, Buffer.from(segmentsOf(whole)[2], 'base64url').subarray(1))
    const verdicts = { ours: (await judges.ours(shortened)).ok, jose: (await judges.jose(shortened)).ok }
    expect((await judges.ours(whole)).ok).toBe(true)
    expect(verdicts).toEqual({ ours: false, jose: joseTakesBoth })
  })
})

function tokenWithLeadingZero(alg: SigningAlgorithm): string {
  for (let jti = 0; ; jti++) {
    const header = JSON.stringify({ ...HEADER, alg, kid: rsa2050.kid })
    const token = sign(header, claimsText({ jti: String(jti) }), rsa2050, alg)
    if (Buffer.from(segmentsOf(token)[2], 'base64url')[0] === 0) return token
  }
}
