import type { Random } from '../fuzz/random.js'
import type { Draft, Part } from './draft.js'
import type { Settings } from './settings.js'

/** A way to go wrong before the token is signed, or to go right by a hair. */
export interface DraftMutation {
  readonly name: string
  readonly apply: (draft: Draft, random: Random, settings: Settings) => Draft
}

type ChangePart = (part: Part, random: Random, settings: Settings) => Part

export const inHeader = (name: string, change: ChangePart): DraftMutation => ({
  name: `header: ${name}`,
  apply: (draft, random, settings) => ({ ...draft, header: change(draft.header, random, settings) }),
})

export const inClaims = (name: string, change: ChangePart): DraftMutation => ({
  name: `claims: ${name}`,
  apply: (draft, random, settings) => ({ ...draft, claims: change(draft.claims, random, settings) }),
})

export const inEither = (name: string, change: ChangePart): DraftMutation[] => [
  inHeader(name, change),
  inClaims(name, change),
]
