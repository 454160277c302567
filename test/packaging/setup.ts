import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { node, root, run } from './commands.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder outside of the workspace into which npm installed all three tarballs, Express 5 and Fastify. */
    consumer: string
    /** The same with core and the adapter for Express, beside Express 4. */
    consumerExpress4: string
  }
}

/** Packs the packages and installs the tarballs as a user would, once for all tests of the project. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'resource-server-'))
  const packed = await node(root, 'tools/pack.js', folder)
  const tarballs = packed.trim().split('\n')
  const [consumer, consumerExpress4] = await Promise.all([
    install(folder, 'consumer', tarballs),
    install(
      folder,
      'consumer-express4',
      tarballs.filter((path) => !path.includes('fastify')),
    ),
  ])
  project.provide('consumer', consumer)
  project.provide('consumerExpress4', consumerExpress4)
  return () => rm(folder, { recursive: true, force: true })
}

async function install(folder: string, name: string, tarballs: string[]): Promise<string> {
  const consumer = join(folder, name)
  await cp(join(root, 'test/packaging', name), consumer, { recursive: true })
  const manifest = JSON.parse(await readFile(join(consumer, 'package.json'), 'utf8'))
  for (const tarball of tarballs) {
    const [, shortName = ''] = /resource-server-([a-z]+)-/.exec(basename(tarball)) ?? []
    manifest.dependencies[`@resource-server/${shortName}`] = `file:${tarball}`
  }
  await writeFile(join(consumer, 'package.json'), JSON.stringify(manifest, null, 2))
  await run(consumer, 'npm', 'install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund')
  return consumer
}
