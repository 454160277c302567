// A process that has just started: imports one contestant, has it fetch the keys, and verifies one token.
import { openWorld, settingsFor } from './world.js'

const [, , file = '', token = ''] = process.argv
const settings = settingsFor(openWorld(), 'ES256')
const start = performance.now()
if (file === 'bare') {
  await bare()
} else {
  const { contestant } = await import(`./contestants/${file}.js`)
  const imported = performance.now()
  const verify = await contestant.create(settings)
  await verify(token)
  process.stdout.write(`${JSON.stringify({ import: imported - start, all: performance.now() - start })}\n`)
}

/** What it takes without any library: https, the key, one signature. */
async function bare() {
  const [{ get }, { createPublicKey, verify }] = await Promise.all([import('node:https'), import('node:crypto')])
  /** @type {string} */
  const text = await new Promise((resolve, reject) => {
    get(settings.jwksUri, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve(body))
    }).on('error', reject)
  })
  const jwk = JSON.parse(text).keys.find((/** @type {{ kid: string }} */ { kid }) => kid === settings.algorithm)
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const end = token.lastIndexOf('.')
  const signature = Buffer.from(token.slice(end + 1), 'base64url')
  const data = Buffer.from(token.slice(0, end))
  if (!verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature)) throw new Error('a bad signature')
  process.stdout.write(`${JSON.stringify({ import: 0, all: performance.now() - start })}\n`)
}
