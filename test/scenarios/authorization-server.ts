import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { TestKey } from '../support/keys.js'
import {
  type Client,
  type DocumentedRequest,
  type Members,
  readTokenRequest,
  TokenRequestError,
} from './documented-request.js'
import type { Host, Network } from './network.js'

/** An authorization server as its documentation describes it. */
export interface Service {
  /** To the letter. */
  readonly issuer: string
  readonly tokenPath: string
  readonly documented: DocumentedRequest
  readonly client: Client
  /** What it publishes; a service without keys publishes no metadata either. */
  readonly keys: readonly TestKey[]
  /** Under which origin its documents name each other: that of the issuer unless said otherwise. */
  readonly namedBy?: 'issuer' | 'address'
  /** The answer to a request that is as documented. */
  readonly grant: (members: Members) => object
}

export interface AuthorizationServer extends Pick<Host, 'address' | 'hits' | 'fail'> {
  /** How often anybody has asked for its keys. */
  readonly jwksFetches: () => number
  /** Replaces the keys that it publishes. */
  publish(keys: readonly TestKey[]): void
}

export const METADATA_PATH = '/.well-known/openid-configuration'
const JWKS_PATH = '/.well-known/jwks.json'

export async function startAuthorizationServer(network: Network, service: Service): Promise<AuthorizationServer> {
  const { issuer, tokenPath, namedBy = 'issuer' } = service
  let { keys } = service
  const host = await network.serve(new URL(issuer).origin, (request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  const origin = namedBy === 'address' ? host.address : new URL(issuer).origin

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '', host.address)
    if (pathname === tokenPath) return answerTokenRequest(service, request, search, response)
    const document = request.method === 'GET' ? documents()[pathname] : undefined
    if (document === undefined) return void response.writeHead(404).end()
    send(response, 200, document)
  }

  function documents(): Readonly<Record<string, object>> {
    if (keys.length === 0) return {}
    return {
      [METADATA_PATH]: { issuer, token_endpoint: origin + tokenPath, jwks_uri: origin + JWKS_PATH },
      [JWKS_PATH]: { keys: keys.map(({ jwk }) => jwk) },
    }
  }

  return {
    ...host,
    jwksFetches: () => host.hits.filter((hit) => hit === `GET ${JWKS_PATH}`).length,
    publish: (replacement) => {
      keys = replacement
    },
  }
}

async function answerTokenRequest(
  { documented, client, grant }: Service,
  request: IncomingMessage,
  search: string,
  response: ServerResponse,
): Promise<void> {
  const body = await text(request)
  const { method, headers } = request
  const { 'content-type': contentType, authorization } = headers
  try {
    const members = readTokenRequest({ method, search, contentType, authorization, body }, documented, client)
    send(response, 200, grant(members))
  } catch (error) {
    if (!(error instanceof TokenRequestError)) throw error
    const byHeader = error.status === 401 && documented.clientAuthentication === 'basic'
    if (byHeader) response.setHeader('www-authenticate', 'Basic realm="token endpoint"') // RFC 6749 §5.2
    send(response, error.status, { error: error.error })
  }
}

function send(response: ServerResponse, status: number, document: object): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(document))
}
