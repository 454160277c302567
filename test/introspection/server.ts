import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createVerifier, type IssuerOptions, type Verifier, type VerifierEvent } from '@resource-server/core'
import { onTestFinished } from 'vitest'
import { A, NOW } from '../support/fixture.js'

export interface Question {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly form: URLSearchParams
}

/** What a server says of a token that it knows. */
export const ACTIVE = { active: true, aud: A, sub: 'u1', client_id: 'c1', scope: 'read', exp: NOW + 3600 }

export type AnswerQuestion = (question: Question, response: ServerResponse) => object | Promise<object> | undefined

export interface IntrospectionServer {
  readonly origin: string
  readonly endpoint: string
  readonly questions: readonly Question[]
  /** How many questions were open at the same time at most. */
  readonly peak: () => number
}

/** A real server on the loopback interface that remembers what it was asked, until the test is over. */
export async function startIntrospectionServer(answer: AnswerQuestion = () => ACTIVE): Promise<IntrospectionServer> {
  const questions: Question[] = []
  let open = 0
  let peak = 0
  const server = createServer(async (request, response) => {
    peak = Math.max(peak, ++open)
    const { method = '', url = '', headers } = request
    const question = { method, url, headers, form: new URLSearchParams(await text(request)) }
    questions.push(question)
    const document = await answer(question, response)
    open-- // before the client can know, who may ask the next one at once
    if (document !== undefined)
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, endpoint: `${origin}/introspect`, questions, peak: () => peak }
}

export interface Asking {
  readonly verifier: Verifier
  readonly events: readonly VerifierEvent[]
  advance(seconds: number): void
}

/** A verifier that asks this server. */
export function asking(
  { origin, endpoint }: IntrospectionServer,
  introspection: object = {},
  options: object = {},
): Asking {
  let now = NOW * 1000
  const events: VerifierEvent[] = []
  const verifier = createVerifier({
    issuer: {
      issuer: origin,
      introspection: { endpoint, clientId: 'api', clientSecret: 'secret', ...introspection },
    } as IssuerOptions,
    audience: A,
    clock: () => now,
    onEvent: (event) => {
      events.push(event)
    },
    ...options,
  })
  return {
    verifier,
    events,
    advance: (seconds) => {
      now += seconds * 1000
    },
  }
}

export async function reasonOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    (error: { kind: string; reason: string }) => `${error.kind}/${error.reason}`,
  )
}
