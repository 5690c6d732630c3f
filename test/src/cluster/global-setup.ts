import { unavailable } from './cluster.js';
import { installParts } from './parts.js';
import { deploy } from './release.js';

/** The servers and the release, once for all files. Each file reverts its changes. */
export async function setup({ provide }: { provide(key: 'installSeconds', value: number): void }): Promise<void> {
  if (unavailable !== undefined) return;
  const begun = performance.now();
  await installParts();
  const parts = performance.now();
  await deploy();
  const seconds = (performance.now() - parts) / 1000;
  process.stdout.write(
    `NATS, PostgreSQL and S3 in ${((parts - begun) / 1000).toFixed(1)} s, the release in ${seconds.toFixed(1)} s\n`,
  );
  provide('installSeconds', seconds);
}

declare module 'vitest' {
  interface ProvidedContext {
    installSeconds: number;
  }
}
