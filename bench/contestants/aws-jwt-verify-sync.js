import { JwtVerifier } from 'aws-jwt-verify'

/** Its synchronous form, for which the keys are loaded in advance. @type {import('../contestants.js').Contestant} */
export const contestant = {
  name: 'aws-jwt-verify, verifySync',
  algorithms: ['RS256', 'ES256', 'Ed25519'],
  async create({ issuer, jwksUri, audience }) {
    const verifier = JwtVerifier.create({ issuer, jwksUri, audience })
    await verifier.hydrate()
    return (token) => verifier.verifySync(token)
  },
}
