// Packs the packages as for a release and fails on anything that would be wrong with them in a registry.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process, { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What a tarball holds beside the compiled sources. */
const EXPECTED = ['LICENSE', 'README.md', 'package.json']

/** @param {string} tarball @param {string} path */
const readFrom = (tarball, path) => execFileSync('tar', ['-xOf', tarball, `package/${path}`], { encoding: 'utf8' })

/** @param {string} tarball @returns {string[]} */
const filesOf = (tarball) =>
  execFileSync('tar', ['-tf', tarball], { encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '' && !path.endsWith('/'))
    .map((path) => path.replace(/^package\//, ''))

/**
 * Each file is expected or compiled from a source that is still there, and each that the manifest promises is there.
 * @param {string} tarball @param {string} folder @param {Manifest} manifest
 */
function wrongFiles(tarball, folder, { exports, imports }) {
  const files = filesOf(tarball)
  const promised = JSON.stringify({ exports, imports }).match(/(?<=")\.\/[^"]+(?=")/g) ?? []
  const needed = [...EXPECTED, ...promised.filter((path) => /\.\w+$/.test(path)).map((path) => path.slice(2))]
  const missing = [...new Set(needed)].filter((path) => !files.includes(path))
  const scripts = files.filter((path) => path.endsWith('.js')).map((path) => readFrom(tarball, path))
  const stray = files.filter((path) => {
    const chunk = /^dist\/(?:node\/)?chunks\/(.+)$/.exec(path)?.[1]
    if (chunk !== undefined) return !scripts.some((script) => script.includes(`/${chunk}"`)) // nobody imports it
    const source = /^dist\/(?:node\/)?(.+?)(?:\.d\.ts|\.js)$/.exec(path)?.[1]
    return source === undefined ? !EXPECTED.includes(path) : !existsSync(join(folder, `src/${source}.ts`))
  })
  return [...missing.map((path) => `${path} is missing`), ...stray.map((path) => `${path} does not belong there`)]
}

/**
 * @typedef {{ name: string, exports?: object, imports?: object, scripts?: object,
 *   dependencies?: object, peerDependencies?: object }} Manifest
 */

/** @param {Manifest} manifest */
function wrongManifest({ dependencies, peerDependencies, scripts }) {
  const ranges = Object.entries({ ...dependencies, ...peerDependencies })
  const local = ranges.filter(([, range]) => /^(workspace|file|link):/.test(range)).map(([name]) => name)
  return [...local.map((name) => `depends on a local ${name}`), ...(scripts === undefined ? [] : ['runs scripts'])]
}

/** What publint has to say, down to suggestions. @param {string} tarball */
async function publintFindings(tarball) {
  const { buffer, byteOffset, byteLength } = readFileSync(tarball)
  const packed = buffer.slice(byteOffset, byteOffset + byteLength)
  const { messages, pkg } = await publint({ pack: { tarball: packed }, strict: true })
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`)
}

/** Whether types and code agree, for ESM consumers and bundlers. @param {string} tarball */
function attwFindings(tarball) {
  const command = [join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js'), tarball]
  const options = ['--profile', 'esm-only', '--no-definitely-typed', '--no-color', '--no-emoji']
  const { status, stdout, stderr } = spawnSync(execPath, [...command, ...options], { encoding: 'utf8' })
  return status === 0 ? [] : [`attw: ${stdout}${stderr}`]
}

const destination = mkdtempSync(join(tmpdir(), 'resource-server-packages-'))
try {
  const packed = execFileSync(execPath, [join(root, 'tools/pack.js'), destination], { encoding: 'utf8' })
  const tarballs = packed.trim().split('\n')
  if (tarballs.length !== 3) throw new Error(`expected three tarballs, got ${tarballs.length}`)
  let failed = false
  for (const tarball of tarballs) {
    /** @type {Manifest} */
    const manifest = JSON.parse(readFrom(tarball, 'package.json'))
    const folder = join(root, 'packages', manifest.name.replace('@resource-server/', ''))
    const findings = [
      ...wrongFiles(tarball, folder, manifest),
      ...wrongManifest(manifest),
      ...(await publintFindings(tarball)),
      ...attwFindings(tarball),
    ]
    console.log(`${manifest.name}: ${findings.length === 0 ? 'fine' : `\n  ${findings.join('\n  ')}`}`)
    failed ||= findings.length > 0
  }
  process.exitCode = failed ? 1 : 0
} finally {
  rmSync(destination, { recursive: true, force: true })
}
