import { rejectToken } from '../failure.js'
import { decodeBase64url } from '../lib/base64url.js'
import { asciiBytes } from '../lib/bytes.js'
import { decodeJsonObject, decodeOpenJsonObject, type JsonObject } from '../lib/json.js'
import type { KnownHeaders } from './known-headers.js'

/** A well-formed JOSE header. */
export interface JoseHeader {
  readonly header: JsonObject
  readonly alg: string
  readonly kid: string | undefined
}

/** A well-formed JWT in compact serialization. Nothing in it is believed yet: whoever sent it wrote every character. */
export interface UnverifiedJwt extends JoseHeader {
  /** The header as it was sent. */
  readonly headerSegment: string
  /** Still to be frozen, with the access token that they become part of. */
  readonly unverifiedClaims: JsonObject
  /** What the signature covers: the first two segments and the dot between them (RFC 7515 §5.2). */
  readonly signingInput: Uint8Array<ArrayBuffer>
  readonly signature: Uint8Array<ArrayBuffer>
}

const MAX_TOKEN_LENGTH = 16 * 1024
const MAX_HEADER_LENGTH = 4 * 1024
const MAX_HEADER_DEPTH = 8
const MAX_CLAIMS_DEPTH = 16

const scratch = new Uint8Array(MAX_TOKEN_LENGTH) // for what is read at once and not kept

/**
 * Parses a JWS in compact serialization whose payload is a claims set (RFC 7515 §7.1, RFC 7519 §7.2), strictly: there
 * is exactly one spelling of what it says, so that no cache, list or proxy can be shown another one than we see. (An ECDSA
 * signature has a twin that everybody can make: lists of tokens go by `jti`.)
 *
 * @param knownHeaders those that need not be parsed again
 */
export function parseJwt(token: string, knownHeaders?: KnownHeaders): UnverifiedJwt {
  requireLength(token)
  const endOfHeader = token.indexOf('.')
  const endOfPayload = token.indexOf('.', endOfHeader + 1)
  // Positions instead of split('.'): sixteen thousand dots would make as many strings.
  if (endOfHeader < 1 || endOfPayload === -1 || token.includes('.', endOfPayload + 1))
    malformed('the token is not a JWT: expected three segments')
  if (endOfHeader > MAX_HEADER_LENGTH) malformed('the header is longer than 4 KiB')

  const letters = asciiBytes(token) ?? malformed('the token has characters that are not ASCII')

  const headerSegment = token.slice(0, endOfHeader)
  const { header, alg, kid } = knownHeaders?.get(headerSegment) ?? parseHeader(letters.subarray(0, endOfHeader))
  const payload = decodeBase64url(letters.subarray(endOfHeader + 1, endOfPayload), scratch)
  const unverifiedClaims =
    (payload && decodeOpenJsonObject(payload, MAX_CLAIMS_DEPTH)) ??
    malformed('the payload is not base64url of a well-formed JSON object')
  const signature = decodeBase64url(letters.subarray(endOfPayload + 1)) // in its place: its letters are needed no more
  if (!signature?.length) malformed('the signature is empty or not base64url')

  return {
    headerSegment,
    header,
    alg,
    kid,
    unverifiedClaims,
    signingInput: letters.subarray(0, endOfPayload),
    signature,
  }
}

/** Before anything is decoded, or shown to anyone: a header cannot be longer, but `verify()` may be given anything. */
export function requireLength(token: string): void {
  if (token.length > MAX_TOKEN_LENGTH) malformed('the token is longer than 16 KiB')
}

function parseHeader(letters: Uint8Array<ArrayBuffer>): JoseHeader {
  const bytes = decodeBase64url(letters, scratch)
  const header =
    (bytes && decodeJsonObject(bytes, MAX_HEADER_DEPTH)) ??
    malformed('the header is not base64url of a well-formed JSON object')
  const { alg, kid } = header
  if (alg === undefined) malformed('the header has no alg')
  if (typeof alg !== 'string') rejectToken('algorithm', 'alg is not a string')
  if (kid !== undefined && typeof kid !== 'string') malformed('kid is not a string')
  // RFC 7515 §4.1.11: an extension that must be understood and is not. RFC 7797 §7: never in JWTs. RFC 7516 §4.1.3:
  // encryption only.
  if ('crit' in header || 'b64' in header || 'zip' in header) malformed('the header has crit, b64 or zip')
  return { header, alg, kid }
}

function malformed(detail: string): never {
  rejectToken('malformed', detail)
}
