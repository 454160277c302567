import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const tools = fileURLToPath(new URL('../../tools', import.meta.url))
const { findingsIn } = (await import(`${tools}/layers.js`)) as {
  findingsIn: (root: string, claims?: string[]) => string[]
}

/** Every kind of edge that is right. */
const right: Record<string, string> = {
  'packages/core/package.json': JSON.stringify({
    imports: {
      '#signature': { node: './dist/lib/signature-node.js', default: './dist/lib/signature-webcrypto.js' },
      '#public-fetch': { node: './dist/lib/public-fetch-node.js', default: './dist/lib/public-fetch-elsewhere.js' },
    },
  }),
  'packages/core/src/lib/json.ts': 'export const a = 1',
  'packages/core/src/lib/load-json.ts':
    "import './json.js'\nexport const load = (fetch: Fetch) => fetch('https://a.example')",
  'packages/core/src/lib/signature-node.ts':
    "import { verify } from 'node:crypto'\nimport { importJWK } from 'jose/key/import'",
  'packages/core/src/lib/public-fetch-node.ts':
    "import { lookup } from 'node:dns'\nimport { request } from 'node:https'\nimport type { LookupFunction } from 'node:net'",
  'packages/core/src/lib/public-fetch-elsewhere.ts': 'export const a = (url: string) => globalThis.fetch(url)',
  'packages/core/src/lib/signature-webcrypto.ts': "import type { JWK } from 'jose'",
  'packages/core/src/failure.ts': "import type { Credential } from './credential.js'\nimport './lib/json.js'",
  'packages/core/src/credential.ts': "import './failure.js'\nimport type { Options } from './check-options.js'",
  'packages/core/src/jwt/parse.ts': "import '../lib/json.js'\nimport type { Credential } from '../credential.js'",
  'packages/core/src/jwt/signature.ts': "import { verify } from '#signature'\nimport './parse.js'",
  'packages/core/src/keys/load.ts':
    "import '../failure.js'\nexport const load = (fetch: Fetch) => fetch('https://a.example')",
  'packages/core/src/check-options.ts':
    "import './keys/load.js'\nimport '#public-fetch'\nexport const network = { fetch: globalThis.fetch }",
  'packages/core/src/verifier.ts': "import './check-options.js'\nimport './keys/load.js'\nimport './jwt/parse.js'",
  'packages/core/src/index.ts': "export { a } from './verifier.js'\nexport type { B } from './failure.js'",
  'packages/express/src/index.ts':
    "import '@resource-server/core'\nimport type { IncomingMessage } from 'node:http'\nimport './view.js'",
  'packages/express/src/view.ts': 'export const view = 1',
  'packages/fastify/src/index.ts': "import '@resource-server/core'\nimport 'fastify'\nimport 'fastify-plugin'",
}

/** What is found in the right tree with one file changed. */
function findings(changed: Record<string, string>, claim?: string): string[] {
  const root = mkdtempSync(join(tmpdir(), 'layers-'))
  try {
    for (const [path, text] of Object.entries({ ...right, ...changed })) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    return findingsIn(root, claim === undefined ? undefined : [claim])
  } finally {
    rmSync(root, { recursive: true })
  }
}

test('a tree in which every edge is right passes', () => {
  expect(findings({})).toEqual([])
})

test.each([
  ['core imports a package other than jose', 'core', 'credential.ts', "import 'express'", 'imports express'],
  [
    'core imports jose as a whole at run time',
    'core',
    'credential.ts',
    "import { jwtVerify } from 'jose'",
    'imports jose',
  ],
  [
    '`import { type … }` still imports at run time',
    'core',
    'credential.ts',
    "import { type JWK } from 'jose'",
    'imports jose',
  ],
  ['core imports itself by name', 'core', 'credential.ts', "import '@resource-server/core'", 'imports @resource'],
  ['core imports node:crypto elsewhere', 'core', 'jwt/parse.ts', "import 'node:crypto'", 'imports node:crypto'],
  ['core imports node:https elsewhere', 'core', 'lib/load-json.ts', "import 'node:https'", 'imports node:https'],
  ['core imports node:dns elsewhere', 'core', 'lib/public-fetch-elsewhere.ts', "import 'node:dns'", 'imports node:dns'],
  ['core imports node:http at run time', 'core', 'lib/public-fetch-node.ts', "import 'node:http'", 'imports node:http'],
  ['core imports another builtin', 'core', 'lib/signature-node.ts', "import 'node:fs'", 'imports node:fs'],
  ['core imports a builtin dynamically', 'core', 'jwt/parse.ts', "await import('node:crypto')", 'imports node:crypto'],
  ['core requires a builtin', 'core', 'jwt/parse.ts', "require('node:crypto')", 'imports node:crypto'],
  ['core imports something computed', 'core', 'jwt/parse.ts', 'await import(name)', 'imports (computed)'],
  [
    'an adapter imports the other',
    'express',
    'index.ts',
    "import '@resource-server/fastify'",
    'imports @resource-server/fastify',
  ],
  ['an adapter imports a builtin at run time', 'express', 'index.ts', "import 'node:http'", 'imports node:http'],
  [
    'an adapter reaches into core',
    'fastify',
    'index.ts',
    "import '@resource-server/core/dist/failure.js'",
    'imports @resource',
  ],
  ['an adapter imports jose', 'fastify', 'index.ts', "import 'jose/jwt/verify'", 'imports jose/jwt/verify'],
])('packages: %s', (_, folder, file, text, complaint) => {
  const path = `packages/${folder}/src/${file}`
  const found = findings({ [path]: text }, 'packages')
  expect(found).toContainEqual(expect.stringContaining(`${path}:1: ${complaint}`))
})

