import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AthanorClient } from '@athanor/client';
import type { TrainingJob, TrainingSpecInput } from '@athanor/contracts/training';
import { createJob, importIdx, referenceSpec, serve, versionOfJob, waitForJob } from '../mesh/main-job.js';
import { writeSmallMnist } from '../mesh/mnist.js';

// A small version of the whole workflow, repeatable: the same data and spec give the same version.

export const MODEL = 'digits';

export interface Digits {
  /** The first image of the test split. */
  readonly image: Uint8Array<ArrayBuffer>;
}

/** MNIST's first rows as dataset `digits`; importing them again changes nothing. */
export async function importDigits(client: AthanorClient): Promise<Digits> {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-digits-'));
  try {
    await importIdx(client, MODEL, await writeSmallMnist(folder, { train: 3_000, test: 300 }));
    const images = await readFile(join(folder, 't10k-images-idx3-ubyte'));
    return { image: Uint8Array.from(images.subarray(16, 16 + 784)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function trainDigits(
  client: AthanorClient,
  spec: Partial<TrainingSpecInput> = {},
  modelName = MODEL,
): Promise<TrainingJob> {
  const { jobId } = await createJob(client, modelName, referenceSpec(MODEL, { epochs: 2, ...spec }));
  return await waitForJob(client, jobId);
}

/** Makes sure that `digits` is served. */
export async function serveDigits(client: AthanorClient): Promise<Digits> {
  const digits = await importDigits(client);
  const { deployments } = await client.registry.listDeployments({});
  if (deployments.some(({ name, activeVersion }) => name === MODEL && activeVersion > 0)) return digits;
  const { jobId } = await trainDigits(client);
  await serve(client, await versionOfJob(client, jobId));
  return digits;
}
