import * as oauth from 'oauth4webapi'
import type { Client, ClientAuthentication } from './clients.js'

// The demo never leaves the machine, and a loopback address has no certificate.
// oxlint-disable-next-line typescript/no-deprecated -- marked so to be loud, and loopback is what it is for
const loopback = { [oauth.allowInsecureRequests]: true }

/** The client credentials grant, as a client in production does it: discovery, authentication, resource, scope. */
export async function requestToken(issuer: string, client: Client, resource: string, scope: string): Promise<string> {
  const server = await discover(new URL(issuer))
  const response = await oauth.clientCredentialsGrantRequest(
    server,
    { client_id: client.id },
    proofOf(client.authentication),
    { resource, scope },
    loopback,
  )
  const answer = await oauth.processClientCredentialsResponse(server, { client_id: client.id }, response)
  return answer.access_token
}

async function discover(issuer: URL): Promise<oauth.AuthorizationServer> {
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, loopback))
}

function proofOf(authentication: ClientAuthentication): oauth.ClientAuth {
  switch (authentication.method) {
    case 'client_secret_post':
      return oauth.ClientSecretPost(authentication.secret)
    case 'client_secret_basic':
      return oauth.ClientSecretBasic(authentication.secret)
    case 'private_key_jwt':
      return oauth.PrivateKeyJwt(authentication.privateKey)
  }
}
