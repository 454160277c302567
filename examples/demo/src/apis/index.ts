import { createVerifier, type IssuerStatus, type Verifier } from '@resource-server/core'
import type { Clock } from '../clock.js'
import type { Issuers } from '../issuers.js'
import type { RunningServer } from '../loopback.js'
import { startExpressApi } from './express.js'
import { startFastifyApi } from './fastify.js'
import { startFetchApi } from './fetch.js'

// Resource indicators are names, not addresses: nothing ever connects to them.
export const ordersApi = 'https://orders.example'
export const invoicesApi = 'https://invoices.example'

export interface Api extends RunningServer {
  readonly name: string
  /** Why this API refused the latest call: what its operator would find in the log. The caller is never told. */
  readonly takeReason: () => string | undefined
  /** How this API stands with an issuer's keys. It asks nobody for that. */
  readonly statusOf: (issuer: string) => IssuerStatus | undefined
}

export const startApis = (issuers: Issuers, clock: Clock): Promise<Api[]> =>
  Promise.all([
    startApi('Express', startExpressApi, issuers, clock),
    startApi('Fastify', startFastifyApi, issuers, clock),
    startApi('Fetch', startFetchApi, issuers, clock),
  ])

type StartServer = (verifier: Verifier) => Promise<RunningServer>

async function startApi(
  name: string,
  start: StartServer,
  { home, partner, branch }: Issuers,
  clock: Clock,
): Promise<Api> {
  let reason: string | undefined
  const takeReason = () => {
    const taken = reason
    reason = undefined
    return taken
  }

  const verifier = createVerifier({
    issuer: [home.issuer, partner.issuer, branch.issuer],
    audience: ordersApi,
    clockTolerance: 0, // issuers and APIs share one clock, and nobody wants to watch a token expire for 10 more seconds
    clock: clock.now,
    onEvent: (event) => {
      if (event.type === 'authentication.failed') reason = event.reason
    },
  })
  const statusOf = (issuer: string) => verifier.status().issuers.find((status) => status.issuer === issuer)
  return { ...(await start(verifier)), name, takeReason, statusOf }
}
