import { createVerifier } from 'fast-jwt'
import { publicKeyFrom } from '../public-key.js'

/** Given the one key in advance, so that nothing is looked up: no rotation without a new verifier. @type {import('../contestants.js').Contestant} */
export const contestant = {
  name: 'fast-jwt, key given',
  algorithms: ['RS256', 'PS256', 'ES256', 'Ed25519'],
  async create({ issuer, jwksUri, audience, algorithm }) {
    const key = (await publicKeyFrom(jwksUri, algorithm)).export({ type: 'spki', format: 'pem' }).toString()
    return createVerifier({ key, allowedIss: issuer, allowedAud: audience, requiredClaims: ['exp'] })
  },
}
