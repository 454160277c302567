import { defineConfig } from 'vitest/config'
import { sources } from './vitest.config.js'

/**
 * For each folder of core the tests that are about it. A mutant runs all of them that reach it, one after the other,
 * until one fails: with every test of every folder that would take days.
 */
const about: Record<string, string[]> = {
  '.': [
    'test/{credential,challenge,explain,metadata,pins,requirements,options,redis}/**/*.test.ts',
    'test/jwt/access-token.test.ts',
    'test/adapters/{node-request,many-field-lines}.test.ts',
    'test/{token-cache/eagerly,token-cache/token-cache,issuer/readiness}.test.ts',
    'test/introspection/{request,told}.test.ts',
    'test/conformance/{bare-token.test,construction.test,two-doors.mutation}.ts',
  ],
  'check-options': ['test/{options,pins}/**/*.test.ts', 'test/conformance/{construction,introspection}.test.ts'],
  introspection: [
    'test/{introspection,redis}/**/*.test.ts',
    'test/options/introspection.test.ts',
    'test/conformance/bare-token.test.ts',
  ],
  issuer: ['test/{issuer,issuers,tenants}/**/*.test.ts', 'test/conformance/bare-token.test.ts'],
  jwt: ['test/{jwt,token-cache}/**/*.test.ts', 'test/conformance/bare-token.test.ts'],
  keys: ['test/keys/**/*.test.ts', 'test/conformance/bare-token.test.ts'],
  lib: ['test/{lib,jwt,keys,issuer,metadata}/**/*.test.ts', 'test/introspection/request.test.ts'],
  options: ['test/{options,pins}/**/*.test.ts', 'test/conformance/construction.test.ts'],
  requirements: ['test/{requirements,options,explain}/**/*.test.ts', 'test/conformance/two-doors.mutation.ts'],
}

export default defineConfig({
  resolve: { alias: sources('node') },
  test: {
    include: about[process.env['MUTATED'] ?? '.'] ?? [],
    // Properties and storms take too long to run a thousand times. `scopes` replaces built-in methods before a module
    // loads, which only a process of its own allows.
    exclude: ['**/*.property.test.ts', 'test/keys/{waiting,promises}.test.ts', 'test/jwt/scopes.test.ts'],
    isolate: false, // a process for each file takes longer than most files
    testTimeout: 60_000, // instrumented, a million tokens take their time
  },
})
