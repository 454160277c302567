import type { AuthorizationServer } from './authorization-server.js'
import type { Client } from './clients.js'
import { collectNotices } from './notices.js'

export interface Issuers {
  /** The APIs trust it. */
  readonly home: AuthorizationServer
  /** The APIs trust it as well; it goes down before any of them has loaded its keys. */
  readonly partner: AuthorizationServer
  /** As real as the others, but nobody told the APIs to trust it. */
  readonly stranger: AuthorizationServer
}

export const startIssuers = (clients: readonly Client[]): Promise<Issuers> =>
  collectNotices(async () => {
    const { startAuthorizationServer } = await import('./authorization-server.js')
    const [home, partner, stranger] = await Promise.all([
      startAuthorizationServer(clients),
      startAuthorizationServer(clients),
      startAuthorizationServer(clients),
    ])
    return { home, partner, stranger }
  })
