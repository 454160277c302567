import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { newestTypeScript, node, root } from '../commands.js'
import { docCommentsOf, readSnippets, snippetsOf } from './snippets.js'

const consumer = inject('consumer')
const snippets = snippetsOf(root)
const modules = snippets.flatMap(({ name, path, code, run }) => [
  { name, path, code },
  ...(run === undefined ? [] : [{ name: `${name}, as run`, ...run }]),
])
let complaints: string[] = []

beforeAll(async () => {
  for (const { path, code } of modules) {
    const file = join(consumer, 'snippets', path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, code)
  }
  await node(consumer, newestTypeScript, '-p', 'tsconfig.snippets.json', '--pretty', 'false').catch((error: Error) => {
    if (!error.message.includes('error TS')) throw error
    complaints = error.message.split('\n')
  })
})

test('the README has a snippet in TypeScript', () => {
  expect(snippets.filter(({ name, path }) => name.startsWith('README.md:') && path.endsWith('.ts'))).not.toEqual([])
})

test('no snippet goes by the name of another', () => {
  expect(new Set(modules.map(({ path }) => path)).size).toBe(modules.length)
})

test('the compiler complains of nothing but snippets', () => {
  const others = complaints.filter((line) => line.includes('error TS') && !line.startsWith('snippets/'))
  expect(others).toEqual([])
})

describe('a reader who pastes a snippet finds that it compiles', () => {
  test.each(modules.map(({ name, path }) => [name, path]))('%s', (_, path) => {
    expect(complaints.filter((line) => line.startsWith(`snippets/${path}(`))).toEqual([])
  })
})

describe('a reader who runs a snippet sees what the page says', () => {
  const runs = snippets.flatMap(({ name, run }) => (run === undefined ? [] : [[name, run.path] as const]))
  test.each(runs)('%s', async (_, path) => {
    const emitted = join('out/snippets', path).replace(/ts$/, 'js')
    await expect(node(consumer, 'harness.mjs', emitted)).resolves.toBeTypeOf('string')
  })
})

describe('how a page is read', () => {
  const page = [
    '<!-- given',
    'const a = 1',
    '-->',
    '```ts title="a.ts"',
    'export default a',
    '```',
    '',
    '- item',
    '',
    '  <!-- continues -->',
    '  <!-- run assert(a) -->',
    '  ```js',
    '  a.b()',
    '    c()',
    '  ```',
    '```sh',
    'ls',
    '```',
  ].join('\n')
  const read = readSnippets('docs/a.md', page)

  test('each block is a snippet, after what is given and what it continues', () => {
    expect(read.map(({ name, path, code }) => ({ name, path, code }))).toEqual([
      { name: 'docs/a.md:4', path: 'docs-a.md/line-4.ts', code: 'const a = 1\n\nexport default a\n\nexport {}\n' },
      {
        name: 'docs/a.md:12',
        path: 'docs-a.md/line-12.js',
        code: 'const a = 1\n\nexport default a\n\na.b()\n  c()\n\nexport {}\n',
      },
    ])
  })

  test('only a block marked so is run, with the assertion after it', () => {
    expect(read[0]?.run).toBeUndefined()
    expect(read[1]?.run?.path).toBe('docs-a.md/line-12.run.js')
    expect(read[1]?.run?.code).toContain('const exported = a')
    expect(read[1]?.run?.code).toContain('c()\nassert(a)')
  })

  test('an example in a doc comment is a snippet, on the line on which it stands', () => {
    const source = [
      'const a = `/* ```ts',
      '```',
      '/**',
      ' * Text.',
      ' * ```ts',
      ' * b(1 * 2)',
      ' *   c()',
      ' * ```',
      ' */',
      'd()',
    ].join('\n')
    expect(readSnippets('a.ts', docCommentsOf(source)).map(({ name, code }) => ({ name, code }))).toEqual([
      { name: 'a.ts:5', code: 'b(1 * 2)\n  c()\n\nexport {}\n' },
    ])
  })
})
