import { createPublicKey } from 'node:crypto'

/** One key of an issuer, for who wants it in advance. @param {string} jwksUri @param {string} kid */
export async function publicKeyFrom(jwksUri, kid) {
  const { keys } = await (await fetch(jwksUri)).json()
  const jwk = keys.find((/** @type {{ kid: string }} */ key) => key.kid === kid)
  return createPublicKey({ key: jwk, format: 'jwk' })
}
