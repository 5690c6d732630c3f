import { defineConfig } from 'vitest/config';

// What `npm test` runs: unit and integration tests beside the sources, then the whole system from outside.
export default defineConfig({
  test: {
    include: [
      'libs/*/src/**/*.test.ts',
      'services/*/src/**/*.test.ts',
      'test/src/conformance/**/*.test.ts',
      'test/src/e2e/**/*.test.ts',
      'test/src/charts/**/*.test.ts',
    ],
    testTimeout: 30_000,
    hookTimeout: 90_000,
    maxWorkers: 2,
  },
});
