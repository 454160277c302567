// Runs one snippet of the docs: `node harness.mjs <module>`. Issuers answer from here, ports are free ones, and the
// names declared in harness.d.ts are global.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { argv, exit } from 'node:process'
import { pathToFileURL } from 'node:url'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

const { privateKey, publicKey } = await generateKeyPair('ES256')
const issuerKeys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'docs', alg: 'ES256', use: 'sig' }] }
const issuers = new Set()

function issueToken({ issuer, audience, subject = 'user_1', ...claims }) {
  issuers.add(issuer)
  const token = new SignJWT({ client_id: 'client_1', jti: crypto.randomUUID(), ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'docs', typ: 'at+jwt' })
    .setIssuer(issuer)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime('1h')
  return (audience === undefined ? token : token.setAudience(audience)).sign(privateKey)
}

const isLoopback = ({ hostname }) => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
const wellKnown = /\/\.well-known\/(openid-configuration|oauth-authorization-server)/

/** An issuer's own words, final slash included, or with one where nobody asked for a token of it yet. */
function issuerAt(url) {
  const base = url.href.replace(wellKnown, '').replace(/\/$/, '')
  return issuers.has(base) ? base : `${base}/`
}

const realFetch = globalThis.fetch
globalThis.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input)
  if (isLoopback(url)) return realFetch(input, init)
  if (wellKnown.test(url.pathname))
    return Response.json({ issuer: issuerAt(url), jwks_uri: new URL('/jwks', url).href })
  return Response.json(issuerKeys)
}

/** @type {net.Server | undefined} */
let server
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function listenAnywhere(target, ...rest) {
  server = this
  return listen.call(this, typeof target === 'object' ? { ...target, port: 0 } : 0, ...rest)
}

async function request(path, init) {
  assert(server, 'the snippet does not listen')
  if (!server.listening) await once(server, 'listening')
  return realFetch(`http://localhost:${server.address().port}${path}`, init)
}

Object.assign(globalThis, { assert, issueToken, issuerKeys, request })
await import(pathToFileURL(argv[2]).href)
exit(0)
