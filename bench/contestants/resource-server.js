import { createVerifier } from '@resource-server/core'

/** @type {import('../contestants.js').Contestant} */
export const contestant = {
  name: '@resource-server/core',
  algorithms: ['RS256', 'PS256', 'ES256', 'Ed25519'],
  isOurs: true,
  create({ issuer, jwksUri, audience }) {
    const verifier = createVerifier({ issuer: { issuer, jwksUri }, audience })
    return (token) => verifier.verify(token)
  },
}
