import { inspect } from 'node:util'
import { type AccessToken, explain, type VerifierEvent } from '@resource-server/core'
import { expect } from 'vitest'
import { type Answer, challengesOf, type Door, type RequestSpec } from '../support/door.js'
import { linesNamed } from '../support/raw.js'
import type { Expectation, Granted, Refused } from './case.js'

/** What holds for every answer to a case, beside what the case itself says. */
export function checkAnswer(
  expected: Expectation,
  request: RequestSpec,
  door: Door,
  answer: Answer,
  events: readonly VerifierEvent[],
): void {
  checkNothingComesBack(request, answer, events)
  expect(linesNamed(answer.headerLines, 'proxy-authenticate'), 'Proxy-Authenticate').toEqual([])
  expect(linesNamed(answer.headerLines, 'set-cookie'), 'Set-Cookie').toEqual([])
  if ('anonymous' in expected) checkAnonymous(answer, events)
  else if (expected.status === 200) checkGranted(expected, answer, events)
  else if (expected.status === 500) checkFailed(answer)
  else checkRefused(expected, door, answer, events)
}

/** Where the platform has refused the bytes, nothing of ours may have happened. */
export function checkUndelivered(answer: Answer, events: readonly VerifierEvent[]): void {
  expect(answer.status).toBe(400)
  expect(answer.handled, 'handler calls').toEqual([])
  expect(events).toEqual([])
}

function checkGranted({ subject, clientId, scopes }: Granted, answer: Answer, events: readonly VerifierEvent[]): void {
  expect(failuresIn(events), 'failures').toEqual([])
  expect(answer.status).toBe(200)
  expect(challengesOf(answer)).toEqual([])
  expect(answer.handled, 'handler calls').toHaveLength(1)
  const accessToken = answer.handled[0] as AccessToken
  expect(accessToken.subject).toBe(subject)
  if (clientId !== undefined) expect(accessToken.clientId).toBe(clientId)
  if (scopes !== undefined) expect([...accessToken.scopes]).toEqual(scopes)
  checkHarmless(accessToken.claims)
  checkHarmless(accessToken.header)
}

function checkAnonymous(answer: Answer, events: readonly VerifierEvent[]): void {
  expect(failuresIn(events), 'failures').toEqual([])
  expect(answer.status).toBe(200)
  expect(challengesOf(answer)).toEqual([])
  expect(answer.handled, 'handler calls').toEqual([undefined])
}

function checkRefused(expected: Refused, door: Door, answer: Answer, events: readonly VerifierEvent[]): void {
  const { status, kind, reason, challenges, body } = expected
  expect(failuresIn(events)).toEqual([{ kind, reason }])
  expect(answer.handled, 'handler calls').toEqual([])
  expect(answer.status).toBe(status)
  expect(challengesOf(answer)).toEqual(challenges)
  if (door.seesFieldLines) {
    expect(linesNamed(answer.headerLines, 'www-authenticate'), 'one field line for each scheme').toHaveLength(
      challenges.length,
    )
  }
  expect(linesNamed(answer.headerLines, 'cache-control')).toEqual(['no-store'])
  const retryAfter = linesNamed(answer.headerLines, 'retry-after')
  expect(retryAfter, 'Retry-After').toEqual(status === 503 ? [expect.stringMatching(/^[1-9][0-9]?$/)] : [])
  if (reason.includes('_')) expect(textOf(answer), 'the reason is for operators').not.toContain(reason)
  if (door.rendersOurBody) {
    expect(linesNamed(answer.headerLines, 'content-type')).toEqual(['application/json'])
    expect(JSON.parse(answer.body)).toEqual(body)
  }
}

/** A bug is a bug: no verdict on the token, and nobody is let in. */
function checkFailed(answer: Answer): void {
  expect(answer.status).toBe(500)
  expect(answer.handled, 'handler calls').toEqual([])
  expect(linesNamed(answer.headerLines, 'www-authenticate')).toEqual([])
  expect(linesNamed(answer.headerLines, 'set-cookie'), 'headers of the error that was thrown').toEqual([])
}

function failuresIn(events: readonly VerifierEvent[]): { kind: string; reason: string }[] {
  return events.filter((event) => event.type === 'authentication.failed').map(({ kind, reason }) => ({ kind, reason }))
}

/** No part of a token, and nothing that a token says, is in the answer, in the framework's log or in an event. */
function checkNothingComesBack(request: RequestSpec, answer: Answer, events: readonly VerifierEvent[]): void {
  const values = [request.target ?? '', request.body ?? '', ...(request.headers ?? []).map(([, value]) => value)]
  const sent = values.join('\n').replace(/authorization/gi, '') // the word is in our own sentences
  const received = `${textOf(answer)}\n${answer.logged}\n${inspect(events, { depth: 10 })}`
  const echoed = slicesOf(received).filter((slice) => sent.includes(slice))
  expect(echoed, 'parts of the token in the answer').toEqual([])
  expect(`${textOf(answer)}\n${answer.logged}`).not.toMatch(/canary/i)
  for (const event of events) checkEvent(event)
}

/** Of what a token says an event has a few members that name no person, on one line each, and not without end. */
function checkEvent(event: VerifierEvent): void {
  if (event.type !== 'authentication.failed') return
  const { received, ...others } = event
  expect(inspect(others, { depth: 10 })).not.toMatch(/canary/i)
  for (const text of Array.isArray(received) ? received : [received]) {
    if (typeof text !== 'string') continue
    expect(text.length).toBeLessThanOrEqual(256)
    expect(text).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
  }
  expect(explain(event)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
}

const SLICE = 12

/** Every run of twelve characters of base64url. */
function slicesOf(text: string): string[] {
  return (text.match(/[\w-]{12,}/g) ?? []).flatMap((run) =>
    Array.from({ length: run.length - SLICE + 1 }, (_, start) => run.slice(start, start + SLICE)),
  )
}

function textOf({ status, headerLines, body }: Answer): string {
  return `${status}\n${headerLines.map((line) => line.join(': ')).join('\n')}\n\n${body}`
}

/** What handlers are given cannot be changed, and copying it changes nobody's prototype. */
function checkHarmless(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  expect(Object.isFrozen(value), 'frozen').toBe(true)
  expect(Object.keys(value)).not.toContain('__proto__')
  if (!Array.isArray(value)) {
    expect('constructor' in value || 'prototype' in value || 'toString' in value, 'inherited members').toBe(false)
    expect(Object.getPrototypeOf(Object.assign({}, value))).toBe(Object.prototype)
  }
  for (const member of Object.values(value)) checkHarmless(member)
}
