import { defineConfig } from 'vitest/config';

// `npm run test:gpu`: what needs an NVIDIA GPU and CUDA's libraries beside ONNX Runtime (deploy/images/README.md).
export default defineConfig({
  test: {
    include: ['test/src/gpu/**/*.test.ts'],
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
