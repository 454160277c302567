import { protectedResourceMetadata as answerFrom, type Verifier, viewNodeRequest } from '@resource-server/core'
import type { Guard } from './types.js'

/**
 * Serves the verifier's protected resource metadata (RFC 9728) where clients look for it, and passes every other request
 * on. It is public: mount it before any guard, and at the root, since its path begins there.
 *
 * @throws `TypeError` with `code: 'ERR_INVALID_OPTION'` at once if the verifier has no `resource`
 * @example
 * ```ts
 * import { createVerifier } from '@resource-server/core'
 * import { authenticate, protectedResourceMetadata } from '@resource-server/express'
 * import express from 'express'
 *
 * const verifier = createVerifier({
 *   issuer: 'https://as.example.com',
 *   audience: 'https://api.example.com',
 *   resource: 'https://api.example.com',
 * })
 * const app = express()
 * app.use(protectedResourceMetadata(verifier))
 * app.use(authenticate(verifier))
 * ```
 */
export function protectedResourceMetadata(verifier: Verifier): Guard {
  const answerTo = answerFrom(verifier)
  return (req, res, next) => {
    const answer = answerTo(viewNodeRequest(req))
    if (answer === undefined) next()
    else res.writeHead(answer.status, answer.headers).end(answer.body)
  }
}
