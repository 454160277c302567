import type { HeaderLine } from '../support/raw.js'

/** A request that must be refused. */
export interface BadRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly HeaderLine[]
  readonly body?: string
  /** How it was made; holds nothing of what it says. */
  readonly recipe: string
  /** What must not be found again anywhere. */
  readonly secrets: readonly string[]
  /** The token is good and the route needs more than it grants. */
  readonly lacksScope: boolean
  /** The bytes are no HTTP/1.1 that a server will take: the platform answers and hangs up. */
  readonly breaksHttp: boolean
}
