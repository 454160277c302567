/**
 * What is read of a request. A web `Request` is one as it is; {@link viewNodeRequest} makes one of Node's
 * `IncomingMessage`, and with it of the requests of Express, Fastify, Koa and `node:http`.
 */
export interface RequestLike {
  readonly method: string
  readonly url: string
  readonly headers: {
    get(name: string): string | null | undefined
    /**
     * Every field line of that name, where the platform still has them apart. (Not `getAll`: Workers have one that
     * throws.)
     */
    getLines?(name: string): readonly string[]
  }
}

/** The part of Node's `IncomingMessage` that is read. */
export interface NodeRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** What Express and Connect keep of `url` where a router has cut off the path that it is mounted at. */
  readonly originalUrl?: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly rawHeaders?: readonly string[] | undefined
  readonly socket?: object | null | undefined
}

/**
 * Views a request of `node:http`, or of a framework that extends it, as a {@link RequestLike}. Nothing is copied.
 *
 * Node keeps the first of several `Authorization` lines in `headers` and drops the rest, a proxy in front of it may
 * have looked at the last: `getLines` therefore counts them in `rawHeaders`.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { createVerifier, viewNodeRequest } from '@resource-server/core'
 *
 * const verifier = createVerifier({ issuer: 'https://as.example.com', audience: 'https://api.example.com' })
 *
 * createServer(async (request, response) => {
 *   const result = await verifier.authenticate(viewNodeRequest(request))
 *   if (result.ok) return response.end(`hello ${result.accessToken.subject}`)
 *   const { status, headers } = result.error
 *   response.writeHead(status, headers).end(JSON.stringify(result.error))
 * })
 * ```
 */
export function viewNodeRequest(request: NodeRequest): RequestLike {
  return new NodeRequestView(request)
}

// Classes, since one of each is made for every request: objects of a class share their functions.

class NodeRequestView implements RequestLike {
  readonly method: string
  readonly url: string
  readonly headers: NodeHeadersView

  constructor(request: NodeRequest) {
    this.method = request.method ?? ''
    this.url = request.originalUrl ?? request.url ?? ''
    this.headers = new NodeHeadersView(request)
  }
}

class NodeHeadersView {
  readonly #request: NodeRequest

  constructor(request: NodeRequest) {
    this.#request = request
  }

  get(name: string): string | undefined {
    return this.getLines(name)[0]
  }

  getLines(fieldName: string): readonly string[] {
    const name = fieldName.toLowerCase()
    const raw = rawFieldLines(this.#request.rawHeaders ?? [], name)
    // What was dropped may have been a line of this name: an empty one stands for it, and makes it several or none.
    if (mayLackLines(this.#request)) return [...raw, '']
    if (raw.length > 1) return raw
    // With at most one line, what the platform parsed is what every other middleware sees; serverless shims fill nothing
    // else.
    const parsed = this.#request.headers[name]
    if (parsed === undefined) return []
    return typeof parsed === 'string' ? [parsed] : parsed
  }
}

const DEFAULT_MAX_LINES = 1000

/**
 * Node drops, without a word, the field lines beyond `maxHeadersCount`; a thousand empty ones fit into 16 KiB, and hide
 * from us an `Authorization` line that a proxy has seen.
 */
function mayLackLines({ rawHeaders = [], socket }: NodeRequest): boolean {
  const { server } = (socket ?? {}) as { readonly server?: { readonly maxHeadersCount?: number | null } | null }
  const most = server?.maxHeadersCount ?? DEFAULT_MAX_LINES
  return most > 0 && rawHeaders.length >= 2 * most
}

/** `rawHeaders` is a flat list: name, value, name, value. */
function rawFieldLines(rawHeaders: readonly string[], name: string): string[] {
  const lines: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const field = rawHeaders[i]!
    if (field.length === name.length && field.toLowerCase() === name) lines.push(rawHeaders[i + 1]!)
  }
  return lines
}
