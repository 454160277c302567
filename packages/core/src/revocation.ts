import type { AccessToken } from './access-token.js'
import { reject, rejectToken } from './failure.js'
import { withDeadline } from './lib/deadline.js'
import type { Soon } from './lib/soon.js'
import type { VerifierOptions } from './options.js'

type IsRevoked = NonNullable<VerifierOptions['isRevoked']>

const TIMEOUT = 2000 // milliseconds

/**
 * Asks the user's list. No answer is not a no: a list that cannot be reached stops every token (and says 503, for the
 * token may be fine).
 */
export function unlessRevoked(accessToken: AccessToken, isRevoked: IsRevoked | undefined): Soon<AccessToken> {
  return isRevoked === undefined
    ? accessToken
    : answerOf(isRevoked, accessToken).then((answer) => {
        if (answer) rejectToken('revoked', 'isRevoked said that the token is revoked')
        return accessToken
      })
}

async function answerOf(isRevoked: IsRevoked, accessToken: AccessToken): Promise<unknown> {
  try {
    return await withDeadline(TIMEOUT, (signal) => isRevoked(accessToken, { signal }))
  } catch (error) {
    return reject({ kind: 'unavailable', reason: 'revocation', retryAfter: 1 }, 'isRevoked did not answer', {
      cause: error,
    })
  }
}
