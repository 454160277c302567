import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { createVerifier, type Verifier } from '@resource-server/core'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { connect, requestBytes } from '../support/raw.js'
import { T } from '../support/token.js'

export const verifierWith = (options: object = {}): Verifier =>
  createVerifier({
    issuer: { issuer: I, jwks: { keys: publicKeys } },
    audience: A,
    clock: () => NOW * 1000,
    ...options,
  })

/** What clients see of an answer. */
export interface Seen {
  readonly status: number
  readonly challenge: string | null
  readonly cacheControl: string | null
  readonly retryAfter: string | null
  readonly body: string
}

export type Get = (path: string, init?: RequestInit) => Promise<Seen>

export const bearer = (token = T): RequestInit => ({ headers: { authorization: `Bearer ${token}` } })

export function getFrom(port: number): Get {
  return async (path, init) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init)
    return {
      status: response.status,
      challenge: response.headers.get('www-authenticate'),
      cacheControl: response.headers.get('cache-control'),
      retryAfter: response.headers.get('retry-after'),
      body: await response.text(),
    }
  }
}

/** Serves on the loopback interface while `use` runs. */
export async function serving<R>(listener: RequestListener, use: (get: Get, server: Server) => Promise<R>): Promise<R> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  try {
    return await use(getFrom(portOf(server)), server)
  } finally {
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port

/** A verifier that is kept waiting by its deny-list until {@link SlowVerifier.finish}. */
export interface SlowVerifier {
  readonly verifier: Verifier
  /** Resolves once a token is being checked. */
  readonly asked: Promise<void>
  finish(): void
}

export function slowVerifier(): SlowVerifier {
  let onAsked = (): void => {}
  let finish = (): void => {}
  const asked = new Promise<void>((resolve) => {
    onAsked = resolve
  })
  const answer = new Promise<boolean>((resolve) => {
    finish = () => resolve(false)
  })
  const isRevoked = (): Promise<boolean> => {
    onAsked()
    return answer
  }
  return { verifier: verifierWith({ isRevoked }), asked, finish }
}

/** Hangs up in the middle of the check, and then lets the check end. */
export async function leaveDuring({ asked, finish }: SlowVerifier, port: number, path: string): Promise<void> {
  const connection = await connect(port)
  const answer = connection.exchange(
    requestBytes('GET', path, [
      ['Host', 'api.test'],
      ['Authorization', `Bearer ${T}`],
    ]),
  )
  answer.catch(() => {}) // there is none
  await asked
  connection.close()
  await delay(20)
  finish()
  await delay(20)
}

export const NO_CREDENTIALS = 'Bearer realm="api"'
export const INVALID_TOKEN =
  'Bearer realm="api", error="invalid_token", error_description="The access token is malformed, expired, revoked or otherwise invalid"'
export const INSUFFICIENT_SCOPE =
  'Bearer realm="api", error="insufficient_scope", error_description="The access token does not have the scope that this request needs", scope="write"'
