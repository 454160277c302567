import type { AccessToken, AuthenticationFailedEvent, VerifierOptions } from '@resource-server/core'
import { onTestFinished } from 'vitest'
import { challengesOf, type Door, type OpenDoor } from '../support/door.js'
import { type HeaderLine, linesNamed } from '../support/raw.js'
import { createWorld, type Routes, type World } from '../support/world.js'

/** How a client presents its token: the header fields that the documentation of the service shows. */
export type Presentation = (token: string) => readonly HeaderLine[]

export const bearerOnly: Presentation = (token) => [['Authorization', `Bearer ${token}`]]

export interface ApiSpec {
  readonly options: Partial<VerifierOptions>
  /** Routes beside `/v1/open`, which asks for a valid token and no more. */
  readonly routes?: Routes
  readonly presentation?: Presentation
}

/** An API behind one door, until the test is over. */
export interface Api {
  call(token: string, path?: string): Promise<Outcome>
  advance(seconds: number): void
}

export interface Outcome {
  readonly status: number
  readonly challenges: readonly string[]
  readonly retryAfter: string | undefined
  /** What the handler was given. */
  readonly accessToken: AccessToken | undefined
  /** What the operator was told, where calls do not overlap. */
  readonly failure: AuthenticationFailedEvent | undefined
}

export async function openApi(door: Door, spec: ApiSpec): Promise<Api> {
  const [api] = await openApis([door], spec)
  return api!
}

/** One API with one verifier behind several doors. */
export async function openApis(
  doors: readonly Door[],
  { options, routes = {}, presentation = bearerOnly }: ApiSpec,
): Promise<Api[]> {
  const world = await createWorld({ options, routes })
  onTestFinished(() => world.close())
  return Promise.all(
    doors.map(async (door) => {
      const opened = await door.open(world)
      onTestFinished(() => opened.close())
      return apiBehind(opened, world, presentation)
    }),
  )
}

function apiBehind(opened: OpenDoor, world: World, presentation: Presentation): Api {
  return {
    advance: (seconds) => world.advance(seconds),
    async call(token, path = '/v1/open') {
      const eventsBefore = world.events.length
      const answer = await opened.send({ target: path, headers: presentation(token) })
      return {
        status: answer.status,
        challenges: challengesOf(answer),
        retryAfter: linesNamed(answer.headerLines, 'retry-after')[0],
        accessToken: answer.handled[0],
        failure: world.events.slice(eventsBefore).find((event) => event.type === 'authentication.failed'),
      }
    },
  }
}

/** Status and reason in one line, for tables. */
export function summaryOf({ status, failure }: Outcome): string {
  return failure === undefined ? String(status) : `${status} ${failure.reason}`
}

export const INVALID_TOKEN =
  'Bearer realm="api", error="invalid_token", error_description="The access token is malformed, expired, revoked or otherwise invalid"'

export const insufficientScope = (scope: string): string =>
  `Bearer realm="api", error="insufficient_scope", error_description="The access token does not have the scope that this request needs", scope="${scope}"`
