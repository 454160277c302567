import { type Budget, halfOf } from '../lib/deadline.js'
import { LoadError } from '../lib/exchange.js'
import type { JsonObject } from '../lib/json.js'
import type { LoadJson } from '../lib/load-json.js'
import { isSecure, nameOfUrl, parseUrl } from '../lib/url.js'

/** The member of an authorization server's metadata that is wanted: an address (RFC 8414 §2). */
export type WantedAddress = 'jwks_uri' | 'introspection_endpoint'

/**
 * Where an issuer may publish its metadata, in the order of asking: OpenID Connect Discovery §4 appends the well-known
 * path to the issuer, RFC 8414 §3.1 inserts it between host and path.
 */
export function metadataUrlsFor(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ]
}

export interface MetadataContext {
  readonly issuer: string
  readonly urls: readonly string[]
  readonly wanted: WantedAddress
  readonly load: LoadJson
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** Whether that address may be http on a host that is not loopback. */
  readonly insecure: boolean
}

const DAY = 24 * 60 * 60 * 1000 // milliseconds
const MIN_REREAD_INTERVAL = 10 * 60 * 1000

/**
 * Finds the address in the metadata; `isDoubted` says that there is nothing at it any more. Fails with a {@link LoadError} where
 * none can be had.
 */
export type FindAddress = (budget: Budget, isDoubted: boolean) => Promise<string>

/**
 * Reads the metadata when they are first needed and again after a day, or earlier when they are doubted. Reading them
 * again happens at most once in ten minutes, takes at most half of the time that there is, and if it fails the last
 * good ones serve for a day more: an issuer whose keys can be had is not down because its metadata cannot.
 */
export function createMetadataSource(context: MetadataContext): FindAddress {
  let address: string | undefined
  let readAt = 0
  let readWithin: Budget | undefined
  let rereadAt = Number.NEGATIVE_INFINITY

  return async (budget, isDoubted) => {
    const age = context.clock() - readAt
    if (address === undefined || age < 0 || age >= 2 * DAY) return read(budget)
    const isWanted = age >= DAY || (isDoubted && readWithin !== budget) // what this very attempt has read is the latest
    if (!isWanted || rereadLately()) return address
    rereadAt = context.clock()
    try {
      return await read(halfOf(budget))
    } catch (error) {
      if (!(error instanceof LoadError)) throw error
      return address
    }
  }

  async function read(budget: Budget): Promise<string> {
    const startedAt = context.clock()
    address = await loadMetadata(context, budget)
    readAt = startedAt
    readWithin = budget
    return address
  }

  function rereadLately(): boolean {
    const since = context.clock() - rereadAt
    return since >= 0 && since < MIN_REREAD_INTERVAL
  }
}

/** Reads the first address that has a document; the next is asked only when a server says that there is nothing here. */
async function loadMetadata(context: MetadataContext, budget: Budget): Promise<string> {
  let nothingHere: unknown
  for (const url of context.urls) {
    try {
      const { document, mediaType } = await context.load(url, budget)
      return readMetadata(document, mediaType, url, context)
    } catch (error) {
      if (!saysNothingIsHere(error)) throw error
      nothingHere = error
    }
  }
  throw nothingHere
}

function readMetadata(
  document: JsonObject,
  mediaType: string,
  url: string,
  { issuer, insecure, wanted }: MetadataContext,
): string {
  const { issuer: named, [wanted]: address } = document
  if (mediaType !== 'application/json') unusable(`The document at ${nameOfUrl(url)} is not application/json`) // RFC 8414 §3.2
  // RFC 8414 §3.3: identical, or the document speaks for somebody else.
  if (named !== issuer)
    unusable(
      `The metadata at ${nameOfUrl(url)} is not that of the issuer ${issuer}: its issuer must be equal to the letter`,
    )
  const found = parseUrl(address)
  if (found === undefined || !isSecure(found, insecure))
    unusable(`The metadata at ${nameOfUrl(url)} has no ${wanted} with https`)
  return found.href
}

function unusable(message: string): never {
  throw new LoadError('metadata', message)
}

/** A status of 4xx, but for those that are about the moment and not about the address, as those beyond it are. */
function saysNothingIsHere(error: unknown): boolean {
  if (!(error instanceof LoadError) || error.status === undefined || error.isTransient) return false
  return error.status >= 400
}
