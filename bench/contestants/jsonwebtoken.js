import jsonwebtoken from 'jsonwebtoken'
import jwksRsa from 'jwks-rsa'

/** @type {import('../contestants.js').Contestant} */
export const contestant = {
  name: 'jsonwebtoken + jwks-rsa',
  algorithms: ['RS256', 'PS256', 'ES256'],
  create({ issuer, jwksUri, audience, algorithm }) {
    const client = jwksRsa({ jwksUri, cache: true, rateLimit: true })
    /** @type {import('jsonwebtoken').GetPublicKeyOrSecret} */
    const getKey = ({ kid }, callback) =>
      client.getSigningKey(kid, (error, key) => callback(error, key?.getPublicKey()))
    return (token) =>
      new Promise((resolve, reject) => {
        jsonwebtoken.verify(token, getKey, { issuer, audience, algorithms: [algorithm] }, (error, claims) =>
          error ? reject(error) : resolve(claims),
        )
      })
  },
}
