import type { AuthorizationServer } from './authorization-server.js'
import { type Branch, startBranch } from './branch.js'
import type { Client } from './clients.js'
import { collectNotices } from './notices.js'

export interface Issuers {
  /** The APIs trust it. */
  readonly home: AuthorizationServer
  /** The APIs trust it as well; it goes down before any of them has loaded its keys. */
  readonly partner: AuthorizationServer
  /** The APIs trust it; it goes down for a while when they know its keys, and comes back with another key. */
  readonly branch: Branch
  /** As real as the others, but nobody told the APIs to trust it. */
  readonly stranger: AuthorizationServer
}

export const startIssuers = (clients: readonly Client[]): Promise<Issuers> =>
  collectNotices(async () => {
    const { startAuthorizationServer } = await import('./authorization-server.js')
    const [home, partner, branch, stranger] = await Promise.all([
      startAuthorizationServer(clients),
      startAuthorizationServer(clients),
      startBranch(clients.filter(({ id }) => id === 'courier')),
      startAuthorizationServer(clients),
    ])
    return { home, partner, branch, stranger }
  })
