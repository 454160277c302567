import type { Algorithm, Profile } from '@resource-server/core'
import { A, NOW } from '../support/fixture.js'

/** What a token is judged by, on both sides alike. */
export interface Settings {
  readonly name: string
  readonly profile: Profile
  readonly algorithms: readonly Algorithm[]
  readonly audience: readonly string[]
  /** Seconds. */
  readonly clockTolerance: number
}

export const OTHER_AUDIENCE = 'urn:api:other'

/** In milliseconds, and not a whole second. */
export const NOW_MS: number = NOW * 1000 + 999

export const allAlgorithms: readonly Algorithm[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]

export const settings: readonly Settings[] = [
  { name: 'the defaults', profile: 'jwt', algorithms: allAlgorithms, audience: [A], clockTolerance: 10 },
  {
    name: 'a few algorithms, two audiences and no clock tolerance',
    profile: 'jwt',
    algorithms: ['ES256', 'Ed25519', 'PS256', 'RS512'],
    audience: [A, OTHER_AUDIENCE],
    clockTolerance: 0,
  },
  { name: 'the profile rfc9068', profile: 'rfc9068', algorithms: allAlgorithms, audience: [A], clockTolerance: 300 },
]
