import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A code block of the docs as a module of its own. HTML comments before the block, which readers do not see, say how to
 * make it one:
 *
 *     <!-- given
 *     const token = await issueToken({ issuer: 'https://tenant.auth0.com/', audience: 'https://api.example.com' })
 *     -->                     code that stands before it, for what the page does not show
 *     <!-- continues -->      the block before it on the page stands before it
 *     <!-- file verifier.ts -->   other blocks of the page import it as ./verifier.js
 *     <!-- run
 *     assert.equal((await request('/api/orders')).status, 401)
 *     -->                     it is run as well, with this code after it; what it exports as default is `exported`
 */
export interface Snippet {
  /** `README.md:12`, where the block starts. */
  readonly name: string
  /** The module's path below the folder of all snippets. */
  readonly path: string
  readonly code: string
  /** The module to run, if any. */
  readonly run: { readonly path: string; readonly code: string } | undefined
}

const BLOCK =
  /(?<comments>(?:<!--(?:(?!-->)[^])*-->\s*)*)^(?<indent> *)(?<fence>`{3,})(?<language>ts|typescript|js|javascript)\b[^\n]*\n(?<code>[^]*?)^\k<indent>\k<fence> *$/gm
const COMMENT = /<!--\s*(?<word>given|continues|file|run)\b(?<body>[^]*?)-->/g

export function readSnippets(page: string, markdown: string): Snippet[] {
  const snippets: Snippet[] = []
  let before = ''
  for (const block of markdown.matchAll(BLOCK)) {
    const { comments = '', indent = '', language = '', code: indented = '' } = block.groups ?? {}
    const line = markdown.slice(0, block.index + comments.length).split('\n').length
    const said = new Map(
      [...comments.matchAll(COMMENT)].map(({ groups }) => [groups?.['word'], groups?.['body'] ?? '']),
    )
    const shown = indented.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
    const code = [said.has('continues') ? before : '', said.get('given') ?? '', shown].join('\n').trim()
    const extension =
      language.startsWith('ts') || language === 'typescript' ? 'ts' : /\brequire\(/.test(code) ? 'cjs' : 'js'
    const folder = page.replaceAll('/', '-')
    const path = `${folder}/${said.get('file')?.trim() || `line-${line}.${extension}`}`
    const after = said.get('run')
    snippets.push({
      name: `${page}:${line}`,
      path,
      code: asModule(code, extension),
      run:
        after === undefined
          ? undefined
          : { path: path.replace(/\.\w+$/, '.run$&'), code: asRunnable(code, after, extension) },
    })
    before = code
  }
  return snippets
}

const asModule = (code: string, extension: string): string => (extension === 'cjs' ? code : `${code}\n\nexport {}\n`)

const asRunnable = (code: string, after: string, extension: string): string =>
  asModule(`${code.replace(/^export default /m, 'const exported = ')}\n${after.trim()}`, extension)

/** What stands in doc comments, on the lines on which it stands, so that an `@example` reads like a page. */
export const docCommentsOf = (source: string): string =>
  source
    .replaceAll(/(?<=^|\*\/)(?:(?!\/\*\*)[^])*/g, (code) => code.replaceAll(/[^\n]/g, ''))
    .replaceAll(/^ *(?:\/\*\*|\*\/|\* ?)/gm, '')

/** The pages whose blocks must hold: what a user reads first, what a registry shows, the docs, and what an editor shows. */
export function snippetsOf(root: string): Snippet[] {
  const below = (folder: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`)
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)
  const pages = ['README.md', ...packages.map((folder) => `${folder}/README.md`), ...below('docs')]
  const sources = packages.flatMap((folder) => below(`${folder}/src`))
  const read = (path: string): string => readFileSync(join(root, path), 'utf8')
  return [
    ...pages.filter((path) => path.endsWith('.md') && existsSync(join(root, path))).map((path) => [path, read(path)]),
    ...sources.filter((path) => path.endsWith('.ts')).map((path) => [path, docCommentsOf(read(path))]),
  ].flatMap(([path = '', text = '']) => readSnippets(path, text))
}
