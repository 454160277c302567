import { createFastJwt } from './fast-jwt.js'

/** @type {import('../contestants.js').Contestant} */
export const contestant = {
  name: 'fast-jwt + get-jwks',
  algorithms: ['RS256', 'PS256', 'ES256', 'Ed25519'],
  create: ({ issuer, audience }) => createFastJwt({ issuer, audience, cache: false }),
}
