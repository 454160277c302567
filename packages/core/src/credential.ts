import { reject, rejectToken } from './failure.js'
import type { RequestLike } from './request.js'

/** What a client presented, not looked into yet. */
export interface Credential<Known> {
  readonly token: string
  /** What is known of this very token. */
  readonly known: Known | undefined
}

const MAX_LENGTH = 16 * 1024

// Spelt out: `\s` and `\w` would let tab, NBSP and more through, which Node hands to the application.
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/ // RFC 9110 §5.6.2
const token68 = /^[A-Za-z0-9._~+/-]+=*$/ // RFC 9110 §11.2
const bearer = /^bearer$/i // without the u flag this folds ASCII letters only: U+017F and U+212A stay strangers

/** What may be shown of a scheme: a client that forgets `Bearer` sends its token in that place. */
const schemes = /^(?:basic|digest|dpop|negotiate|ntlm|hawk|gnap|token|jwt|apikey|api-key|aws4-hmac-sha256)$/i

/**
 * Reads the `Authorization` header (RFC 6750 §2.1, RFC 9110 §11.4); `undefined` if there is none. Query, body and
 * cookies are never looked at.
 *
 * @param knownOf what is known of a token that was found valid before, and so is one
 */
export function extractCredential<Known>(
  request: RequestLike,
  knownOf?: (token: string) => Known | undefined,
): Credential<Known> | undefined {
  const lines = authorizationLines(request)
  const line = lines[0]
  if (line === undefined) return undefined
  // Whichever of two lines we took, a proxy may have judged the other one.
  if (lines.length > 1)
    reject({ kind: 'invalid_request', reason: 'several_credentials' }, 'the request has several Authorization headers')
  const [scheme, credential] = splitAtSpaces(line)
  if (!bearer.test(scheme)) refuseScheme(scheme, credential)
  const known = knownOf?.(credential)
  if (known === undefined && !token68.test(credential)) malformed('what follows the Bearer scheme is not one token')
  if (credential.length > MAX_LENGTH) rejectToken('malformed', 'the token is longer than 16 KiB')
  return { token: credential, known }
}

function refuseScheme(scheme: string, credential: string): never {
  if (!token.test(scheme)) malformed('the Authorization header does not start with a scheme')
  if (namesSecondScheme(credential)) malformed('the Authorization header holds several credentials')
  reject({ kind: 'unauthenticated', reason: 'unsupported_scheme' }, 'the Authorization scheme is not Bearer', {
    expected: 'Bearer',
    received: schemes.test(scheme) ? scheme : undefined,
  })
}

function authorizationLines({ headers }: RequestLike): readonly string[] {
  if (typeof headers?.get !== 'function') {
    throw new TypeError(
      'expected a web Request or a RequestLike; for a request of node:http or Express, pass viewNodeRequest(request)',
    )
  }
  if (headers.getLines !== undefined) return headers.getLines('authorization')
  const joined = headers.get('authorization') // a web `Headers` joins several lines with a comma, which no token68 has
  return joined === null || joined === undefined ? [] : [joined]
}

/** 1*SP between scheme and token. */
function splitAtSpaces(line: string): [string, string] {
  const end = line.indexOf(' ')
  if (end === -1) return [line, '']
  let start = end + 1
  while (line[start] === ' ') start++
  return [line.slice(0, end), line.slice(start)]
}

/**
 * Several field lines may arrive joined by commas. In parameters, which have commas too, a name is followed by "=";
 * a second scheme is followed by its token.
 */
function namesSecondScheme(credentials: string): boolean {
  return /,[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+ +[^ \t=,]/.test(credentials.replaceAll(/"[^"]*"/g, '""'))
}

function malformed(detail: string): never {
  reject({ kind: 'invalid_request', reason: 'malformed_credentials' }, detail)
}
