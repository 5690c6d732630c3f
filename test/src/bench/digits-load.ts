import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createJob, importIdx, referenceSpec, serve, versionOfJob, waitForJob } from '../mesh/main-job.js';
import { MNIST, writeSmallMnist } from '../mesh/mnist.js';
import type { TestMesh } from '../mesh/test-mesh.js';
import { type Load, prepareLoad } from './h2load.js';

/** Trains and deploys a network on digits, and prepares requests of one image. */
export async function prepareDigits(mesh: TestMesh, home: string): Promise<Load> {
  await trainDigits(mesh, home);
  const images = await readFile(join(MNIST, 't10k-images-idx3-ubyte'));
  const image = { name: 'image', datatype: 'UINT8', shape: [1, 28, 28], bytes: images.subarray(16, 16 + 784) };
  return await prepareLoad(mesh, { home, modelName: 'digits', inputs: [image] });
}

async function trainDigits(mesh: TestMesh, home: string): Promise<void> {
  await importIdx(mesh.client, 'digits', await writeSmallMnist(join(home, 'mnist'), { train: 5_000, test: 500 }));
  const { jobId } = await createJob(mesh.client, 'digits', referenceSpec('digits', { epochs: 1 }));
  await waitForJob(mesh.client, jobId);
  await serve(mesh.client, await versionOfJob(mesh.client, jobId));
}
