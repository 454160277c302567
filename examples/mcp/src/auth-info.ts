import type { AuthInfo } from '@modelcontextprotocol/server'
import type { AccessToken } from '@resource-server/core'

/** An access token as MCP servers read it from `req.auth`, and hand it to tools as `context.http.authInfo`. */
export function authInfoOf({ token, clientId, subject, scopes, expiresAt }: AccessToken): AuthInfo {
  return { token, clientId: clientId ?? subject ?? '', scopes: [...scopes], expiresAt }
}
