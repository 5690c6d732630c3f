import { defineConfig } from 'vitest/config';

// `npm run test:chaos`: processes killed at named points and at random, one file at a time.
export default defineConfig({
  test: {
    include: ['test/src/chaos/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
    expect: { poll: { timeout: 60_000 } },
  },
});
