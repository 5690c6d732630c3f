import { join } from 'node:path';
import { findOnPath, runCommand } from '../command.js';
import { PINNED_VERSION } from '../pins.js';
import type { ServerSource } from '../source.js';
import { installIntoCache } from './cache.js';

const BUILD_TIMEOUT_MS = 600_000;

/** Built from source; the version is pinned, and Go's checksum database verifies the module. */
export function goSource(): ServerSource {
  return {
    name: 'go install',
    async locate({ env, cacheDir, report, signal }) {
      const go = await findOnPath('go', env);
      if (!go) throw new Error('no go on PATH');
      const module = `github.com/nats-io/nats-server/v2@v${PINNED_VERSION}`;
      report(`go install ${module} (about a minute)`);
      return installIntoCache(cacheDir, async scratch => {
        const goEnv = { ...env, GOBIN: scratch, CGO_ENABLED: '0' };
        await runCommand(go, ['install', '-trimpath', module], { env: goEnv, timeoutMs: BUILD_TIMEOUT_MS, signal });
        return join(scratch, 'nats-server');
      });
    },
  };
}
