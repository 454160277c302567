// Which way imports point, and who may use the network: first the rules, then how they are checked.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { parseSync } from 'oxc-parser'

/** What each package may import from outside of itself. `only` names the one file that may. */
const PACKAGES = {
  'packages/core/src': [
    { name: /^jose\/.+/ },
    { name: /^jose$/, typeOnly: true },
    { name: /^node:crypto$/, only: 'lib/signature-node.ts' },
    { name: /^node:(async_hooks|os|timers)$/, only: 'lib/fair-share.ts' },
    { name: /^node:(dns|https)$/, only: 'lib/public-fetch-node.ts' },
    { name: /^node:net$/, only: 'lib/public-fetch-node.ts', typeOnly: true },
    { name: /^node:https$/, only: 'lib/https-fetch.ts' },
    { name: /^node:http$/, only: 'lib/https-fetch.ts', typeOnly: true },
  ],
  'packages/express/src': [{ name: /^@resource-server\/core$/ }, { name: /^node:http$/, typeOnly: true }],
  'packages/fastify/src': [{ name: /^@resource-server\/core$/ }, { name: /^fastify$/ }, { name: /^fastify-plugin$/ }],
}

const CORE = 'packages/core/src'

/** Leaves that know nothing of OAuth: they import one another and nothing else of ours. */
const LEAVES = 'lib'

/** The words that all stages share. They import leaves and one another, and of the stages only types. */
const VOCABULARY = [
  'claim-requirement',
  'access-token',
  'algorithm',
  'authenticate-eagerly',
  'authentication-error',
  'events',
  'explain',
  'failure',
  'invalid-option',
  'options',
  'request',
  'token-kind',
  'verified-token',
  'verifier-contract',
]

/**
 * Each imports types of those before it, and functions of none: what a stage needs is handed to it. A stage is a folder,
 * or a file as long as it has only one.
 */
const STAGES = [
  'credential',
  'jwt',
  'keys',
  'introspection',
  'issuer',
  'confirmation',
  'revocation',
  'requirements',
  'challenge',
  'metadata',
  'redis-store',
]

/** Put stages together, for the verifier. All others may name their types. */
const ASSEMBLERS = ['check-options', 'create-introspection', 'create-trusted-issuers']
const VERIFIER = 'verifier'
/** What users import: each only lists names. */
const SURFACES = ['index', 'https', 'redis']

/** Where `fetch` may be called, and the files that may name the global one: as a default, and behind a check. */
const NETWORK = {
  callers: ['keys', 'issuer', 'introspection', LEAVES],
  globals: ['check-options.ts', 'lib/public-fetch-elsewhere.ts'],
}

/**
 * @typedef {{ file: string, line: number, specifier: string, typeOnly: boolean }} Import
 * @typedef {{ file: string, line: number, message: string }} Finding
 * @typedef {{ path: string, line: (offset: number) => number, program: Node }} Source
 * @typedef {{ type: string, start: number, [key: string]: any }} Node
 */

/** @param {string} root @param {string} folder @returns {Source[]} */
function readSources(root, folder) {
  const start = join(root, folder)
  if (!existsSync(start)) return []
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?tsx?$/.test(entry.name))
    .map((entry) => relative(start, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .toSorted()
    .map((path) => {
      const text = readFileSync(join(start, path), 'utf8')
      const { program, errors } = parseSync(path, text)
      if (errors.length > 0) throw new SyntaxError(`${folder}/${path}: ${errors[0]?.message}`)
      return { path, line: (offset) => text.slice(0, offset).split('\n').length, program }
    })
}

/**
 * @typedef {{ node: Node, key: string }} Place a node and the member of it that leads on
 * @param {Node} node
 * @param {(node: Node, parent: Place | undefined, grandparent: Place | undefined) => void} visit
 * @param {Place} [parent]
 * @param {Place} [grandparent]
 */
function walk(node, visit, parent, grandparent) {
  visit(node, parent, grandparent)
  for (const [key, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === 'string') walk(child, visit, { node, key }, parent)
    }
  }
}

