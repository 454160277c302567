import type { AccessToken, Requirements, Verifier, VerifierOptions } from '@resource-server/core'
import type { onRequestAsyncHookHandler } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** Makes an `onRequest` hook that lets only requests with a valid access token through. */
    authenticate(requirements?: Requirements): onRequestAsyncHookHandler
  }
  interface FastifyRequest {
    /** The verified access token, behind a guard. Where the guard may be missing, {@link getAccessToken} tells. */
    auth?: AccessToken
  }
  interface FastifyContextConfig {
    /** `true`: a valid access token is needed; requirements: more than that; `false`: the way out of `global: true`. */
    auth?: boolean | Requirements
  }
}

/** A verifier, or the options to make one. */
export type ResourceServerOptions = (
  | { readonly verifier: Verifier }
  | (VerifierOptions & { readonly verifier?: never })
) & {
  /**
   * Guards every route of this scope except those with `config: { auth: false }`, and its not-found handler. Default:
   * `false`.
   */
  readonly global?: boolean
}
