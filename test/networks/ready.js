// A process that is told nothing but its issuer: says whether it has its keys, and ends.

import { createVerifier } from '@resource-server/core'

const [, , issuer] = process.argv
const verifier = createVerifier({ issuer, audience: 'https://api.example.com' })
process.stdout.write(
  await verifier.ready().then(
    () => 'ready',
    ({ code, message }) => `${code}: ${message}`,
  ),
)
