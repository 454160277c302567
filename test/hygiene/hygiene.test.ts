import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { inspect } from 'node:util'
import { type AuthenticationError, createVerifier, type Requirements, type VerifierEvent } from '@resource-server/core'
import { authenticate } from '@resource-server/express'
import resourceServer from '@resource-server/fastify'
import express5 from 'express'
import express4 from 'express4'
import Fastify from 'fastify'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { T, type TokenSpec, token } from '../support/token.js'

// Frameworks as they come, with their own error pages and logs: nothing of a token, a claim or a secret is in any of it.

const CANARY = 'canary7f3a'
const secret = () => new Error(`connect to redis://user:${CANARY}@db`)

interface Path {
  readonly reason: string
  readonly authorization?: string
  readonly options?: object
  readonly requirements?: Requirements
}

const personal = {
  sub: `${CANARY}-sub`,
  jti: `${CANARY}-jti`,
  email: `${CANARY}@x.test`,
  client_id: `${CANARY}-client`,
}
const by = (spec: TokenSpec = {}): string =>
  `Bearer ${token({ ...spec, claims: { ...personal, ...spec.claims }, header: { x: CANARY, ...spec.header } })}`
const remote = { issuer: I, jwksUri: `https://${CANARY}.test/jwks?key=${CANARY}` }
const answering = (body: string, status = 200) => ({
  issuer: { issuer: I, jwksUri: `${I}/jwks` },
  keys: { retries: 0 },
  fetch: async () => new Response(body, { status, headers: { 'x-secret': CANARY } }),
})

const paths: readonly Path[] = [
  { reason: 'unsupported_scheme', authorization: `Basic ${Buffer.from(CANARY).toString('base64')}${CANARY}` },
  { reason: 'unsupported_scheme', authorization: CANARY },
  { reason: 'malformed_credentials', authorization: `Bearer ${CANARY} ${CANARY}` },
  { reason: 'malformed', authorization: `Bearer ${CANARY}` },
  { reason: 'malformed', authorization: by({ claims: { exp: CANARY } }) },
  { reason: 'malformed', authorization: by({ claims: { aud: { [CANARY]: CANARY } } }) },
  { reason: 'algorithm', authorization: by({ header: { alg: 'none' }, signedAs: 'ES256' }) },
  { reason: 'type', authorization: by({ header: { typ: 'dpop+jwt' } }) },
  { reason: 'unknown_issuer', authorization: by({ claims: { iss: 'https://other.test' } }) },
  { reason: 'unknown_key', authorization: by({ header: { kid: 'other' } }) },
  { reason: 'signature', authorization: `${by().slice(0, -8)}AAAAAAAA` },
  { reason: 'expired', authorization: by({ claims: { exp: NOW - 60 } }) },
  { reason: 'not_yet_valid', authorization: by({ claims: { nbf: NOW + 60 } }) },
  { reason: 'audience', authorization: by({ claims: { aud: 'https://other.test' } }) },
  { reason: 'missing_claim', authorization: by({ claims: { exp: undefined } }) },
  { reason: 'unproven_confirmation', authorization: by({ claims: { cnf: { jkt: CANARY } } }) },
  { reason: 'revoked', authorization: by(), options: { isRevoked: () => ({ row: CANARY }) } },
  { reason: 'missing_scope', authorization: by(), requirements: { scopes: ['write'] } },
  { reason: 'acr', authorization: by(), requirements: { acrValues: ['gold'] } },
  { reason: 'too_old', authorization: by(), requirements: { maxAge: 1 } },
  { reason: 'claim', authorization: by(), requirements: { claims: { email: 'somebody else' } } },
  { reason: 'check', authorization: by(), requirements: { check: () => false } },
  { reason: 'revocation', authorization: by(), options: { isRevoked: () => Promise.reject(secret()) } },
  { reason: 'keys', authorization: by(), options: answering(CANARY) },
  { reason: 'keys', authorization: by(), options: answering(JSON.stringify({ error: CANARY }), 500) },
  { reason: 'keys', authorization: by(), options: answering(JSON.stringify({ keys: [{ kty: 'oct', k: CANARY }] })) },
  {
    reason: 'keys',
    authorization: by(),
    options: {
      issuer: { ...remote, jwksUri: `${I}/jwks?key=${CANARY}` },
      keys: { retries: 0 },
      fetch: async () => Promise.reject(secret()),
    },
  },
]

