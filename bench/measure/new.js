// Tokens that nobody has seen: one in each turn of the event loop, 64 at once, beside the bare signature; and bytes a token.
import { createPublicKey, verify as verifySignature } from 'node:crypto'
import { median, summary } from '../statistics.js'
import { ALGORITHMS, AUDIENCE, createSigner, fresh } from '../world.js'
import { enter, garbageOf, isQuick, nextTurn, report, rotated, world } from './field.js'

// A server runs the code of one library, request after request. So each contestant has several in a row before the next
// one has its turn, and the first of them are not counted: they find the processor full of somebody else's code.
const WARMING = isQuick ? 1 : 3000 // tokens, or a second of them: a server has seen many by the time anyone looks
const BLOCKS = isQuick ? 2 : 24
const IN_BLOCK = 48
const UNCOUNTED = 16
const BATCH_BLOCKS = isQuick ? 1 : 8
const BATCHES = 4
const AT_ONCE = 64
const IN_TAKE = 7 // tokens whose garbage is counted together
const LEAST = 'JSON.parse and crypto.verify'

const results = []
for (const algorithm of ALGORITHMS) results.push(await measure(algorithm))
report({ algorithms: results })

/** @param {import('../world.js').Algorithm} algorithm */
async function measure(algorithm) {
  const { field, disqualified } = await enter(algorithm)
  const sign = createSigner(world, algorithm)
  const bare = bareVerifier(algorithm)
  const subtle = await subtleVerifier(algorithm)
  const runners = [
    { name: 'limit', ...bare },
    { name: 'crypto.subtle.verify', ...subtle },
    { name: LEAST, ...leastVerifier(algorithm) },
    ...field.map(({ name, verify }) => ({ name, prepare: fresh, run: verify })),
  ]
  const used = Array.from({ length: WARMING }, () => sign())
  for (const { prepare, run } of runners) {
    const end = performance.now() + 1000
    for (const token of used) {
      await nextTurn()
      await run(/** @type {never} */ (prepare(token)))
      if (performance.now() > end) break
    }
  }
  /** @type {Map<string, number[]>} */
  const alone = new Map(runners.map(({ name }) => [name, []]))
  for (let block = 0; block < BLOCKS; block++) {
    const tokens = Array.from({ length: IN_BLOCK }, () => sign())
    for (const { name, prepare, run } of rotated(runners, block)) {
      const given = tokens.map((token) => prepare(token))
      for (const [index, one] of given.entries()) {
        await nextTurn()
        const start = performance.now()
        await run(/** @type {never} */ (one))
        const time = (performance.now() - start) * 1000
        if (index >= UNCOUNTED) alone.get(name)?.push(time)
      }
    }
  }
  /** @type {Map<string, number[]>} */
  const together = new Map(runners.map(({ name }) => [name, []]))
  for (let block = 0; block < BATCH_BLOCKS; block++) {
    const batches = Array.from({ length: BATCHES }, () => Array.from({ length: AT_ONCE }, () => sign()))
    for (const { name, prepare, run } of rotated(runners, block)) {
      for (const [index, batch] of batches.entries()) {
        const given = batch.map((token) => prepare(token))
        await nextTurn()
        const start = performance.now()
        await Promise.all(given.map((one) => run(/** @type {never} */ (one))))
        const time = ((performance.now() - start) / AT_ONCE) * 1000
        if (index > 0) together.get(name)?.push(time)
      }
    }
  }
  /** @type {Map<string, number>} */
  const bytes = new Map()
  for (const { name, prepare, run } of runners) {
    /** @type {number[]} */
    const takes = []
    for (let take = 0; take < (isQuick ? 3 : 60); take++) {
      const given = Array.from({ length: IN_TAKE }, () => prepare(sign()))
      takes.push(await garbageOf(given, (one) => run(/** @type {never} */ (one))))
    }
    bytes.set(name, median(takes))
  }
  const limit = median(alone.get('limit') ?? [])
  const limitTogether = median(together.get('limit') ?? [])
  return {
    algorithm,
    limit: summary(alone.get('limit') ?? []),
    runners: runners.map(({ name }) => ({
      name,
      time: summary(alone.get(name) ?? []),
      ratio: limit / median(alone.get(name) ?? []),
      together: limitTogether / median(together.get(name) ?? []),
      bytes: (bytes.get(name) ?? 0) - (bytes.get('limit') ?? 0),
    })),
    disqualified: disqualified.map(({ name, wrong }) => ({ name, wrong })),
  }
}

