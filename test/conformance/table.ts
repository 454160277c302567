import { algorithms } from './algorithms.js'
import type { ConformanceCase } from './case.js'
import { challenges } from './challenges.js'
import { claims } from './claims.js'
import { credentials } from './credentials.js'
import { discovery } from './discovery.js'
import { introspection } from './introspection.js'
import { issuers } from './issuers.js'
import { keyLifetime } from './key-lifetime.js'
import { keySets } from './key-sets.js'
import { keySource } from './key-source.js'
import { keys } from './keys.js'
import { optional } from './optional.js'
import { repetition } from './repetition.js'
import { resourceMetadata } from './resource-metadata.js'
import { revocation } from './revocation.js'
import { scopesAndRequirements } from './scopes-and-requirements.js'
import { stepUp } from './step-up.js'
import { structure } from './structure.js'
import { tokenTypes } from './token-types.js'

/** The conformance table, by topic. */
export const table: Readonly<Record<string, readonly ConformanceCase[]>> = {
  credentials,
  challenges,
  structure,
  algorithms,
  keys,
  'token types': tokenTypes,
  claims,
  'scopes and requirements': scopesAndRequirements,
  'step-up': stepUp,
  'optional authentication': optional,
  'key source': keySource,
  'key sets': keySets,
  'key lifetime': keyLifetime,
  discovery,
  issuers,
  revocation,
  'opaque tokens': introspection,
  'resource metadata': resourceMetadata,
  repetition,
}
