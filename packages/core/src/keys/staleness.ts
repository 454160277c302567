import type { EmitKeysEvent } from '../events.js'

/** Tells when keys past their age come into use and when that ends, and not for every token. */
export interface StalenessWatch {
  /** @param staleUntil until when, in milliseconds since the epoch, if those keys are in use */
  note(staleUntil: number | undefined): void
}

export function createStalenessWatch(clock: () => number, emit: EmitKeysEvent): StalenessWatch {
  let since: number | undefined

  return {
    note(staleUntil) {
      if ((staleUntil === undefined) === (since === undefined)) return
      const until = staleUntil ?? since ?? 0
      const transition = staleUntil === undefined ? 'exit' : 'enter'
      since = staleUntil
      emit({ type: 'keys.stale', transition, remaining: Math.max(0, (until - clock()) / 1000) })
    },
  }
}
