import { I, NOW } from '../support/fixture.js'
import { type Behaviour, type Behaviours, jwks } from '../support/jwks-server.js'
import { publicKeys } from '../support/keys.js'
import { token } from '../support/token.js'
import type { Setup } from '../support/world.js'
import { bearer } from './rows.js'

// The issuer of the cases whose keys are fetched.

export type Options = NonNullable<Setup['options']>

export const good = jwks(publicKeys)
export const keysUrl = `${I}/jwks`

/** A token that outlives every outage below. */
const lasting = token({ claims: { exp: NOW + 30 * 86_400 } })
export const served = bearer(lasting)

export const issuerWith = (behaviours: Behaviours, options?: Options): Setup => ({
  issuers: { [I]: behaviours },
  ...(options && { options }),
})
export const keysAre = (behaviour: Behaviour, options?: Options): Setup =>
  issuerWith({ '/jwks': behaviour, '/elsewhere': good }, options)

/** An issuer with these members in its key set. */
export const publishing = (...keys: readonly unknown[]): Setup => keysAre(jwks(keys))

/** One request for the keys, and no other. */
export const oneHit: readonly string[] = [keysUrl]
