import { JwtVerifier } from 'aws-jwt-verify'

/** @type {import('../contestants.js').Contestant} */
export const contestant = {
  name: 'aws-jwt-verify',
  algorithms: ['RS256', 'ES256', 'Ed25519'],
  create({ issuer, jwksUri, audience }) {
    const verifier = JwtVerifier.create({ issuer, jwksUri, audience })
    return (token) => verifier.verify(token)
  },
}
