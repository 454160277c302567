import { type Random, seeded } from '../fuzz/random.js'
import type { SigningAlgorithm } from '../support/token.js'
import { claimsMutations } from './claims-mutations.js'
import { assemble, type Draft, withMember } from './draft.js'
import { headerMutations } from './header-mutations.js'
import type { DraftMutation } from './mutation.js'
import type { Settings } from './settings.js'
import { edgeKeys } from './signature-edge.js'
import { signatureEdges } from './signature-edges.js'
import { textMutations } from './text-mutations.js'
import { validDraft } from './valid-drafts.js'
import { wireMutations } from './wire-mutations.js'

export interface Generated {
  readonly token: string
  /** How it was made; holds no part of it. */
  readonly recipe: string
  /** Made to be accepted. */
  readonly isValid: boolean
}

export type Generate = (index: number) => Generated

/** So many valid tokens are at hand for what is done on the way: a signature of RSA takes its time. */
const POOL = 150

/** The token with a given number is made in the same way for the same seed; keys and salts are new in each process. */
export function createGenerator(seed: string, settings: Settings): Generate {
  const pool = Array.from({ length: POOL }, (_, index) =>
    assemble(validDraft(seeded(`${seed}/pool/${index}`), settings)),
  )
  return (index) => {
    const random = seeded(`${seed}/${index}`)
    const share = random.integer(100)
    if (share < 16) return { token: assemble(validDraft(random, settings)), recipe: 'valid', isValid: true }
    if (share < 58) return mutatedDraft(random, settings)
    if (share < 60) return oddlySigned(random, settings)
    return mutatedOnTheWay(random, pool)
  }
}

const draftMutations: readonly (readonly DraftMutation[])[] = [headerMutations, claimsMutations, textMutations]

function mutatedDraft(random: Random, settings: Settings): Generated {
  let draft = validDraft(random, settings)
  const names: string[] = []
  do {
    const { name, apply } = random.pick(random.pick(draftMutations))
    draft = apply(draft, random, settings)
    names.push(name)
  } while (random.chance(0.12))
  return { token: assemble(draft), recipe: names.join('; '), isValid: false }
}

function oddlySigned(random: Random, settings: Settings): Generated {
  const draft = validDraft(random, settings)
  const { name, algorithms, make, valid } = random.pick(signatureEdges.filter(isQuick(random)))
  const alg = random.pick(algorithms)
  const key = edgeKeys[alg]!
  const header = withMember(withMember(draft.header, 'alg', JSON.stringify(alg)), 'kid', JSON.stringify(key.kid))
  const changed: Draft = { ...draft, header, sign: (input) => make({ input, alg, key }) }
  const isValid = valid && settings.algorithms.some((allowed) => allowed === alg)
  return { token: assemble(changed), recipe: `signature by ${alg}: ${name}`, isValid }
}

/** RSA and the large curves take their time, so they come up less often than they would. */
const isQuick = (random: Random): ((edge: { readonly algorithms: readonly SigningAlgorithm[] }) => boolean) => {
  const slowToo = random.chance(0.15)
  return ({ algorithms }) => slowToo || algorithms.includes('ES256') || algorithms.includes('EdDSA')
}

function mutatedOnTheWay(random: Random, pool: readonly string[]): Generated {
  let token = random.pick(pool)
  const names: string[] = []
  do {
    const { name, apply } = random.pick(wireMutations)
    token = apply(token, random, pool)
    names.push(name)
  } while (random.chance(0.15))
  return { token, recipe: names.join('; '), isValid: false }
}
