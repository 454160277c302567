import {
  type AnonymousRequirements,
  createVerifier,
  type Requirements,
  type Verifier,
  type VerifierEvent,
  type VerifierOptions,
} from '@resource-server/core'
import { whereNobodyListens, whereNobodyTrusts } from './elsewhere.js'
import { A, I, NOW } from './fixture.js'
import { type Behaviours, type JwksServer, startJwksServer } from './jwks-server.js'
import { publicKeys } from './keys.js'

export type Routes = Readonly<Record<string, Requirements | AnonymousRequirements>>

/** How a verifier is configured, which routes it guards and which issuers it can reach. */
export interface Setup {
  /** Changes to the fixture's options: issuer {@link I} with its keys at hand, audience {@link A}. */
  readonly options?: Partial<VerifierOptions>
  /** Routes beside `/v1/r`, `/v1/w` and `/v1/open`. */
  readonly routes?: Routes
  /** Issuers by origin, served on the loopback interface. With {@link I} among them its keys come from `/jwks` there. */
  readonly issuers?: Readonly<Record<string, Behaviours>>
}

/** One verifier with everything that it can see of the outside: a clock that is moved by hand, and issuers that are counted. */
export interface World {
  readonly verifier: Verifier
  readonly routes: Routes
  readonly events: readonly VerifierEvent[]
  /** Every URL that was asked for, on whatever way. */
  readonly outbound: readonly string[]
  advance(seconds: number): void
  serve(origin: string, behaviours: Behaviours): void
  close(): Promise<void>
}

const realFetch = globalThis.fetch

export async function createWorld({ options, routes, issuers = {} }: Setup): Promise<World> {
  let now = NOW * 1000
  const events: VerifierEvent[] = []
  const outbound: string[] = []
  const servers = new Map<string, JwksServer>()
  for (const [origin, behaviours] of Object.entries(issuers)) {
    servers.set(origin, await startJwksServer(behaviours, (path) => outbound.push(origin + path)))
  }
  // The issuers have their names, the sockets are real: only the address is replaced.
  const fetch: NonNullable<VerifierOptions['fetch']> = async (url, init) => {
    const { origin, pathname, search } = new URL(url)
    const server = servers.get(origin)
    if (server !== undefined) {
      const { does } = server.behaviourAt(pathname)
      if (does !== 'refuse' && does !== 'distrusted') return realFetch(server.origin + pathname + search, init)
      outbound.push(url)
      return realFetch(does === 'refuse' ? whereNobodyListens() : await whereNobodyTrusts(), init)
    }
    outbound.push(url)
    throw new TypeError('fetch failed')
  }
  const verifier = createVerifier({
    issuer: I in issuers ? { issuer: I, jwksUri: `${I}/jwks` } : { issuer: I, jwks: { keys: publicKeys } },
    audience: A,
    clock: () => now,
    fetch,
    onEvent: (event) => {
      events.push(event)
    },
    ...options,
  })
  return {
    verifier,
    routes: { '/v1/r': { scopes: ['read'] }, '/v1/w': { scopes: ['write'] }, '/v1/open': {}, ...routes },
    events,
    outbound,
    advance: (seconds) => {
      now += seconds * 1000
    },
    serve: (origin, behaviours) => servers.get(origin)?.serve(behaviours),
    close: async () => {
      await Promise.all([...servers.values()].map((server) => server.close()))
    },
  }
}
