import jsonwebtoken from 'jsonwebtoken'
import jwksRsa from 'jwks-rsa'

/** @type {import('../contestants.js').Contestant} */
export const contestant = {
  name: 'jsonwebtoken + jwks-rsa',
  algorithms: ['RS256', 'PS256', 'ES256'],
  create({ issuer, jwksUri, audience, algorithm }) {
    const client = jwksRsa({ jwksUri, cache: true, rateLimit: true })
    /** @param {{ kid?: string }} header @param {(error: Error | null, key?: string) => void} callback */
    const getKey = ({ kid }, callback) =>
      client.getSigningKey(kid, (error, key) => callback(error, key?.getPublicKey()))
    const options = { issuer, audience, algorithms: [algorithm] }
    return (token) =>
      new Promise((resolve, reject) => {
        const done = (/** @type {Error | null} */ error, /** @type {unknown} */ claims) =>
          error ? reject(error) : resolve(claims)
        jsonwebtoken.verify(token, getKey, options, done)
      })
  },
}
