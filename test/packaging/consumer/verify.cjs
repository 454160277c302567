const assert = require('node:assert/strict')
const { createVerifier } = require('@resource-server/core')
const expressAdapter = require('@resource-server/express')
const { default: resourceServer, getAccessToken } = require('@resource-server/fastify')
const express = require('express')
const Fastify = require('fastify')
const { exportJWK, generateKeyPair, SignJWT } = require('jose')

async function main() {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'a', alg: 'ES256' }] }
  const token = await new SignJWT({ scope: 'read:orders' })
    .setProtectedHeader({ alg: 'ES256', kid: 'a', typ: 'at+jwt' })
    .setIssuer('https://issuer.example')
    .setAudience('https://api.example')
    .setSubject('user_1')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(privateKey)
  const authorization = `Bearer ${token}`

  const verifier = createVerifier({
    issuer: { issuer: 'https://issuer.example', jwks },
    audience: 'https://api.example',
  })
  assert.equal((await verifier.verify(token)).subject, 'user_1')
  await assert.rejects(verifier.verify(`${token.slice(0, -9)}${token.slice(-8)}`))
  console.log('core: verified')

  const server = express()
    .use(expressAdapter.authenticate(verifier))
    .get('/', (req, res) => res.json(expressAdapter.getAccessToken(req).subject))
    .listen(0)
  const url = `http://127.0.0.1:${server.address().port}/`
  assert.equal(await (await fetch(url, { headers: { authorization } })).json(), 'user_1')
  assert.equal((await fetch(url)).status, 401)
  server.close()
  console.log('express: verified')

  const app = Fastify()
  await app.register(resourceServer, { verifier, global: true })
  app.get('/', async (request) => ({ subject: getAccessToken(request).subject }))
  assert.deepEqual((await app.inject({ url: '/', headers: { authorization } })).json(), { subject: 'user_1' })
  assert.equal((await app.inject('/')).statusCode, 401)
  await app.close()
  console.log('fastify: verified')
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
