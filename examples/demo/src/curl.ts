import { type Api, ordersApi } from './apis/index.js'
import type { Client } from './clients.js'

/** Commands to paste: the token goes from the token endpoint into a variable, and from there to each API. */
export function curlCommands(tokenEndpoint: string, client: Client, apis: readonly Api[]): string {
  return [
    '# A token for read:orders (client_secret_basic), good at every API: 200',
    tokenInto('TOKEN', tokenEndpoint, client, 'read:orders'),
    ...apis.map(({ origin }) => `curl -i -w '\\n' -H "Authorization: Bearer $TOKEN" ${origin}/orders`),
    '',
    '# No token: 401, a challenge without an error',
    ...apis.map(({ origin }) => `curl -i -w '\\n' ${origin}/orders`),
    '',
    '# The same token with something added to it: 401, invalid_token',
    ...apis.map(({ origin }) => `curl -i -w '\\n' -H "Authorization: Bearer $TOKEN-tampered" ${origin}/orders`),
    '',
    '# A token for read:profile only: 403, insufficient_scope',
    tokenInto('PROFILE_TOKEN', tokenEndpoint, client, 'read:profile'),
    ...apis.map(({ origin }) => `curl -i -w '\\n' -H "Authorization: Bearer $PROFILE_TOKEN" ${origin}/orders`),
  ].join('\n')
}

function tokenInto(variable: string, tokenEndpoint: string, { id, authentication }: Client, scope: string): string {
  if (authentication.method !== 'client_secret_basic') throw new Error('curl -u is client_secret_basic')
  const request = `curl -s -u ${id}:${authentication.secret} ${tokenEndpoint}`
  const parameters = `-d grant_type=client_credentials -d scope=${scope} -d resource=${ordersApi}`
  const accessToken = `sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'`
  return `${variable}=$(${request} ${parameters} | ${accessToken})`
}
