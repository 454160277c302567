import { auth } from 'express-oauth2-jwt-bearer'

/** A middleware, called with as much of a request as it reads. @type {import('../contestants.js').Contestant} */
export const contestant = {
  name: 'express-oauth2-jwt-bearer',
  algorithms: ['RS256', 'PS256', 'ES256'],
  create({ issuer, jwksUri, audience, algorithm }) {
    const handler = auth({ issuer, jwksUri, audience, tokenSigningAlg: algorithm })
    return (token) =>
      new Promise((resolve, reject) => {
        const request = {
          method: 'GET',
          url: '/',
          protocol: 'https',
          headers: { authorization: `Bearer ${token}` },
          query: {},
          get: (/** @type {string} */ name) => (name === 'Host' ? 'api.example.com' : undefined),
          is: () => false,
        }
        handler(/** @type {any} */ (request), /** @type {any} */ ({}), (error) =>
          error ? reject(error) : resolve(request),
        )
      })
  },
}
