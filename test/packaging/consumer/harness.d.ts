import type strictAssert from 'node:assert/strict'

declare global {
  const assert: typeof strictAssert
  /** A token that an issuer of the docs really signed. */
  function issueToken(
    claims: { issuer: string; audience?: string; subject?: string; scope?: string } & Record<string, unknown>,
  ): Promise<string>
  /** The keys of every issuer of the docs. */
  const issuerKeys: { keys: Array<{ kty: string; kid: string; alg: string; use: string }> }
  /** Asks the server that the snippet started, on whichever port it is. */
  function request(path: string, init?: RequestInit): Promise<Response>
}
