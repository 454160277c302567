import { expect, inject, test } from 'vitest'
import { newestTypeScript, node } from './commands.js'

const consumer = inject('consumer')
const consumerExpress4 = inject('consumerExpress4')
const verified = 'core: verified\nexpress: verified\nfastify: verified\n'

test('an ES module imports the tarballs and verifies a token through each', async () => {
  expect(await node(consumer, 'verify.mjs')).toBe(verified)
})

test('a CommonJS module requires the tarballs and verifies a token through each', async () => {
  expect(await node(consumer, 'verify.cjs')).toBe(verified)
})

test.each([
  ['TypeScript 5.9', 'node_modules/typescript/bin/tsc'],
  ['TypeScript 7', newestTypeScript],
])('a strict consumer with %s compiles, declarations included, and verifies a token through each', async (_, tsc) => {
  await node(consumer, tsc, '-p', 'tsconfig.json')
  expect(await node(consumer, 'out/verify.js')).toBe(verified)
})

test('a strict consumer with Express 4 and its types compiles and verifies a token', async () => {
  await node(consumerExpress4, newestTypeScript, '-p', 'tsconfig.json')
  expect(await node(consumerExpress4, 'out/verify.js')).toBe('express 4: verified\n')
})
