import { defineConfig } from 'vitest/config';

const PACKAGES = ['libs/*/src', 'services/*/src'];

/** Time limits are long enough for a busy machine; a passing test does not wait longer because of them. */
const COMMON = {
  expect: { poll: { timeout: 30_000, interval: 20 } },
  testTimeout: 60_000,
  hookTimeout: 120_000,
};
/** Lanes that compute have one file per core; after them comes the one that mostly waits, for servers and leases. */
const COMPUTES = { maxWorkers: 2, sequence: { groupOrder: 0 } };
const WAITS = { maxWorkers: 3, sequence: { groupOrder: 1 } };

/**
 * What `npm test` runs, in lanes that `--project` chooses:
 *   unit         one process, threads that share their modules: a test changes nothing outside of itself
 *   conformance  the rules of ARCHITECTURE.md, and what is written twice
 *   charts       what the Helm chart renders; files share what they rendered, and one control plane
 *   e2e          the whole system from outside; files share one mesh, or start their own to stop it
 *   integration  beside the sources too: real servers, databases, processes and sockets; one PostgreSQL for the run
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...COMMON,
          ...COMPUTES,
          name: 'unit',
          pool: 'threads',
          isolate: false,
          include: PACKAGES.map(folder => `${folder}/**/*.test.ts`),
          exclude: ['**/*.integration.test.ts'],
        },
      },
      {
        test: {
          ...COMMON,
          ...COMPUTES,
          name: 'conformance',
          include: ['test/src/conformance/**/*.test.ts'],
        },
      },
      {
        test: {
          ...COMMON,
          ...COMPUTES,
          name: 'charts',
          isolate: false,
          include: ['test/src/charts/**/*.test.ts'],
          globalSetup: ['test/src/charts/global-setup.ts'],
        },
      },
      {
        test: {
          ...COMMON,
          ...COMPUTES,
          name: 'e2e',
          include: ['test/src/e2e/**/*.test.ts'],
          globalSetup: ['test/src/e2e/global-setup.ts'],
        },
      },
      {
        test: {
          ...COMMON,
          ...WAITS,
          name: 'integration',
          include: PACKAGES.map(folder => `${folder}/**/*.integration.test.ts`),
          globalSetup: ['libs/testkit/src/global-setup.ts'],
        },
      },
    ],
  },
});
