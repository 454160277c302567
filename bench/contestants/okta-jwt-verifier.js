import OktaJwtVerifier from '@okta/jwt-verifier'

/** @type {import('../contestants.js').Contestant} */
export const contestant = {
  name: '@okta/jwt-verifier',
  algorithms: ['RS256'],
  create({ issuer, jwksUri, audience }) {
    const verifier = new OktaJwtVerifier({ issuer, jwksUri })
    return (token) => verifier.verifyAccessToken(token, audience)
  },
}