function verifierFor({ options }: Path, events: VerifierEvent[]) {
  return createVerifier({
    issuer: { issuer: I, jwks: { keys: publicKeys } },
    audience: A,
    clock: () => NOW * 1000,
    onEvent: (event) => events.push(event),
    ...options,
  })
}

/** Sixteen characters in a row of any part of what was sent would be a piece of a token. */
function expectNothingOf({ authorization = '' }: Path, output: string): void {
  expect(output.toLowerCase()).not.toContain(CANARY)
  for (const segment of authorization.split(/[ .]/)) {
    for (let i = 0; i + 16 <= segment.length; i += 16) expect(output).not.toContain(segment.slice(i, i + 16))
  }
}

/** What people do with an error. */
const shown = (error: AuthenticationError): string =>
  [
    inspect(error, { depth: 10, showHidden: true }),
    JSON.stringify(error),
    JSON.stringify({ ...error }),
    String(error),
    error.stack,
    JSON.stringify(Object.getOwnPropertyDescriptors(error)),
  ].join('\n')

const request = ({ authorization = '' }: Path) => ({ headers: { authorization, 'x-canary': 'no' } })

afterEach(() => {
  vi.restoreAllMocks()
})

describe.each(paths)('$reason', (path) => {
  test('the error, the response, and the event but for the cause that is yours', async () => {
    const events: VerifierEvent[] = []
    const verifier = verifierFor(path, events)
    const { error } = await verifier.authenticate(new Request(A, request(path)), path.requirements ?? {})
    expect(error!.reason).toBe(path.reason)
    const answer = error!.toResponse()
    expectNothingOf(path, [shown(error!), inspect([...answer.headers]), await answer.text()].join('\n'))
    const own = path.reason === 'revocation' // what your own function throws is handed on as it is
    const told = events.map((event) => (own && 'cause' in event ? { ...event, cause: undefined } : event))
    expectNothingOf(path, inspect(told, { depth: 10, showHidden: true }))
  })

  test.each([
    ['Express 4', 'development', express4],
    ['Express 4', 'production', express4],
    ['Express 5', 'development', express5],
    ['Express 5', 'production', express5],
  ])('%s in %s, with its own error handler and console', async (_name, env, createApplication) => {
    const written: string[] = []
    for (const method of ['error', 'warn', 'log', 'info', 'debug'] as const)
      vi.spyOn(console, method).mockImplementation((...values: unknown[]) => void written.push(inspect(values)))
    const app = createApplication()
    app.set('env', env)
    app.use(authenticate(verifierFor(path, []), path.requirements ?? {}))
    const server = createServer(app)
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as AddressInfo
    const answer = await fetch(`http://127.0.0.1:${port}/`, request(path))
    // Express writes when the answer is on its way.
    await vi.waitFor(() => expect(written.join('')).toContain('AuthenticationError'))
    const output = [answer.statusText, inspect([...answer.headers]), await answer.text(), ...written].join('\n')
    server.close()
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expectNothingOf(path, output)
  })

  test('Fastify with its own logger and error handler', async () => {
    const written: string[] = []
    const stream = new Writable({
      write(line: Buffer, _encoding, done) {
        written.push(line.toString())
        done()
      },
    })
    const app = Fastify({ logger: { level: 'trace', stream } })
    await app.register(resourceServer, { verifier: verifierFor(path, []) })
    app.get('/', { config: { auth: path.requirements ?? true } }, async () => 'handled')
    const answer = await app.inject({ url: '/', ...request(path) })
    expect(answer.statusCode).toBeGreaterThanOrEqual(400)
    expect(written.length).toBeGreaterThan(0)
    expectNothingOf(path, [inspect(answer.headers), answer.body, ...written].join('\n'))
  })
})

test('the watch itself: a token in an output is seen', () => {
  const path: Path = { reason: '', authorization: `Bearer ${T}` }
  expect(() => expectNothingOf(path, `it was ${T}`)).toThrow()
  expect(() => expectNothingOf(path, CANARY.toUpperCase())).toThrow()
})
