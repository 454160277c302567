import type { Budget } from '../lib/deadline.js'
import type { JsonObject } from '../lib/json.js'
import { LoadError, type LoadJson } from '../lib/load-json.js'
import { isSecure, nameOfUrl, parseUrl } from '../lib/url.js'

/** What is used of an authorization server's metadata. */
export interface IssuerMetadata {
  readonly jwksUri: string
}

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
  readonly load: LoadJson
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** Whether `jwks_uri` may be http on a host that is not loopback. */
  readonly insecure: boolean
}

const MAX_AGE = 24 * 60 * 60 * 1000

/** Reads the metadata when it is first needed, and again after a day. */
export function createMetadataSource(context: MetadataContext): (budget: Budget) => Promise<IssuerMetadata> {
  let metadata: IssuerMetadata | undefined
  let loadedAt = 0
  return async (budget) => {
    const age = context.clock() - loadedAt
    if (metadata !== undefined && age >= 0 && age < MAX_AGE) return metadata
    metadata = await loadMetadata(context, budget)
    loadedAt = context.clock()
    return metadata
  }
}

/**
 * Reads the first address that has a document; the next is asked only when a server says that there is nothing here
 * (4xx).
 */
async function loadMetadata(context: MetadataContext, budget: Budget): Promise<IssuerMetadata> {
  let nothingHere: unknown
  for (const url of context.urls) {
    try {
      const { document, mediaType } = await context.load(url, budget)
      return readMetadata(document, mediaType, url, context)
    } catch (error) {
      if (!isClientError(error)) throw error
      nothingHere = error
    }
  }
  throw nothingHere
}

function readMetadata(
  document: JsonObject,
  mediaType: string,
  url: string,
  { issuer, insecure }: MetadataContext,
): IssuerMetadata {
  const { issuer: named, jwks_uri: jwksUri } = document
  if (mediaType !== 'application/json') unusable(`The document at ${nameOfUrl(url)} is not application/json`) // RFC 8414 §3.2
  // RFC 8414 §3.3: identical, or the document speaks for somebody else.
  if (named !== issuer)
    unusable(
      `The metadata at ${nameOfUrl(url)} is not that of the issuer ${issuer}: its issuer must be equal to the letter`,
    )
  const jwksUrl = parseUrl(jwksUri)
  if (jwksUrl === undefined || !isSecure(jwksUrl, insecure))
    unusable(`The metadata at ${nameOfUrl(url)} has no jwks_uri with https`)
  return { jwksUri: jwksUrl.href }
}

function unusable(message: string): never {
  throw new LoadError('metadata', message)
}

function isClientError(error: unknown): boolean {
  const status = error instanceof LoadError ? error.status : undefined
  return status !== undefined && status >= 400 && status < 500
}
