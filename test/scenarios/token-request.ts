import type { Network } from './network.js'

/** A token request as a service documents it, byte for byte where that matters. */
export interface TokenRequest {
  readonly url: string
  /** `POST` unless said otherwise. */
  readonly method?: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface TokenAnswer {
  readonly status: number
  readonly headers: Headers
  /** A token response or an error (RFC 6749 §5). */
  readonly body: Readonly<Record<string, unknown>>
}

export async function requestToken(network: Network, request: TokenRequest): Promise<TokenAnswer> {
  const { url, method = 'POST', headers, body } = request
  const response = await network.fetch(url, { method, headers, ...(method !== 'GET' && { body }) })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as TokenAnswer['body'],
  }
}

/** The token itself, where nothing but a token is expected. */
export async function obtainToken(network: Network, request: TokenRequest): Promise<string> {
  const { status, body } = await requestToken(network, request)
  const { access_token: token } = body
  if (status !== 200 || typeof token !== 'string') throw new Error(`no token: ${status} ${JSON.stringify(body)}`)
  return token
}
