import * as oauth from 'oauth4webapi'

/** @type {import('../contestants.js').Contestant} */
export const contestant = {
  name: 'oauth4webapi',
  algorithms: ['RS256', 'PS256', 'ES256', 'Ed25519'],
  create({ issuer, jwksUri, audience, algorithm }) {
    const server = { issuer, jwks_uri: jwksUri }
    const options = { signingAlgorithms: [algorithm === 'Ed25519' ? 'EdDSA' : algorithm] }
    return (token) =>
      oauth.validateJwtAccessToken(
        server,
        new Request('https://api.example.com/', { headers: { authorization: `Bearer ${token}` } }),
        audience,
        options,
      )
  },
}
