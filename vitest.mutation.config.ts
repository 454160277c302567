import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { sources } from './vitest.config.js'

const broken = process.env['MUTATED'] ?? '' // the folder of core that is being broken
const doors = 'test/conformance/two-doors.mutation.ts'

// Tests that take long and show little else run for the folder that they are about.
const of: Record<string, string[]> = {
  '.': [doors],
  requirements: [doors],
  introspection: ['test/introspection/**/*.test.ts', 'test/redis/**/*.test.ts'],
  issuer: ['test/tenants/**/*.test.ts', 'test/issuers/**/*.test.ts'],
}

/** Those that are about the folder come first, since the first failure ends a run; those that take seconds come last. */
class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const distance = ({ moduleId }: TestSpecification): number => {
      if (moduleId.includes(`/test/${broken}/`)) return 0
      return /\/test\/(?:token-cache|pins|conformance|tenants|introspection)\//.test(moduleId) ? 2 : 1
    }
    return files.toSorted((one, other) => distance(one) - distance(other))
  }
}

// The fast tests only: each of them runs once for every mutant that it reaches.
export default defineConfig({
  resolve: { alias: sources('node') },
  test: {
    include: [
      'test/{jwt,token-cache,credential,challenge,requirements,metadata,explain,options,pins,lib,issuer,keys}/**/*.test.ts',
      'test/conformance/{bare-token,paths,requirements,construction}.test.ts',
      ...(of[broken] ?? ['test/introspection/request.test.ts', 'test/tenants/templates.test.ts']),
    ],
    // scopes: replaces built-in methods before a module loads, which only a process of its own allows.
    exclude: ['**/*.property.test.ts', 'test/keys/{waiting,promises}.test.ts', 'test/jwt/scopes.test.ts'],
    sequence: { sequencer: NearestFirst },
    isolate: false, // a process for each file takes longer than most files
    testTimeout: 60_000, // instrumented, a million tokens take their time
  },
})
