// Makes the JavaScript of core: a few files in place of a hundred, since a process that has just started waits for each.
// (The declarations are the compiler's.)
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const core = fileURLToPath(new URL('../packages/core', import.meta.url))
/** @type {{ imports: Record<string, Record<string, string>> }} */
const { imports } = JSON.parse(readFileSync(join(core, 'package.json'), 'utf8'))

/** @type {import('esbuild').BuildOptions} */
const shared = {
  absWorkingDir: core,
  outbase: 'src',
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  external: ['jose', 'jose/*', 'node:*', '#*'],
  logLevel: 'warning',
}

/** @type {import('esbuild').BuildOptions} */
const whole = { ...shared, entryPoints: ['src/index.ts'], splitting: true, chunkNames: 'chunks/[name]-[hash]' }
const ofNode = Object.entries(imports).map(([name, { node = '' }]) => [name, `./${sourceOf(node)}`])

for (const folder of ['dist/chunks', 'dist/node']) rmSync(join(core, folder), { recursive: true, force: true })
await build(whole)
// For Node, where cold starts count, what the platform chooses is chosen now: to look it up takes two milliseconds.
await build({ ...whole, outdir: 'dist/node', external: ['jose/*', 'node:*'], alias: Object.fromEntries(ofNode) })

// What is imported by itself, or chosen by the platform, stands alone: what it shared with the rest would be one more file.
const platformFiles = Object.values(imports).flatMap((conditions) => [conditions['node'], conditions['default']])
const standing = ['./dist/https.js', './dist/redis.js', ...platformFiles].map((file) => sourceOf(String(file)))
for (const entry of standing) await build({ ...shared, entryPoints: [entry] })

/** @param {string} file */
function sourceOf(file) {
  return file.replace('./dist', 'src').replace(/js$/, 'ts')
}
