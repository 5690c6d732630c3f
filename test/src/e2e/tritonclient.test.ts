import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createJob, importIdx, referenceSpec, serve, versionOfJob, waitForJob } from '../mesh/main-job.js';
import { writeSmallMnist } from '../mesh/mnist.js';
import { runCommand } from '../mesh/run-athanor.js';
import { openTenant, type TestTenant } from '../mesh/shared-mesh.js';
import { tritonPython } from '../mesh/triton-python.js';

const SCRIPT = fileURLToPath(new URL('../../src/e2e/triton_client.py', import.meta.url));

// Triton's own Python client, in a virtual environment created once; skipped without Python or a package index.
const python = await tritonPython();

describe.skipIf(python === undefined)('an unmodified tritonclient[grpc]', () => {
  let mesh: TestTenant;

  beforeAll(async () => {
    mesh = await openTenant(inject('mesh'), 'triton');
    const data = await writeSmallMnist(join(mesh.folder, 'mnist'), { train: 2_000, test: 200 });
    await importIdx(mesh.client, 'digits', data);
    const { jobId } = await createJob(mesh.client, 'digits', referenceSpec('digits', { epochs: 2 }));
    await waitForJob(mesh.client, jobId);
    await serve(mesh.client, await versionOfJob(mesh.client, jobId));
  }, 120_000);

  afterAll(() => mesh?.close());

  it('finds health, metadata, configuration and statistics, infers, and gets typed errors', async () => {
    const args = [
      '-B',
      SCRIPT,
      mesh.addresses.inference,
      mesh.apiKey,
      join(mesh.folder, 'mnist/t10k-images-idx3-ubyte'),
    ];
    const { code, stdout, stderr } = await runCommand(python as string, args);
    expect(`${stderr}${stdout}`).toContain('all checks passed');
    expect(code).toBe(0);
  }, 60_000);
});
