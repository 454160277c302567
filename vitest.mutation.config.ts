import { defineConfig } from 'vitest/config'
import { sources } from './vitest.config.js'

const doors = 'test/conformance/two-doors.mutation.ts'

// The folder of core that is being broken: tests that take long and show little else run for it alone.
const of: Record<string, string[]> = {
  '.': [doors],
  requirements: [doors],
  introspection: ['test/introspection/**/*.test.ts', 'test/redis/**/*.test.ts'],
  issuer: ['test/tenants/**/*.test.ts', 'test/issuers/**/*.test.ts'],
}

// The fast tests only: each of them runs once for every mutant that it reaches.
export default defineConfig({
  resolve: { alias: sources('node') },
  test: {
    include: [
      'test/{jwt,token-cache,credential,challenge,requirements,metadata,explain,options,pins,lib,issuer,keys}/**/*.test.ts',
      'test/conformance/{bare-token,paths,requirements,construction}.test.ts',
      ...(of[process.env['MUTATED'] ?? ''] ?? ['test/introspection/request.test.ts', 'test/tenants/templates.test.ts']),
    ],
    // scopes: replaces built-in methods before a module loads, which only a process of its own allows.
    exclude: ['**/*.property.test.ts', 'test/keys/{waiting,promises}.test.ts', 'test/jwt/scopes.test.ts'],
    isolate: false, // a process for each file takes longer than most files
    testTimeout: 60_000, // instrumented, a million tokens take their time
  },
})
