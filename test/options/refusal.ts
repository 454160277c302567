import { createVerifier } from '@resource-server/core'
import { A, I } from '../support/fixture.js'

export type Options = Record<string | symbol, unknown>

/** Options without a mistake, changed; `undefined` removes one. */
export function options(changes: Options = {}): any {
  const all: Options = { issuer: I, audience: A, ...changes }
  for (const name of Reflect.ownKeys(all)) if (all[name] === undefined) delete all[name]
  return all
}

/** How `act` refuses a setting: the message of its `ERR_INVALID_OPTION`, or `accepted`. Any other error travels on. */
export function refusalOf(act: () => unknown): string {
  try {
    act()
    return 'accepted'
  } catch (error) {
    if (!(error instanceof TypeError) || (error as { code?: unknown }).code !== 'ERR_INVALID_OPTION') throw error
    return error.message
  }
}

export const verdict = (changes: Options): string => refusalOf(() => createVerifier(options(changes)))