test.each([
  ['a leaf imports a stage', 'lib/json.ts', "import '../keys/load.js'", 'lib/ imports only lib/'],
  ['a leaf imports the vocabulary', 'lib/json.ts', "import type { A } from '../failure.js'", 'lib/ imports only lib/'],
  ['the vocabulary imports a function of a stage', 'failure.ts', "import './keys/load.js'", 'only `import type`'],
  [
    'a stage imports a function of another',
    'keys/load.ts',
    "import { a } from '../jwt/parse.js'",
    'only `import type`',
  ],
  ['a stage re-exports another', 'keys/load.ts', "export * from '../jwt/parse.js'", 'only `import type`'],
  ['a stage loads another dynamically', 'keys/load.ts', "await import('../jwt/parse.js')", 'only `import type`'],
  [
    'a stage imports a type of a later one',
    'jwt/parse.ts',
    "import type { A } from '../keys/load.js'",
    'an earlier one',
  ],
  ['a stage names the type of a later one', 'jwt/parse.ts', "type A = import('../keys/load.js').A", 'an earlier one'],
  [
    'a stage imports a function of the options',
    'keys/load.ts',
    "import { a } from '../check-options.js'",
    'only `import type`',
  ],
  [
    'a stage imports the verifier',
    'keys/load.ts',
    "import type { A } from '../verifier.js'",
    'only the public surface',
  ],
  ['the options import the verifier', 'check-options.ts', "import './verifier.js'", 'only the public surface'],
  [
    'a stage imports the public surface',
    'keys/load.ts',
    "import type { A } from '../index.js'",
    'the public surface is for users',
  ],
  ['the verifier imports the public surface', 'verifier.ts', "import './index.js'", 'the public surface is for users'],
  ['the public surface holds code', 'index.ts', 'export const a = 1', 'only lists of names'],
  ['the public surface exports whatever there is', 'index.ts', "export * from './verifier.js'", 'only lists of names'],
  ['a file has no place in the order', 'helpers.ts', 'export const a = 1', 'no place in the order'],
  ['an import leads nowhere', 'keys/load.ts', "import './nowhere.js'", 'no such source file'],
  ['an import of the package is not declared', 'jwt/parse.ts', "import '#nowhere'", "not among the package's imports"],
])('stages: %s', (_, file, text, complaint) => {
  const path = `packages/core/src/${file}`
  const found = findings({ [path]: text }, 'stages')
  expect(found).toContainEqual(expect.stringContaining(complaint))
  expect(found).toContainEqual(expect.stringContaining(`${path}:1: `))
})

test.each([
  ['a stage calls the global fetch', 'jwt/parse.ts', "fetch('https://a.example')", 'calls fetch'],
  [
    'a stage calls a fetch that it was given',
    'jwt/parse.ts',
    "export const f = (o) => o.fetch('https://a.example')",
    'calls fetch',
  ],
  ['even optionally', 'jwt/parse.ts', "export const f = (o) => o?.['fetch']?.('https://a.example')", 'calls fetch'],
  ['keys call the global fetch', 'keys/load.ts', "fetch('https://a.example')", 'names the global fetch'],
  [
    'keys take the global fetch as a default',
    'keys/load.ts',
    'export const f = (o) => o.load ?? globalThis.fetch',
    'names the global fetch',
  ],
  ['a leaf takes the global fetch', 'lib/load-json.ts', 'export const f = { fetch }', 'names the global fetch'],
  [
    'a leaf for Node names the global fetch',
    'lib/public-fetch-node.ts',
    'export const f = [fetch]',
    'names the global',
  ],
  ['the verifier hands out the global fetch', 'verifier.ts', 'export const f = [fetch]', 'names the global fetch'],
])('network: %s', (_, file, text, complaint) => {
  const path = `packages/core/src/${file}`
  const found = findings({ [path]: text }, 'network')
  expect(found).toContainEqual(expect.stringContaining(`${path}:1: ${complaint}`))
})

test('network: a binding, a type or a member named fetch is not the global one', () => {
  const text =
    'export function f({ fetch, ...rest }: { fetch: typeof globalThis.fetch }) { return [fetch, rest.fetch] }'
  expect(findings({ 'packages/core/src/jwt/parse.ts': text }, 'network')).toEqual([])
})

test('a folder without sources is an error, not a success', () => {
  expect(() => findingsIn(tmpdir())).toThrow('no sources under')
})

test('the command exits with 1 and one line a finding', () => {
  const root = mkdtempSync(join(tmpdir(), 'layers-'))
  try {
    cpSync(tools, join(root, 'tools'), { recursive: true })
    mkdirSync(join(root, 'packages/core/src'), { recursive: true })
    writeFileSync(join(root, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(root, 'packages/core/src/jwt.ts'), "import 'node:fs'\nimport 'node:net'")
    symlinkSync(join(tools, '../node_modules'), join(root, 'node_modules'))
    const { status, stderr } = spawnSync(process.execPath, ['tools/check-layers.js'], { cwd: root, encoding: 'utf8' })
    expect(stderr).toMatch(/^packages.core.src.jwt.ts:1: [^\n]+\npackages.core.src.jwt.ts:2: [^\n]+\n$/)
    expect(status).toBe(1)
  } finally {
    rmSync(root, { recursive: true })
  }
})
