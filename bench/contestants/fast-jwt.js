import { createVerifier } from 'fast-jwt'
import buildGetJwks from 'get-jwks'

/** With its cache of verified tokens, and the keys by get-jwks as both packages' documentation shows. @type {import('../contestants.js').Contestant} */
export const contestant = {
  name: 'fast-jwt + get-jwks, cache: true',
  algorithms: ['RS256', 'PS256', 'ES256', 'Ed25519'],
  create: ({ issuer, audience }) => createFastJwt({ issuer, audience, cache: true }),
}

/** @param {{ issuer: string, audience: string, cache: boolean }} settings */
export function createFastJwt({ issuer, audience, cache }) {
  const getJwks = buildGetJwks({ issuersWhitelist: [issuer], jwksPath: '/jwks' })
  return createVerifier({
    key: async (/** @type {any} */ { header }) =>
      getJwks.getPublicKey({ kid: header.kid, alg: header.alg, domain: issuer }),
    allowedIss: issuer,
    allowedAud: audience,
    requiredClaims: ['exp'],
    cache,
  })
}
