import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const { imports } = JSON.parse(readFileSync(here('packages/core/package.json'), 'utf8')) as {
  imports: Record<string, Record<'node' | 'default', string>>
}

// The packages are tested as sources, each one module however it is reached: a test and an adapter that import
// `@resource-server/core` share its classes and symbols. The names with `#` are what core's own package.json says they are.
export const sources = (runtime: 'node' | 'default'): Record<string, string> => ({
  '@resource-server/core/https': here('packages/core/src/https.ts'),
  '@resource-server/core/redis': here('packages/core/src/redis.ts'),
  '@resource-server/core': here('packages/core/src/index.ts'),
  '@resource-server/express': here('packages/express/src/index.ts'),
  '@resource-server/fastify': here('packages/fastify/src/index.ts'),
  ...Object.fromEntries(
    Object.entries(imports).map(([name, { [runtime]: file }]) => [
      name,
      here(file.replace('./dist', 'packages/core/src').replace(/js$/, 'ts')),
    ]),
  ),
})

// Some tests wait for the five seconds that a request may wait, and a shared machine may stand still for a while.
const SLOW = 20_000

export default defineConfig({
  test: {
    reporters: ['default', here('tools/plain-reporter.js')],
    passWithNoTests: false,
    maxWorkers: '100%', // half of the tests wait for something, and another one can run meanwhile
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      reporter: ['text', 'html', 'json-summary'],
      reportsDirectory: 'coverage',
      reportOnFailure: true,
      thresholds: { lines: 95, branches: 95 },
    },
    projects: [
      {
        resolve: { alias: sources('node') },
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/types/**', 'test/packaging/**'],
          testTimeout: SLOW,
        },
      },
      {
        // What Workers, Deno and Bun run, where there is no `node:crypto`: the same cases, the other signature check.
        resolve: { alias: sources('default') },
        test: {
          name: 'webcrypto',
          include: ['test/{conformance,jwt,differential,token-cache}/**/*.test.ts'],
          // What is remembered is the same wherever the signature was checked; test/token-cache shows that here too.
          exclude: ['test/conformance/{warmed,without-token-cache}.test.ts'],
          testTimeout: SLOW,
        },
      },
      {
        // Compiled and never run: a wrong type fails, and so does a `@ts-expect-error` with nothing to expect.
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            checker: 'tsc',
            include: ['test/types/**/*.ts'],
            tsconfig: 'test/types/tsconfig.json',
          },
        },
      },
      {
        test: {
          name: 'packaging',
          include: ['test/packaging/**/*.test.ts'],
          globalSetup: ['test/packaging/setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
