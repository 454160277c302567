import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node'
import { McpServer } from '@modelcontextprotocol/server'
import { createVerifier } from '@resource-server/core'
import { authenticate, getAccessToken, protectedResourceMetadata } from '@resource-server/express'
import express, { type Express } from 'express'
import { authInfoOf } from './auth-info.js'

/**
 * An MCP server behind a token. A client that comes without one learns from the 401 where to get it and which scope to
 * ask for (RFC 9728); a token must be for this very server.
 *
 * @param url where the server is for its clients: what tokens are for, and what the metadata says
 */
export function createMcpApplication(issuer: string, url: string): Express {
  const verifier = createVerifier({ issuer, audience: url, resource: url })
  const app = express()
  app.use(protectedResourceMetadata(verifier))
  app.post(new URL(url).pathname, authenticate(verifier, { scopes: ['read:orders'] }), async (req, res) => {
    const transport = new NodeStreamableHTTPServerTransport({})
    await createTools().connect(transport)
    // `getAccessToken` reads what the guard has found out; `req.auth` is where MCP looks for its own form of it.
    await transport.handleRequest(Object.assign(req, { auth: authInfoOf(getAccessToken(req)) }), res)
  })
  return app
}

function createTools(): McpServer {
  const server = new McpServer({ name: 'orders', version: '1.0.0' })
  server.registerTool('whoami', { description: 'Tells who is asking' }, (context) => {
    const { clientId, scopes } = context.http!.authInfo!
    return { content: [{ type: 'text', text: `${clientId} may ${scopes.join(' ')}` }] }
  })
  return server
}