/** Every edge out of a file, whatever its syntax. @param {Source} source @returns {Import[]} */
function importsOf({ path, line, program }) {
  /** @type {Import[]} */
  const imports = []
  walk(program, (node) => {
    const add = (/** @type {Node} */ from, /** @type {boolean} */ typeOnly) =>
      imports.push({
        file: path,
        line: line(node.start),
        specifier: from.type === 'Literal' ? String(from['value']) : '(computed)',
        typeOnly,
      })
    // `import { type A }` keeps the import at run time; only `import type` leaves nothing behind.
    if (node.type === 'ImportDeclaration') add(node['source'], node['importKind'] === 'type')
    if (node.type === 'ExportNamedDeclaration' && node['source']) add(node['source'], node['exportKind'] === 'type')
    if (node.type === 'ExportAllDeclaration') add(node['source'], node['exportKind'] === 'type')
    if (node.type === 'ImportExpression') add(node['source'], false)
    if (node.type === 'TSImportType') add(node['source'], true)
    if (node.type === 'TSExternalModuleReference') add(node['expression'], false)
    if (node.type === 'CallExpression' && node['callee'].name === 'require') add(node['arguments'][0] ?? node, false)
  })
  return imports
}

/** @param {Source[]} sources @param {keyof typeof PACKAGES} folder @returns {Finding[]} */
function wrongPackages(sources, folder) {
  return sources
    .flatMap(importsOf)
    .filter(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('#'))
    .filter(
      ({ file, specifier, typeOnly }) =>
        !PACKAGES[folder].some(
          (allowed) =>
            allowed.name.test(specifier) &&
            (!('only' in allowed) || allowed.only === file) &&
            (!('typeOnly' in allowed) || typeOnly),
        ),
    )
    .map(({ file, line, specifier }) => ({ file, line, message: `imports ${specifier}, which is not for this file` }))
}

/** `keys/load.ts` is in the room `keys`, and so is `keys.ts`. @param {string} file */
const roomOf = (file) => file.replace(/\.ts$/, '').split('/')[0] ?? file

/** @param {string} room */
const isKnown = (room) => [LEAVES, VERIFIER, ...SURFACES, ...ASSEMBLERS, ...VOCABULARY, ...STAGES].includes(room)

/**
 * Why `from` may not import `to`, if so.
 * @param {string} from @param {string} to @param {boolean} typeOnly @returns {string | undefined}
 */
function wrongEdge(from, to, typeOnly) {
  if (from === to && !SURFACES.includes(from)) return undefined
  if (SURFACES.includes(to)) return 'the public surface is for users'
  if (to === VERIFIER) return SURFACES.includes(from) ? undefined : 'only the public surface imports the verifier'
  if (SURFACES.includes(from) || from === VERIFIER) return undefined
  if (from === LEAVES) return `${LEAVES}/ imports only ${LEAVES}/`
  if (to === LEAVES || VOCABULARY.includes(to)) return undefined
  if (ASSEMBLERS.includes(from)) return undefined
  if (ASSEMBLERS.includes(to)) return typeOnly ? undefined : 'of what puts the stages together, only `import type`'
  if (!typeOnly) return 'of another stage, only `import type`'
  if (VOCABULARY.includes(from)) return undefined
  return STAGES.indexOf(to) < STAGES.indexOf(from)
    ? undefined
    : 'a stage imports the types of an earlier one, not a later'
}

/** @param {Source[]} sources @param {string} root @returns {Finding[]} */
function wrongStages(sources, root) {
  /** @type {Finding[]} */
  const findings = []
  const files = new Set(sources.map(({ path }) => path))
  const internal = internalImports(root)
  for (const source of sources) {
    const from = roomOf(source.path)
    if (!isKnown(from)) findings.push({ file: source.path, line: 1, message: 'has no place in the order of the rooms' })
    for (const { file, line, specifier, typeOnly } of importsOf(source)) {
      const targets = internal[specifier] ?? (specifier.startsWith('.') ? [specifier] : [])
      for (const target of targets) {
        const to = specifier.startsWith('.') ? join(dirname(file), target).split(sep).join('/') : target
        const path = to.replace(/\.js$/, '.ts')
        const reason = files.has(path) ? wrongEdge(from, roomOf(path), typeOnly) : 'there is no such source file'
        if (reason !== undefined) findings.push({ file, line, message: `imports ${specifier}: ${reason}` })
      }
      if (specifier.startsWith('#') && targets.length === 0) {
        findings.push({ file, line, message: `imports ${specifier}: not among the package's imports` })
      }
    }
    if (SURFACES.includes(from) && source.path === `${from}.ts`) findings.push(...wrongSurface(source))
  }
  return findings
}

/** What the `#names` of core's package.json stand for, as source files. @param {string} root @returns {Record<string, string[]>} */
function internalImports(root) {
  const manifest = join(root, CORE, '../package.json')
  if (!existsSync(manifest)) return {}
  const { imports = {} } = JSON.parse(readFileSync(manifest, 'utf8'))
  return Object.fromEntries(
    Object.entries(imports).map(([name, conditions]) => [
      name,
      [...new Set(Object.values(conditions).filter((path) => path.endsWith('.js')))].map((path) =>
        path.replace('./dist/', ''),
      ),
    ]),
  )
}

