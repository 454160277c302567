import type { AccessToken } from '@resource-server/core'
import { parseChallenges } from './challenge-parser.js'
import { type HeaderLine, linesNamed } from './raw.js'
import type { World } from './world.js'

/** A request as data. HTTP doors put exactly these bytes on the wire, with `Host`, `Connection` and `Content-Length` beside them. */
export interface RequestSpec {
  /** `GET` unless said otherwise. */
  readonly method?: string
  /** `/v1/r` unless said otherwise. */
  readonly target?: string
  readonly headers?: readonly HeaderLine[]
  readonly body?: string
  /** Requests that are answered first, on the same connection where there are connections. */
  readonly precededBy?: readonly RequestSpec[]
}

/** What came back, in the same shape from every door. */
export interface Answer {
  /** `false`: the platform refused the bytes before any of our code could see them. */
  readonly delivered: boolean
  readonly status: number
  readonly headerLines: readonly HeaderLine[]
  readonly body: string
  /** The access tokens that handlers were given; `undefined` for an anonymous request. */
  readonly handled: readonly (AccessToken | undefined)[]
  /** What the framework has logged. */
  readonly logged: string
}

/** A way into an application: a framework with the guarded routes of a world. */
export interface Door {
  readonly name: string
  /** `false` where several field lines of one name come as one value. */
  readonly seesFieldLines: boolean
  /** Whether the token is judged before it is known what the route needs. */
  readonly authorizesLater: boolean
  /** Whether refusals are rendered by `toResponse()` and not by a framework. */
  readonly rendersOurBody: boolean
  open(world: World): Promise<OpenDoor>
}

export interface OpenDoor {
  send(request: RequestSpec): Promise<Answer>
  close(): Promise<void>
}

/** The challenges of an answer one by one, however many share a field line. */
export function challengesOf({ headerLines }: Answer): string[] {
  return linesNamed(headerLines, 'www-authenticate').flatMap((line) => parseChallenges(line).map(({ text }) => text))
}
