import { defineConfig } from 'vitest/config';

/** How long `expect.poll` waits: as long as a busy machine may need. A test that passes does not wait for it. */
const expectOptions = { poll: { timeout: 30_000, interval: 20 } };
const MORE: Record<string, object> = {
  // What one file has rendered, others use.
  charts: { isolate: false, globalSetup: ['test/src/charts/global-setup.ts'] },
  e2e: { globalSetup: ['test/src/e2e/global-setup.ts'] },
};
const PACKAGES = ['libs/*/src', 'services/*/src'];

/**
 * What `npm test` runs, in lanes that `--project` chooses:
 *   unit         one process, threads that share their modules: a test changes nothing outside of itself
 *   integration  beside the sources too: real servers, databases, processes and sockets
 *   conformance  the rules of ARCHITECTURE.md, and what is written twice
 *   charts       what the Helm chart renders
 *   e2e          the whole system from outside
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: PACKAGES.map(folder => `${folder}/**/*.test.ts`),
          exclude: ['**/*.integration.test.ts'],
          pool: 'threads',
          isolate: false,
          expect: expectOptions,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: PACKAGES.map(folder => `${folder}/**/*.integration.test.ts`),
          globalSetup: ['libs/testkit/src/global-setup.ts'],
          expect: expectOptions,
          testTimeout: 60_000,
          hookTimeout: 90_000,
        },
      },
      ...['conformance', 'charts', 'e2e'].map(name => ({
        test: {
          name,
          include: [`test/src/${name}/**/*.test.ts`],
          ...MORE[name],
          expect: expectOptions,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      })),
    ],
  },
});
