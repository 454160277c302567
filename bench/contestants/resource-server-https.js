import { createVerifier } from '@resource-server/core'
import { httpsFetch } from '@resource-server/core/https'

/** @type {import('../contestants.js').Contestant} */
export const contestant = {
  name: '@resource-server/core, httpsFetch',
  algorithms: ['RS256', 'PS256', 'ES256', 'Ed25519'],
  isOurs: true,
  create({ issuer, jwksUri, audience }) {
    const verifier = createVerifier({ issuer: { issuer, jwksUri }, audience, fetch: httpsFetch })
    return (token) => verifier.verify(token)
  },
}
