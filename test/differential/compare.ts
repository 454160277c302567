import { isDeepStrictEqual } from 'node:util'
import type { Verdict } from './judge.js'
import { read } from './reading.js'
import type { Settings } from './settings.js'
import { type StricterClass, stricterClasses } from './stricter.js'

export interface Comparison {
  readonly outcome: 'accepted' | 'refused' | 'stricter'
  readonly classes: readonly StricterClass[]
  /** What must not be. */
  readonly problem?: string
}

/** We accept a token exactly when jose does and none of the listed classes holds. */
export function compare(token: string, settings: Settings, ours: Verdict, jose: Verdict): Comparison {
  if (!jose.ok) {
    const laxer = ours.ok ? `laxer: jose refuses it (${jose.reason})` : undefined
    return { outcome: 'refused', classes: [], ...(laxer !== undefined && { problem: laxer }) }
  }
  const reading = read(token)
  const classes = stricterClasses.filter(({ holds }) => holds(reading, settings, jose.kid))
  const names = classes.map(({ name }) => name).join(', ')
  if (ours.ok) {
    const problem =
      classes.length > 0
        ? `as lax as jose in spite of: ${names}`
        : isDeepStrictEqual([ours.header, ours.claims], [hardened(jose.header), hardened(jose.claims)])
          ? undefined
          : 'both accept it, but not with the same members'
    return { outcome: 'accepted', classes, ...(problem !== undefined && { problem }) }
  }
  const isListed = classes.some(({ reason }) => reason === ours.reason)
  const problem = isListed
    ? undefined
    : `stricter in a way that is not listed: ${ours.reason}; classes: ${names || 'none'}`
  return { outcome: 'stricter', classes, ...(problem !== undefined && { problem }) }
}

const poison = new Set(['__proto__', 'constructor', 'prototype'])

/** The same value without prototypes, and without the members that we leave out. */
function hardened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hardened)
  if (typeof value !== 'object' || value === null) return value
  const copy = Object.create(null) as Record<string, unknown>
  for (const [name, member] of Object.entries(value)) if (!poison.has(name)) copy[name] = hardened(member)
  return copy
}
