// The authorization server of all measurements, and the tokens that it signs.
import { createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import selfsigned from 'selfsigned'

export const ALGORITHMS = /** @type {const} */ (['RS256', 'PS256', 'ES256', 'Ed25519'])
export const AUDIENCE = 'https://api.example.com'

/**
 * @typedef {(typeof ALGORITHMS)[number]} Algorithm
 * @typedef {{ issuer: string, audience: string, jwksUri: string, algorithm: Algorithm }} Settings what a contestant is told
 * @typedef {{ issuer: string, jwksUri: string, certificate: string, keys: Record<Algorithm, object> }} World as it is handed to child processes
 */

/** @type {Record<Algorithm, () => import('node:crypto').KeyPairKeyObjectResult>} */
const generators = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  Ed25519: () => generateKeyPairSync('ed25519'),
}

/** Starts an https server with metadata and keys. Its world is in a file that other processes are told of. */
export async function startWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const { private: key, cert } = await selfsigned.generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  })
  const pairs = ALGORITHMS.map((alg) => ({ alg, ...generators[alg]() }))
  const jwks = JSON.stringify({
    keys: pairs.map(({ alg, publicKey }) => ({
      ...publicKey.export({ format: 'jwk' }),
      kid: alg,
      use: 'sig',
      alg: nameFor(alg),
    })),
  })
  const server = createServer({ key, cert }, (request, response) => {
    const metadata = JSON.stringify({
      issuer,
      jwks_uri: jwksUri,
      authorization_endpoint: issuer,
      token_endpoint: issuer,
    })
    response.setHeader('content-type', 'application/json')
    response.end(request.url?.includes('.well-known') ? metadata : jwks)
  })
  await new Promise((resolve) => server.listen(0, 'localhost', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const issuer = `https://localhost:${port}/`
  const jwksUri = `${issuer}jwks`
  const keys = Object.fromEntries(pairs.map(({ alg, privateKey }) => [alg, privateKey.export({ format: 'jwk' })]))
  const certificate = join(folder, 'certificate.pem')
  const file = join(folder, 'world.json')
  writeFileSync(certificate, cert)
  writeFileSync(file, JSON.stringify({ issuer, jwksUri, certificate, keys }))
  return {
    file,
    certificate,
    close: () => {
      server.close()
      server.closeAllConnections()
      rmSync(folder, { recursive: true })
    },
  }
}

/** RFC 9864 names the curve, but most libraries know this signature by its older name alone. @param {Algorithm} algorithm */
const nameFor = (algorithm) => (algorithm === 'Ed25519' ? 'EdDSA' : algorithm)

/** The world that this process was started in. @returns {World} */
export function openWorld() {
  return JSON.parse(readFileSync(/** @type {string} */ (process.env['BENCH_WORLD']), 'utf8'))
}

/** @param {World} world @param {Algorithm} algorithm @returns {Settings} */
export const settingsFor = ({ issuer, jwksUri }, algorithm) => ({ issuer, audience: AUDIENCE, jwksUri, algorithm })

/**
 * A signer of access tokens as a large provider issues them to machines: about 900 characters, each one different.
 * @param {World} world @param {Algorithm} algorithm
 */
export function createSigner(world, algorithm) {
  const key = createPrivateKey({
    key: /** @type {import('node:crypto').JsonWebKey} */ (world.keys[algorithm]),
    format: 'jwk',
  })
  const header = encode({ alg: nameFor(algorithm), typ: 'at+jwt', kid: algorithm })
  /** @param {Record<string, unknown>} claims */
  return (claims = {}) => {
    const now = Math.floor(Date.now() / 1000)
    const payload = encode({
      iss: world.issuer,
      sub: 'kK3vTq0cWb8sYfR1nZpLxJ7mDgHe2uAo@clients',
      aud: AUDIENCE,
      iat: now,
      exp: now + 86_400,
      scope: 'read:orders write:orders read:customers',
      gty: 'client-credentials',
      client_id: 'kK3vTq0cWb8sYfR1nZpLxJ7mDgHe2uAo',
      jti: randomUUID(),
      org_id: 'org_4Zt7yQm1Xw9',
      ...claims,
    })
    const input = `${header}.${payload}`
    return `${input}.${signatureOf(Buffer.from(input), key, algorithm).toString('base64url')}`
  }
}

/** @param {Uint8Array} data @param {import('node:crypto').KeyObject} key @param {Algorithm} algorithm */
function signatureOf(data, key, algorithm) {
  switch (algorithm) {
    case 'RS256':
      return sign('sha256', data, key)
    case 'PS256':
      return sign('sha256', data, { key, padding: 6, saltLength: 32 })
    case 'ES256':
      return sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })
    case 'Ed25519':
      return sign(null, data, key)
  }
}

/** @param {object} value */
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The same text in memory of its own, as every request brings it. @param {string} text */
export const fresh = (text) => Buffer.from(text, 'latin1').toString('latin1')
