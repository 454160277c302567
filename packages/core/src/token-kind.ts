import type { JsonObject } from './lib/json.js'

/** Whether claims say of a token, signed or looked up, that it is an ID, refresh or logout token. */
export function saysAnotherKind(claims: JsonObject): boolean {
  return (
    'at_hash' in claims || // ID token, OpenID Connect Core §3.3.2.11
    'c_hash' in claims ||
    's_hash' in claims ||
    'events' in claims || // security event or logout token, RFC 8417 §2.2
    otherUses.has(claims['token_use']) ||
    claims['typ'] === 'ID' || // ID and refresh token of Keycloak
    claims['typ'] === 'Refresh'
  )
}

const otherUses: ReadonlySet<unknown> = new Set(['id', 'id_token', 'refresh', 'refresh_token']) // Amazon Cognito, Ory Hydra
