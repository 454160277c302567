// How much of each library ends up in a bundle.
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { report } from './field.js'

const folder = fileURLToPath(new URL('..', import.meta.url))

/** @type {readonly { name: string, code: string, platform: 'node' | 'neutral', external?: string[] }[]} */
const ENTRIES = [
  { name: '@resource-server/core', code: "export { createVerifier } from '@resource-server/core'", platform: 'node' },
  {
    name: '@resource-server/core, on Workers',
    code: "export { createVerifier } from '@resource-server/core'",
    platform: 'neutral',
  },
  {
    name: '@resource-server/express, the door alone',
    code: "export { authenticate, authorize } from '@resource-server/express'",
    platform: 'node',
    external: ['@resource-server/core'],
  },
  {
    name: '@resource-server/fastify, the door alone',
    code: "export { default } from '@resource-server/fastify'",
    platform: 'node',
    external: ['@resource-server/core', 'fastify-plugin'],
  },
  { name: 'jose', code: "export { jwtVerify, createRemoteJWKSet } from 'jose'", platform: 'node' },
  { name: 'aws-jwt-verify', code: "export { JwtVerifier } from 'aws-jwt-verify'", platform: 'node' },
  { name: 'oauth4webapi', code: "export { validateJwtAccessToken } from 'oauth4webapi'", platform: 'node' },
  {
    name: 'fast-jwt + get-jwks',
    code: "export { createVerifier } from 'fast-jwt'; export { default } from 'get-jwks'",
    platform: 'node',
  },
  { name: 'express-oauth2-jwt-bearer', code: "export { auth } from 'express-oauth2-jwt-bearer'", platform: 'node' },
  {
    name: 'jsonwebtoken + jwks-rsa',
    code: "export { default as a } from 'jsonwebtoken'; export { default as b } from 'jwks-rsa'",
    platform: 'node',
  },
  { name: '@okta/jwt-verifier', code: "export { default } from '@okta/jwt-verifier'", platform: 'node' },
]

const contestants = []
for (const { name, code, platform, external = [] } of ENTRIES) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: folder, sourcefile: 'entry.js' },
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform,
    external,
    absWorkingDir: folder,
    outdir: 'out', // nothing is written
    ...(platform === 'neutral'
      ? { conditions: ['workerd'], mainFields: ['module', 'main'], external: ['node:*'] }
      : {}),
    logLevel: 'silent',
  })
  const loaded = loadedFrom('out/stdin.js', metafile.outputs)
  const text = Buffer.concat(
    outputFiles.filter(({ path }) => [...loaded].some((file) => path.endsWith(file))).map(({ contents }) => contents),
  )
  const ofJose = [...loaded]
    .flatMap((file) => Object.entries(metafile.outputs[file]?.inputs ?? {}))
    .filter(([path]) => /node_modules\/jose\//.test(path))
    .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0)
  contestants.push({ name, minified: text.length, gzipped: gzipSync(text).length, ofJose })
}
report({ contestants })

/** The files that are there before the first line runs; what is imported later is not among them. @param {string} entry @param {import('esbuild').Metafile['outputs']} outputs */
function loadedFrom(entry, outputs, loaded = new Set([entry])) {
  for (const { path, kind } of outputs[entry]?.imports ?? []) {
    if (kind !== 'import-statement' || loaded.has(path) || outputs[path] === undefined) continue
    loaded.add(path)
    loadedFrom(path, outputs, loaded)
  }
  return loaded
}
