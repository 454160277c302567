import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AccessToken } from '@resource-server/core'

declare global {
  namespace Express {
    interface Request {
      /** The verified access token, behind `authenticate`. {@link getAccessToken} tells where the guard is missing. */
      auth?: AccessToken | undefined
    }
  }
}

export type GuardedRequest = IncomingMessage & Express.Request

/** A middleware that fits every route, whatever the types of its parameters and bodies. */
export type Guard = (req: GuardedRequest, res: ServerResponse, next: (error?: unknown) => void) => void
