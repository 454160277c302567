import { createSigner } from './world.js'

/**
 * Whether a contestant does its work: takes a good token, and refuses those that nobody may take.
 * @param {import('./contestants.js').Verify} verify
 * @param {import('./world.js').World} world
 * @param {import('./world.js').Algorithm} algorithm
 * @returns {Promise<string[]>} what it does wrong
 */
export async function breaches(verify, world, algorithm) {
  const sign = createSigner(world, algorithm)
  const good = sign()
  const [header, payload, signature = ''] = good.split('.')
  const cases = /** @type {const} */ ([
    ['a good token', good, true],
    ['the good token again', good, true],
    ['a tampered payload', `${header}.${sign().split('.')[1]}.${signature}`, false],
    ['a tampered signature', `${header}.${payload}.${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`, false],
    ['an expired token', sign({ exp: Math.floor(Date.now() / 1000) - 3600 }), false],
    ['a token for another audience', sign({ aud: 'https://other.example.com' }), false],
    ['a token of another issuer', sign({ iss: 'https://other.example.com/' }), false],
  ])
  /** @type {string[]} */
  const wrong = []
  for (const [what, token, expected] of cases) {
    const accepted = await isAccepted(verify, token)
    if (accepted !== expected) wrong.push(`${accepted ? 'accepts' : 'refuses'} ${what}`)
  }
  return wrong
}

/** @param {import('./contestants.js').Verify} verify @param {string} token */
async function isAccepted(verify, token) {
  try {
    await verify(token)
    return true
  } catch {
    return false
  }
}
