import { createVerifier, type Verifier } from '@resource-server/core'
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
}

export const startApis = (issuers: Issuers): Promise<Api[]> =>
  Promise.all([
    startApi('Express', startExpressApi, issuers),
    startApi('Fastify', startFastifyApi, issuers),
    startApi('Fetch', startFetchApi, issuers),
  ])

type StartServer = (verifier: Verifier) => Promise<RunningServer>

async function startApi(name: string, start: StartServer, { home, partner }: Issuers): Promise<Api> {
  let reason: string | undefined
  const takeReason = () => {
    const taken = reason
    reason = undefined
    return taken
  }

  const verifier = createVerifier({
    issuer: [home.issuer, partner.issuer],
    audience: ordersApi,
    clockTolerance: 0, // issuers and APIs share one clock, and nobody wants to watch a token expire for 10 more seconds
    onEvent: (event) => {
      if (event.type === 'authentication.failed') reason = event.reason
    },
  })
  return { ...(await start(verifier)), name, takeReason }
}
