import { defineConfig } from 'vitest/config';

// The mesh on the cluster of KUBECONFIG: libs/setup/run.mjs cluster gives it one. One file after the other.
export default defineConfig({
  test: {
    include: ['test/src/cluster/**/*.test.ts'],
    globalSetup: ['test/src/cluster/global-setup.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
