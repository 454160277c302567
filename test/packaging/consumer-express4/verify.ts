import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { createVerifier } from '@resource-server/core'
import { authenticate, getAccessToken } from '@resource-server/express'
import express from 'express'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

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

const verifier = createVerifier({ issuer: { issuer: 'https://issuer.example', jwks }, audience: 'https://api.example' })
const server = express()
  .use(authenticate(verifier))
  .get('/', (req, res) => res.json(getAccessToken(req).subject))
  .listen(0)
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
assert.equal(await (await fetch(url, { headers: { authorization } })).json(), 'user_1')
assert.equal((await fetch(url)).status, 401)
server.close()
console.log('express 4: verified')
