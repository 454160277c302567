import { defineConfig } from 'vitest/config'
import { sources } from './vitest.config.js'

// The fast tests only: each of them runs once for every mutant that it reaches.
export default defineConfig({
  resolve: { alias: sources('node') },
  test: {
    include: [
      'test/{jwt,token-cache,credential,challenge,requirements,metadata,explain,options,pins,lib,issuer,keys}/**/*.test.ts',
      'test/conformance/{bare-token,paths,requirements,construction}.test.ts',
    ],
    exclude: ['**/*.property.test.ts', 'test/keys/{waiting,promises}.test.ts'],
    testTimeout: 60_000, // instrumented, a million tokens take their time
  },
})
