import type {
  AccessToken,
  AnonymousRequirements,
  NodeRequest,
  OptionalAnonymousRequirements,
  Requirements,
  Verifier,
  VerifierOptions,
} from '@resource-server/core'

declare module 'fastify' {
  interface FastifyInstance {
    /** Makes an `onRequest` hook that lets only requests with a valid access token through. */
    authenticate(...requirements: OptionalAnonymousRequirements): Guard
  }
  interface FastifyRequest {
    /** The verified access token, behind a guard. {@link getAccessToken} tells where the guard is missing. */
    auth?: AccessToken | undefined
  }
  interface FastifyContextConfig {
    /** `true`: a valid access token is needed; requirements: more than that; `false`: the way out of `global: true`. */
    auth?: boolean | ((Requirements | AnonymousRequirements) & Impostors)
  }
}

/**
 * Where a route is added, Fastify infers the type of `config` from the value, and nothing is too much in it. These names
 * make the compiler see likely slips and values of other kinds all the same; the rest shows when the route is added.
 */
type Impostors = {
  readonly [name in 'scope' | 'anyScopes' | 'claim' | 'checks' | 'length' | 'size' | 'then' | 'toFixed']?: never
}

/** A request of Fastify, on HTTP/1.1 or HTTP/2. */
export interface GuardedRequest {
  readonly raw: NodeRequest
  auth?: AccessToken | undefined
}

interface Reply {
  headers(values: Record<string, string | string[]>): unknown
}

/** A hook that fits every route, whatever the types of its parameters and bodies. */
export type Guard = (request: GuardedRequest, reply: Reply) => Promise<void>

/** A verifier, or the options to make one. */
export type ResourceServerOptions = (
  | { readonly verifier: Verifier }
  | (VerifierOptions & { readonly verifier?: undefined })
) & {
  /**
   * Guards every route of this scope except those with `config: { auth: false }`, and its not-found handler. Default:
   * `false`.
   */
  readonly global?: boolean | undefined
  /**
   * Whether to serve the verifier's protected resource metadata (RFC 9728), if it has a `resource`. Default: `true`.
   */
  readonly metadata?: boolean | undefined
}
