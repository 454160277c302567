import jsonwebtoken from 'jsonwebtoken'
import { publicKeyFrom } from '../public-key.js'

/** Given the one key in advance, so that nothing is looked up: no rotation without a new process. @type {import('../contestants.js').Contestant} */
export const contestant = {
  name: 'jsonwebtoken, key given',
  algorithms: ['RS256', 'PS256', 'ES256'],
  async create({ issuer, jwksUri, audience, algorithm }) {
    const key = await publicKeyFrom(jwksUri, algorithm)
    return (token) => jsonwebtoken.verify(token, key, { issuer, audience, algorithms: [algorithm] })
  },
}