/**
 * What no verifier can beat: one synchronous call on bytes and a key that are ready.
 * @param {import('../world.js').Algorithm} algorithm
 */
function bareVerifier(algorithm) {
  const key = publicKeyOf(algorithm)
  const digest = algorithm === 'Ed25519' ? null : 'sha256'
  const options = algorithm === 'PS256' ? { key, padding: 6, saltLength: 32 } : key
  return {
    prepare: (/** @type {string} */ token) => {
      const { data, signature } = bytesOf(token)
      return { data, signature: algorithm === 'ES256' ? der(signature) : signature }
    },
    run: (/** @type {{ data: Uint8Array, signature: Uint8Array }} */ { data, signature }) => {
      if (!verifySignature(digest, data, options, signature)) throw new Error('a bad signature')
    },
  }
}

/**
 * The least that could be called a verifier: it believes every header and every spelling, and holds nothing but its time
 * and its audience against the claims.
 * @param {import('../world.js').Algorithm} algorithm
 */
function leastVerifier(algorithm) {
  const key = publicKeyOf(algorithm)
  const digest = algorithm === 'Ed25519' ? null : 'sha256'
  const options =
    algorithm === 'PS256'
      ? { key, padding: 6, saltLength: 32 }
      : algorithm === 'ES256'
        ? { key, dsaEncoding: /** @type {const} */ ('ieee-p1363') }
        : key
  return {
    prepare: fresh,
    /** @param {string} token */
    run: async (token) => {
      const [header = '', payload = ''] = token.split('.', 2)
      JSON.parse(Buffer.from(header, 'base64url').toString())
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
      const { data, signature } = bytesOf(token)
      const isValid = verifySignature(digest, data, options, signature)
      if (!isValid || claims.exp < Date.now() / 1000 || claims.aud !== AUDIENCE) throw new Error('a bad token')
      return claims
    },
  }
}

/** @param {import('../world.js').Algorithm} algorithm */
async function subtleVerifier(algorithm) {
  const parameters = {
    RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    PS256: { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 },
    ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
    Ed25519: { name: 'Ed25519' },
  }[algorithm]
  const jwk = publicKeyOf(algorithm).export({ format: 'jwk' })
  const key = await crypto.subtle.importKey('jwk', jwk, parameters, false, ['verify'])
  return {
    prepare: bytesOf,
    /** @param {{ data: Uint8Array<ArrayBuffer>, signature: Uint8Array<ArrayBuffer> }} given */
    run: ({ data, signature }) => crypto.subtle.verify(parameters, key, signature, data),
  }
}

/** @param {import('../world.js').Algorithm} algorithm */
function publicKeyOf(algorithm) {
  return createPublicKey({
    key: /** @type {import('node:crypto').JsonWebKey} */ (world.keys[algorithm]),
    format: 'jwk',
  })
}

/** @param {string} token */
function bytesOf(token) {
  const end = token.lastIndexOf('.')
  return { data: Buffer.from(token.slice(0, end)), signature: Buffer.from(token.slice(end + 1), 'base64url') }
}

/** R and S as OpenSSL reads them. @param {Buffer} signature */
function der(signature) {
  const integers = [signature.subarray(0, 32), signature.subarray(32)].map((bytes) => {
    const digits = BigInt(`0x${bytes.toString('hex')}`).toString(16)
    const even = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex')
    const positive = even[0] !== undefined && even[0] >= 0x80 ? Buffer.concat([Buffer.from([0]), even]) : even
    return Buffer.concat([Buffer.from([2, positive.length]), positive])
  })
  const body = Buffer.concat(integers)
  return Buffer.concat([Buffer.from([0x30, body.length]), body])
}
