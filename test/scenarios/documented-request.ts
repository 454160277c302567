/** What a token endpoint accepts, and nothing beside it. */
export interface DocumentedRequest {
  readonly contentType: 'application/x-www-form-urlencoded' | 'application/json'
  /** How the client authenticates (RFC 6749 §2.3.1). */
  readonly clientAuthentication: 'body' | 'basic'
  /** The values that each of the other members may have. */
  readonly members: Readonly<Record<string, readonly string[]>>
  /** The same for members that may be left out. */
  readonly optional?: Readonly<Record<string, readonly string[]>>
}

export interface Client {
  readonly id: string
  readonly secret: string
}

export interface ReceivedRequest {
  readonly method: string | undefined
  readonly search: string
  readonly contentType: string | undefined
  readonly authorization: string | undefined
  readonly body: string
}

export type Members = Readonly<Record<string, string>>

/** An error response of RFC 6749 §5.2. */
export class TokenRequestError extends Error {
  readonly status: 400 | 401
  readonly error: string

  constructor(error: string) {
    super(error)
    this.error = error
    this.status = error === 'invalid_client' ? 401 : 400
  }
}

/** The members of a request that is as documented; a {@link TokenRequestError} for every other one. */
export function readTokenRequest(received: ReceivedRequest, documented: DocumentedRequest, client: Client): Members {
  const { contentType, clientAuthentication, members, optional = {} } = documented
  if (received.method !== 'POST' || received.search !== '' || received.contentType !== contentType) refuse()
  const given = contentType === 'application/json' ? readJson(received.body) : readForm(received.body)
  const rest =
    clientAuthentication === 'basic'
      ? authenticatedByHeader(received, given, client)
      : authenticatedByBody(received, given, client)
  for (const name of Object.keys(members)) {
    if (rest[name] === undefined) refuse()
  }
  for (const [name, value] of Object.entries(rest)) {
    const accepted = members[name] ?? optional[name] ?? refuse()
    if (!accepted.includes(value)) refuse(errorFor[name])
  }
  return rest
}

const errorFor: Readonly<Record<string, string>> = { grant_type: 'unsupported_grant_type', scope: 'invalid_scope' }

function authenticatedByHeader({ authorization }: ReceivedRequest, given: Members, { id, secret }: Client): Members {
  if (authorization !== `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`) refuse('invalid_client')
  return given
}

function authenticatedByBody({ authorization }: ReceivedRequest, given: Members, { id, secret }: Client): Members {
  if (authorization !== undefined) refuse() // RFC 6749 §2.3: one method in each request
  const { client_id: givenId, client_secret: givenSecret, ...rest } = given
  if (givenId !== id || givenSecret !== secret) refuse('invalid_client')
  return rest
}

function readForm(body: string): Members {
  const pairs = [...new URLSearchParams(body)]
  const members = Object.fromEntries(pairs)
  if (Object.keys(members).length !== pairs.length) refuse() // RFC 6749 §3.2: no parameter twice
  return members
}

function readJson(body: string): Members {
  const members = parse(body)
  const isMembers =
    typeof members === 'object' &&
    members !== null &&
    !Array.isArray(members) &&
    Object.values(members).every((value) => typeof value === 'string')
  return isMembers ? (members as Members) : refuse()
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return refuse()
  }
}

function refuse(error = 'invalid_request'): never {
  throw new TokenRequestError(error)
}
