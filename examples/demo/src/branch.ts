import { setTimeout as sleep } from 'node:timers/promises'
import type { JWK } from 'jose'
import type { AuthorizationServer } from './authorization-server.js'
import type { Client } from './clients.js'

/** An issuer that goes down, and comes back at the same address with other keys. */
export interface Branch extends AuthorizationServer {
  /** The first key signs, all are published. */
  comeBackWith(...keys: readonly JWK[]): Promise<void>
  /** The key that it signs with at first, and the one that it changes to. */
  readonly oldKey: JWK
  readonly newKey: JWK
}

export async function startBranch(clients: readonly Client[]): Promise<Branch> {
  const { createSigningKey, serveAuthorizationServer } = await import('./authorization-server.js')
  const oldKey = await createSigningKey('ES256', 'last-year')
  const newKey = await createSigningKey('ES256', 'this-year')
  let running = await serveAuthorizationServer(clients, [oldKey])
  const { issuer } = running
  const stop = async (): Promise<void> => {
    await running.stop()
    await sleep(50) // until whoever had a connection has noticed
  }
  return {
    issuer,
    oldKey,
    newKey,
    stop,
    async comeBackWith(...keys) {
      await stop()
      running = await serveAuthorizationServer(clients, [...keys], Number(new URL(issuer).port))
    },
  }
}
