import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Client, ClientCredentialsProvider, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type AuthorizationServer, startAuthorizationServer } from '../../examples/demo/src/authorization-server.js'
import { createClients, type Client as OAuthClient } from '../../examples/demo/src/clients.js'
import { createMcpApplication } from '../../examples/mcp/src/main.js'

// The real MCP client, a real authorization server and a real MCP server behind our guard.

vi.hoisted(() => {
  vi.spyOn(console, 'info').mockReturnValue()
  vi.spyOn(console, 'warn').mockReturnValue()
})

let authorizationServer: AuthorizationServer
let client: OAuthClient
let url: string
const stop: (() => unknown)[] = []

beforeAll(async () => {
  const { warehouse } = await createClients()
  client = warehouse
  authorizationServer = await startAuthorizationServer([client])
  const server = createServer((request, response) => app(request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
  const app = createMcpApplication(authorizationServer.issuer, url)
  stop.push(authorizationServer.stop, () => server.close())
}, 30_000)

afterAll(() => Promise.all(stop.map((end) => end())))

test('RFC 9728 §5: the MCP client finds the authorization server from the 401, gets a token and gets in', async () => {
  const asked: string[] = []
  const secret = client.authentication.method === 'private_key_jwt' ? '' : client.authentication.secret
  const authProvider = new ClientCredentialsProvider({
    clientId: client.id,
    clientSecret: secret,
    expectedIssuer: authorizationServer.issuer,
  })
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    authProvider,
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      const { pathname } = new URL(input instanceof Request ? input.url : input)
      asked.push(`${init?.method ?? 'GET'} ${pathname} ${response.status}`)
      return response
    },
  })
  const mcp = new Client({ name: 'test', version: '1.0.0' })
  await mcp.connect(transport)
  const { content } = await mcp.callTool({ name: 'whoami', arguments: {} })
  expect(content).toEqual([{ type: 'text', text: 'warehouse may read:orders' }])
  await mcp.close()

  expect(asked.slice(0, 3)).toEqual([
    'POST /mcp 401',
    'GET /.well-known/oauth-protected-resource/mcp 200',
    expect.stringMatching(/^GET \/\.well-known\/(openid-configuration|oauth-authorization-server) (200|404)$/),
  ])
  expect(asked).toContain('POST /token 200')
})

test('a client without credentials stays outside', async () => {
  const mcp = new Client({ name: 'test', version: '1.0.0' })
  await expect(mcp.connect(new StreamableHTTPClientTransport(new URL(url)))).rejects.toThrow()
})
