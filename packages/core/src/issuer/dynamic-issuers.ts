import { reject } from '../failure.js'
import { startBudget, withDeadline } from '../lib/deadline.js'
import { createLru } from '../lib/lru.js'
import { isPlainObject, membersOf } from '../lib/plain-object.js'
import { createSingleFlight } from '../lib/single-flight.js'
import { createSlots } from '../lib/slots.js'
import { parseUrl } from '../lib/url.js'
import type { FindIssuer } from '../options.js'
import type { TrustedIssuer, TrustedIssuers } from './trusted-issuer.js'

export interface DynamicIssuersContext {
  readonly find: FindIssuer
  /** Checks an entry and makes a trusted issuer of it. Throws as for an option that is wrong. */
  readonly create: (entry: unknown) => TrustedIssuer
  /** Seconds for which an answer serves. */
  readonly maxAge: number
  /** Seconds for which it serves on where asking again fails. */
  readonly staleIfError: number
  /** Seconds to wait for an answer. */
  readonly timeout: number
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

interface Known {
  readonly issuer: TrustedIssuer
  /** What it was made of, to tell whether another answer is the same one. */
  readonly entry: unknown
  readonly askedAt: number
  /** When asking again has failed last. */
  readonly failedAt?: number
}

const MAX_KNOWN = 1000
const MAX_REFUSED = 1000 // in a place of their own: whoever makes up issuers pushes out no real one
const REFUSED_FOR = 30_000 // milliseconds
const MAX_LENGTH = 512
const STILL_DOWN = 60_000 // milliseconds for which nobody waits for the next failure
const PAUSE = 1000 // milliseconds after a failure
/** How many names are looked up at once: whoever makes them up, or names many tenants, must not use up your database. */
const LIMITS = { size: 50, waiting: 1000 }

/**
 * Issuers that a function of the user finds. What is asked of it is bounded by what it has answered: an issuer that it
 * knows is asked about once in `maxAge`, one that it does not know once in 30 s. Where it does not answer, the issuers
 * that it has named before stay trusted for a while, as their keys do, and their tokens do not wait for it.
 */
export function createDynamicIssuers(context: DynamicIssuersContext): TrustedIssuers {
  const { find, create, maxAge, staleIfError, timeout, clock } = context
  const known = createLru<Known>(MAX_KNOWN)
  const refused = createLru<number>(MAX_REFUSED)
  const flights = createSingleFlight<TrustedIssuer | undefined>()
  const first = createSlots(LIMITS)
  const again = createSlots(LIMITS) // of their own: names that are made up do not keep known tenants waiting

  return {
    listed: [],
    atHand,
    find(iss) {
      const trusted = atHand(iss)
      if (trusted !== undefined) return trusted
      if (!isIssuer(iss) || isWithin(REFUSED_FOR, refused.get(iss))) return undefined
      return flights(iss, () => ask(iss, known.get(iss)))
    },
  }

  function atHand(iss: string): TrustedIssuer | undefined {
    const found = known.get(iss)
    if (found === undefined) return undefined
    if (isWithin(maxAge * 1000, found.askedAt)) return found.issuer
    if (!isWithin(STILL_DOWN, found.failedAt) || !mayServe(found)) return undefined
    if (!isWithin(PAUSE, found.failedAt)) flights(iss, () => ask(iss, found)).catch(() => {}) // who waits next meets it
    return found.issuer
  }

  /** Where asking again fails. */
  function mayServe({ askedAt }: Known): boolean {
    return isWithin((maxAge + staleIfError) * 1000, askedAt)
  }

  async function ask(iss: string, before: Known | undefined): Promise<TrustedIssuer | undefined> {
    const askedAt = clock()
    const budget = startBudget(timeout)
    // Within the slot: a function that never answers and does not listen must not keep it for ever.
    const findInTime = (): Promise<unknown> => withDeadline(budget.remaining(), (signal) => find(iss, { signal }))
    let entry: unknown
    try {
      // Half of the time is for waiting, so that who has waited has as much for the answer.
      entry = await (before === undefined ? first : again).run(findInTime, budget.remaining() / 2)
    } catch (error) {
      if (before !== undefined && mayServe(before)) {
        known.set(iss, { ...before, failedAt: clock() })
        return before.issuer
      }
      return reject({ kind: 'unavailable', reason: 'issuer', retryAfter: 1 }, 'the function issuer did not answer', {
        cause: error,
      })
    }
    if (entry === undefined) {
      known.delete(iss)
      refused.set(iss, askedAt)
      return undefined
    }
    // Its keys, and all that is known of them, live on as long as the entry says the same.
    const isSame = before !== undefined && isEqual(before.entry, entry)
    const issuer = isSame ? before.issuer : createFrom(entry)
    if (issuer.issuer !== iss)
      throw new TypeError('The function issuer must answer with the entry of the issuer that it was asked for')
    known.set(iss, { issuer, entry: isSame ? before.entry : snapshotOf(entry), askedAt })
    return issuer
  }

  /** What is wrong with it is for the operator: a framework may send the message to whoever has named that issuer. */
  function createFrom(entry: unknown): TrustedIssuer {
    try {
      return create(entry)
    } catch (cause) {
      throw new Error('The function issuer answered with an entry that cannot be used', { cause })
    }
  }

  /** A clock that was set back makes nothing younger. */
  function isWithin(milliseconds: number, since = Number.NEGATIVE_INFINITY): boolean {
    const passed = clock() - since
    return passed >= 0 && passed < milliseconds
  }
}

/** RFC 8414 §2: an https URL without query and fragment. Nothing else can be an issuer, and nobody is asked about it. */
function isIssuer(iss: string): boolean {
  return iss.length <= MAX_LENGTH && !/[?#]/.test(iss) && parseUrl(iss)?.protocol === 'https:'
}

/** An entry may be changed in place: what it said is copied, all but its functions. */
function snapshotOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snapshotOf)
  if (!isPlainObject(value)) return value
  return Object.fromEntries(Object.entries(membersOf(value)).map(([name, member]) => [name, snapshotOf(member)]))
}

/** By value, but functions by identity: an entry is written anew for every answer. */
function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length || Array.isArray(a) !== Array.isArray(b)) return false
  return names.every((name) => Object.hasOwn(b, name) && isEqual(a[name as keyof typeof a], b[name as keyof typeof b]))
}
