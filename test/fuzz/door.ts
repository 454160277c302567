import type { AccessToken, Verifier } from '@resource-server/core'
import type { HeaderLine } from '../support/raw.js'
import type { BadRequest } from './request.js'

export interface Answer {
  readonly status: number
  readonly headerLines: readonly HeaderLine[]
  readonly body: string
}

/** An application with two routes: `/v1/open` for any token, `/v1/w` for tokens with the scope `write`. */
export interface FuzzDoor {
  /** The answers in the order of the requests; `undefined` where the platform does not even make such a request. */
  send(requests: readonly BadRequest[]): Promise<readonly (Answer | undefined)[]>
  close(): Promise<void>
}

/** Opens a door. `onHandled` is told whom a handler was given, `onLogged` what the framework has logged. */
export type OpenDoor = (verifier: Verifier, watch: Watch) => Promise<FuzzDoor>

export interface Watch {
  readonly onHandled: (accessToken: AccessToken) => void
  readonly onLogged: (text: string) => void
}
