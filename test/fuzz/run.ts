import { createVerifier } from '@resource-server/core'
import { parseChallenges } from '../support/challenge-parser.js'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { linesNamed } from '../support/raw.js'
import { T } from '../support/token.js'
import type { Answer, OpenDoor } from './door.js'
import { Outputs } from './outputs.js'
import { seeded } from './random.js'
import type { BadRequest } from './request.js'
import { badRequest } from './requests.js'

export interface Report {
  /** Requests that reached the product. */
  readonly requests: number
  readonly statuses: ReadonlyMap<number, number>
  readonly problems: readonly string[]
  /** How many handlers ran for bad requests, and then for a good one. */
  readonly handled: number
  readonly handledWhenGood: number
  readonly strayErrors: readonly string[]
  readonly responses: Outputs
  readonly log: Outputs
}

const AT_ONCE = 200
const MAX_PROBLEMS = 10

export async function fuzz(open: OpenDoor, count: number, seed: string): Promise<Report> {
  const responses = new Outputs()
  const log = new Outputs()
  const problems: string[] = []
  const statuses = new Map<number, number>()
  let handled = 0
  let requests = 0

  const stray = watchStrayErrors()
  const verifier = createVerifier({
    issuer: { issuer: I, jwks: { keys: publicKeys } },
    audience: A,
    clock: () => NOW * 1000,
    // What came instead is in the event on purpose; nothing else of a token is.
    onEvent: (event) => log.add(JSON.stringify({ ...event, received: undefined })),
  })
  const door = await open(verifier, { onHandled: () => handled++, onLogged: (text) => log.add(text) })
  try {
    for (let sent = 0; requests < count && problems.length < MAX_PROBLEMS; sent += AT_ONCE) {
      const batch = Array.from({ length: AT_ONCE }, (_, i) => badRequest(seeded(`${seed}/${sent + i}`)))
      const answers = await door.send(batch)
      for (const answer of answers) if (answer !== undefined) responses.add(textOf(answer))
      for (const [i, request] of batch.entries()) {
        const answer = answers[i]
        if (answer !== undefined) statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        if (answer !== undefined && !request.breaksHttp) requests++
        const cameOut = request.secrets.some((secret) => responses.hasPieceOf(secret) || log.hasPieceOf(secret))
        const problem = cameOut ? 'a piece of it came out' : answer && problemWith(answer, request)
        if (problem !== undefined) problems.push(`seed ${seed}, request ${sent + i} (${request.recipe}): ${problem}`)
      }
    }
    if (responses.hasCanary() || log.hasCanary()) problems.push(`seed ${seed}: a canary came out`)
    const handledWhenBad = handled
    await door.send([good])
    const handledWhenGood = handled - handledWhenBad
    const strayErrors = stray.errors
    return { requests, statuses, problems, handled: handledWhenBad, handledWhenGood, strayErrors, responses, log }
  } finally {
    await door.close()
    stray.stop()
  }
}

/** Without it, a door that is shut for everyone would pass. */
const good: BadRequest = {
  method: 'GET',
  target: '/v1/open',
  headers: [['Authorization', `Bearer ${T}`]],
  recipe: 'good',
  secrets: [],
  lacksScope: false,
  breaksHttp: false,
}

function watchStrayErrors(): { readonly errors: readonly string[]; stop(): void } {
  const errors: string[] = []
  const note = (error: unknown): void => {
    errors.push(String(error))
  }
  const events = ['unhandledRejection', 'uncaughtException', 'warning']
  for (const event of events) process.on(event, note)
  return {
    errors,
    stop: () => {
      for (const event of events) process.off(event, note)
    },
  }
}

/** A response without what is new in each one. */
function textOf({ status, headerLines, body }: Answer): string {
  const lines = headerLines.flatMap(([name, value]) => (name.toLowerCase() === 'date' ? [] : [`${name}: ${value}`]))
  return [status, ...lines, '', body].join('\n')
}

/** RFC 9110 §15.5.2: no 401 without a challenge; nor do the other refusals of ours go without. */
function problemWith({ status, headerLines }: Answer, { lacksScope, breaksHttp }: BadRequest): string | undefined {
  const allowed = breaksHttp ? [400, 401, 431] : lacksScope ? [403] : [400, 401]
  if (!allowed.includes(status)) return `answered ${status}`
  if (breaksHttp && status !== 401) return undefined // the platform's own answer
  const challenges = linesNamed(headerLines, 'www-authenticate').flatMap(parseChallenges)
  return challenges.length === 1 ? undefined : `${challenges.length} challenges`
}