/** The public surface lists its names by hand and holds nothing else. @param {Source} source @returns {Finding[]} */
function wrongSurface({ path, line, program }) {
  const isList = (/** @type {Node} */ node) => node.type === 'ExportNamedDeclaration' && !node['declaration']
  return program['body']
    .filter((/** @type {Node} */ node) => !isList(node))
    .map((/** @type {Node} */ node) => ({
      file: path,
      line: line(node.start),
      message: 'the public surface holds only lists of names, `export { … } from`',
    }))
}

/** @param {Source[]} sources @returns {Finding[]} */
function wrongNetwork(sources) {
  return sources.flatMap(({ path, line, program }) => {
    /** @type {Finding[]} */
    const findings = []
    const mayCall = NETWORK.callers.includes(roomOf(path)) || NETWORK.globals.includes(path)
    let bound = false
    walk(program, (node, parent, grandparent) => {
      if (node.type === 'Identifier' && node['name'] === 'fetch' && isBinding(parent, grandparent)) bound = true
    })
    walk(program, (node, parent) => {
      const called = node.type === 'CallExpression' ? node['callee'] : undefined
      if (nameOf(called) === 'fetch' && !mayCall) {
        findings.push({ file: path, line: line(node.start), message: 'calls fetch, which is not for this room' })
      }
      const isGlobal =
        (!bound && node.type === 'Identifier' && node['name'] === 'fetch' && isReference(parent)) ||
        (node.type === 'MemberExpression' &&
          ['globalThis', 'self', 'window'].includes(node['object'].name) &&
          nameOf(node) === 'fetch')
      if (isGlobal && !NETWORK.globals.includes(path)) {
        findings.push({
          file: path,
          line: line(node.start),
          message: 'names the global fetch instead of receiving one',
        })
      }
    })
    return findings
  })
}

/** `fetch`, `x.fetch` and `x['fetch']`. @param {Node | undefined} node @returns {string | undefined} */
function nameOf(node) {
  if (node?.type === 'ChainExpression' || node?.type === 'ParenthesizedExpression') return nameOf(node['expression'])
  if (node?.type === 'MemberExpression') return node['property'].name ?? node['property'].value
  return node?.type === 'Identifier' ? node['name'] : undefined
}

/** Does the identifier at this place make a new name? @param {Place} [parent] @param {Place} [grandparent] */
function isBinding(parent, grandparent) {
  if (parent === undefined) return false
  const { node, key } = parent
  if (node.type === 'Property') return key === 'value' && grandparent?.node.type === 'ObjectPattern'
  if (/Function/.test(node.type)) return key === 'params'
  if (node.type === 'VariableDeclarator') return key === 'id'
  if (node.type === 'AssignmentPattern') return key === 'left'
  return /^Import\w*Specifier$/.test(node.type) && key === 'local'
}

/** Does the identifier at this place stand for a value? @param {Place} [parent] */
function isReference(parent) {
  if (parent === undefined || parent.node.type.startsWith('TS')) return false
  const { node, key } = parent
  if (node.type === 'MemberExpression') return key === 'object' || node['computed'] === true
  if (/^(Property|PropertyDefinition|MethodDefinition)$/.test(node.type)) return key === 'value'
  return !/^(Import|Export)\w*Specifier$/.test(node.type)
}

/** @type {Record<string, (root: string) => Finding[]>} */
const CLAIMS = {
  packages: (root) =>
    /** @type {Array<keyof typeof PACKAGES>} */ (Object.keys(PACKAGES)).flatMap((folder) =>
      at(folder, wrongPackages(readSources(root, folder), folder)),
    ),
  stages: (root) => at(CORE, wrongStages(readSources(root, CORE), root)),
  network: (root) => at(CORE, wrongNetwork(readSources(root, CORE))),
}

/** @param {string} folder @param {Finding[]} findings @returns {Finding[]} */
const at = (folder, findings) => findings.map((finding) => ({ ...finding, file: `${folder}/${finding.file}` }))

/**
 * What is wrong below a folder that is laid out as this workspace.
 * @param {string} root @param {string[]} [claims] @returns {string[]}
 */
export function findingsIn(root, claims = Object.keys(CLAIMS)) {
  if (readSources(root, CORE).length === 0) throw new Error(`no sources under ${join(root, CORE)}`)
  return claims
    .flatMap((claim) => {
      const check = CLAIMS[claim]
      if (check === undefined) throw new RangeError(`no such claim: ${claim}`)
      return check(root)
    })
    .map(({ file, line, message }) => `${file}:${line}: ${message}`)
}
