import { createRemoteJWKSet, jwtVerify } from 'jose'

/** @type {import('../contestants.js').Contestant} */
export const contestant = {
  name: 'jose',
  algorithms: ['RS256', 'PS256', 'ES256', 'Ed25519'],
  create({ issuer, jwksUri, audience }) {
    const keys = createRemoteJWKSet(new URL(jwksUri))
    return (token) => jwtVerify(token, keys, { issuer, audience, typ: 'at+jwt', requiredClaims: ['exp'] })
  },
}
