import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../mesh/run-athanor.js';
import { ROOT } from '../mesh/test-mesh.js';

it('bug: images could not be built behind a proxy whose authority Node.js was configured to trust', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-image-build-'));
  const ca = join(folder, 'ca.crt');
  const asked = join(folder, 'asked');
  // A stand-in for the engine: records its arguments, and fails.
  const engine = join(folder, 'buildah');
  await writeFile(engine, `#!/bin/sh\necho "$@" >> ${asked}\nexit 1\n`);
  await chmod(engine, 0o755);
  await writeFile(ca, '');
  const build = async (env: Record<string, string>) => {
    await rm(asked, { force: true });
    const script = join(ROOT, 'deploy/images/build.sh');
    const PATH = `${folder}:${process.env.PATH}`;
    await runCommand('bash', [script, '--out', folder, 'control'], {
      env: { ...env, PATH, ENGINE: 'buildah', BUILD_CA: env.BUILD_CA ?? '' },
    });
    return await readFile(asked, 'utf8');
  };
  expect(await build({ NODE_EXTRA_CA_CERTS: ca })).toContain(`--secret id=ca,src=${ca} `);
  expect(await build({ NODE_EXTRA_CA_CERTS: '/other', BUILD_CA: ca })).toContain(`--secret id=ca,src=${ca} `);
  expect(await build({ NODE_EXTRA_CA_CERTS: '' })).not.toContain('--secret');
  await rm(folder, { recursive: true });
});
