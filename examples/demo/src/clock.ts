/** The clock of the APIs. It can be put forward, so that nobody has to sit through an outage of half an hour. */
export interface Clock {
  readonly now: () => number
  putForward(minutes: number): void
  /** Back to the time of everyone else. */
  reset(): void
}

export function createClock(): Clock {
  let ahead = 0
  return {
    now: () => Date.now() + ahead,
    putForward: (minutes) => {
      ahead += minutes * 60_000
    },
    reset: () => {
      ahead = 0
    },
  }
}
