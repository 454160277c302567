import { invalidOption } from './invalid-option.js'
import type { RequestLike } from './request.js'
import type { MetadataDocument, ProtectedResourceMetadata, Verifier } from './verifier-contract.js'

/** What the document is made of: settings that are in force, so that it cannot say anything else than they do. */
export interface ResourceSettings {
  readonly url: string
  readonly name: string | undefined
  readonly documentation: string | undefined
  readonly policyUri: string | undefined
  readonly tosUri: string | undefined
  readonly scopesSupported: readonly string[]
}

/** RFC 9728 §2 and §3.1. What has nothing to say is left out (§3.2). */
export function createMetadata(
  resource: ResourceSettings,
  issuers: readonly string[],
  scopes: readonly string[],
): ProtectedResourceMetadata {
  const { url, name, documentation, policyUri, tosUri, scopesSupported } = resource
  const supported = [...new Set([...scopesSupported, ...scopes])]
  const document: MetadataDocument = {
    resource: url,
    ...(issuers.length > 0 && { authorization_servers: Object.freeze([...issuers]) }),
    ...(supported.length > 0 && { scopes_supported: Object.freeze(supported) }),
    bearer_methods_supported: Object.freeze(['header'] as const),
    ...(name !== undefined && { resource_name: name }),
    ...(documentation !== undefined && { resource_documentation: documentation }),
    ...(policyUri !== undefined && { resource_policy_uri: policyUri }),
    ...(tosUri !== undefined && { resource_tos_uri: tosUri }),
  }
  return Object.freeze({ ...placeOf(url), document: Object.freeze(document) })
}

/** RFC 9728 §3.1: inserted between host and path; a slash that is all there is of the path goes. */
function placeOf(resource: string): { readonly url: string; readonly path: string } {
  const { origin, pathname, search } = new URL(resource)
  const path = `/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`
  return { url: origin + path + search, path }
}

/** An answer as data, for whatever has to write it. */
export interface MetadataAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  toResponse(): Response
}

/** Answers what is asked for at the well-known address, and nothing else. */
export type AnswerMetadataRequest = (request: RequestLike) => MetadataAnswer | undefined

const PUBLIC = { 'Access-Control-Allow-Origin': '*' } // whoever wants to ask for a token may read it, pages included
const METHODS = 'GET, HEAD, OPTIONS'
const PREFLIGHT = {
  ...PUBLIC,
  'Access-Control-Allow-Methods': METHODS,
  'Access-Control-Allow-Headers': '*',
  'Access-Control-Max-Age': '86400',
}

/**
 * Serves the verifier's protected resource metadata (RFC 9728 §3) from a Fetch handler, so that clients find out where
 * to get a token. Ask it before the guard: the document is public.
 *
 * **Checks** path and method. **Does not** look at `Host` or any other header: what it says comes from the options.
 *
 * @returns a function that answers requests for the document, and says `undefined` to all others
 * @throws `TypeError` with `code: 'ERR_INVALID_OPTION'` if the verifier has no `resource`
 * @example
 * ```ts
 * import { createVerifier, protectedResourceMetadata } from '@resource-server/core'
 *
 * const verifier = createVerifier({
 *   issuer: 'https://as.example.com',
 *   audience: 'https://api.example.com',
 *   resource: 'https://api.example.com',
 * })
 * const metadata = protectedResourceMetadata(verifier)
 * const orders = verifier.protect({ scopes: ['read:orders'] }, () => Response.json([]))
 *
 * export default {
 *   async fetch(request: Request): Promise<Response> {
 *     return metadata(request)?.toResponse() ?? orders(request)
 *   },
 * }
 * ```
 */
export function protectedResourceMetadata({ metadata }: Verifier): AnswerMetadataRequest {
  if (metadata === undefined) throw invalidOption('resource', 'the URL of this API, to publish its metadata', undefined)
  const document = JSON.stringify(metadata.document)
  const length = String(new TextEncoder().encode(document).length)
  const found = { ...PUBLIC, 'Cache-Control': 'public, max-age=3600', 'Content-Type': 'application/json' }
  const { search } = new URL(metadata.url)
  return ({ method, url }) => {
    const asked = targetOf(url)
    // A query says nothing here, unless the resource has one: another query is then another resource.
    if (asked.path !== metadata.path || (search !== '' && asked.search !== search)) return undefined
    if (method === 'GET') return answer(200, found, document)
    if (method === 'HEAD') return answer(200, { ...found, 'Content-Length': length }, '') // RFC 9110 §8.6
    if (method === 'OPTIONS') return answer(204, PREFLIGHT, '')
    return answer(405, { ...PUBLIC, Allow: METHODS }, '')
  }
}

/** Of a path and query, or of a whole URL, which a request line may hold as well (RFC 9112 §3.2.2). */
function targetOf(url: string): { readonly path: string; readonly search: string } {
  const target = url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/#.*$/s, '')
  const endOfPath = target.indexOf('?')
  return endOfPath === -1
    ? { path: target, search: '' }
    : { path: target.slice(0, endOfPath), search: target.slice(endOfPath) }
}

function answer(status: number, headers: Readonly<Record<string, string>>, body: string): MetadataAnswer {
  const toResponse = (): Response => new Response(body === '' ? null : body, { status, headers })
  return { status, headers, body, toResponse }
}
