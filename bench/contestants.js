// Who takes part. Each is set up as its own documentation recommends for production, with caching on where it has it.

/**
 * @typedef {(token: string) => unknown} Verify rejects or throws for a token that it refuses
 * @typedef {object} Contestant
 * @property {string} name
 * @property {readonly import('./world.js').Algorithm[]} algorithms
 * @property {true} [isOurs]
 * @property {(settings: import('./world.js').Settings) => Verify | Promise<Verify>} create
 */

const FILES = [
  'resource-server',
  'resource-server-uncached',
  'jose',
  'aws-jwt-verify',
  'aws-jwt-verify-sync',
  'fast-jwt',
  'fast-jwt-uncached',
  'fast-jwt-static',
  'jsonwebtoken',
  'jsonwebtoken-static',
  'oauth4webapi',
  'express-oauth2-jwt-bearer',
  'okta-jwt-verifier',
]

/** @param {string} file @returns {Promise<Contestant>} */
export const load = async (file) => (await import(`./contestants/${file}.js`)).contestant

/** One after the other: Node 20 cannot require a module that is just being imported. */
export async function contestants() {
  /** @type {Contestant[]} */
  const all = []
  for (const file of FILES) all.push(await load(file))
  return all
}
