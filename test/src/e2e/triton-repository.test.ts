import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../mesh/main-job.js';
import { runAthanor, runCommand } from '../mesh/run-athanor.js';
import { openTenant, type TestTenant } from '../mesh/shared-mesh.js';
import { tritonPython } from '../mesh/triton-python.js';
import { writeTritonRepository } from '../mesh/triton-repository.js';

const SCRIPT = fileURLToPath(new URL('../../src/e2e/triton_repository.py', import.meta.url));

// Triton's own Python client, in a virtual environment created once; skipped without Python or a package index.
const python = await tritonPython();

let mesh: TestTenant;

beforeAll(async () => {
  mesh = await openTenant(inject('mesh'), 'triton-repository');
}, 60_000);
afterAll(() => mesh?.close());

describe('a Triton repository of three models with config.pbtxt', () => {
  it('is imported and served by one command', async () => {
    const repository = await writeTritonRepository(join(mesh.folder, 'model_repository'));
    const { code, stdout, stderr } = await runAthanor(['model', 'import-repository', repository], { env: mesh.env });
    expect(code, `${stdout}${stderr}`).toBe(0);
    for (const name of ['classifier', 'simple', 'simple_string'])
      expect(stdout).toMatch(new RegExp(`^${name} +v1 +yes`, 'm'));
    await eventually('all models to be ready', async () => {
      const { models } = await mesh.client.inference.repositoryIndex({ ready: true });
      return models.length === 3;
    });
  });

  // Functions of the script.
  it
    .skipIf(python === undefined)
    .each([
      'describes_models',
      'infers',
      'infers_concurrently_and_in_streams',
      'classifies',
      'counts_statistics',
      'refuses',
      'unloads_and_loads',
    ])('answers an unmodified tritonclient: %s', async check => {
    const args = ['-B', SCRIPT, mesh.addresses.inference, mesh.apiKey, check];
    const { code, stdout, stderr } = await runCommand(python as string, args);
    expect(`${stderr}${stdout}`).toContain('all checks passed');
    expect(code).toBe(0);
  });
});
