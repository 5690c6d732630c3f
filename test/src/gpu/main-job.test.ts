import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { infer } from '@athanor/client';
import type { TrainingJob } from '@athanor/contracts/training';
import { chooseProvider } from '@athanor/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJob, eventually, importIdx, referenceSpec, serve, versionOfJob, waitForJob } from '../mesh/main-job.js';
import { MNIST } from '../mesh/mnist.js';
import { removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';

// The whole workflow with training and inference on an NVIDIA GPU, compared with the CPU of the same machine.

const { problem } = chooseProvider('preferred');
const ROWS = 200;

describe.skipIf(problem !== undefined)(`the main job on a GPU${problem ? ` (skipped: ${problem})` : ''}`, () => {
  let home: string;
  let mesh: TestMesh;

  beforeAll(async () => {
    home = await temporaryHome('gpu');
    mesh = await startMesh({
      home,
      env: { ATHANOR_TRAINING_GPU: 'required', ATHANOR_INFERENCE_GPU: 'required', ATHANOR_TRAINING_LEASE_MS: '60000' },
    });
    await importIdx(mesh.client, 'digits', MNIST);
  }, 120_000);
  afterAll(async () => {
    await mesh?.stop();
    await removeHome(home);
  });

  async function train(modelName: string): Promise<TrainingJob> {
    const { jobId } = await createJob(mesh.client, modelName, referenceSpec('digits'));
    const job = await waitForJob(mesh.client, jobId);
    expect(job.state, job.error?.message).toBe('STATE_SUCCEEDED');
    return job;
  }

  async function secondsOf({ jobId }: TrainingJob): Promise<number[]> {
    const epochs = new Map<number, number>();
    for await (const update of mesh.client.training.watchTrainingJob({ jobId }))
      for (const { epoch, seconds } of update.epochs) epochs.set(epoch, seconds);
    return [...epochs.values()];
  }

  it('trains to the accuracy of the CPU, reports the device, and serves what it evaluated', async () => {
    const job = await train('digits');
    const version = await versionOfJob(mesh.client, job.jobId);
    expect(job.result?.instructionSet).toMatch(/\+cuda:/);
    const accuracy = job.result?.evaluation?.metrics.find(({ name }) => name === 'accuracy')?.value ?? 0;
    expect(accuracy).toBeGreaterThanOrEqual(0.965);
    await serve(mesh.client, version);
    const { config } = await mesh.client.inference.modelConfig({ name: 'digits' });
    expect(config?.instanceGroup[0]?.kind).toBe('KIND_GPU');
    const images = await readFile(join(MNIST, 't10k-images-idx3-ubyte'));
    const labels = await readFile(join(MNIST, 't10k-labels-idx1-ubyte'));
    let right = 0;
    for (let row = 0; row < ROWS; row++) {
      const data = Uint8Array.from(images.subarray(16 + row * 784, 16 + (row + 1) * 784));
      const inputs = [{ name: 'image', datatype: 'UINT8' as const, shape: [1, 28, 28], data }];
      const { outputs } = await infer(mesh.client.inference, { modelName: 'digits', inputs });
      const probabilities = outputs.get('probabilities')!.data as Float32Array;
      if (probabilities.indexOf(Math.max(...probabilities)) === labels[8 + row]) right++;
    }
    expect(right / ROWS).toBeGreaterThan(0.93);
    const seconds = (await secondsOf(job)).map(each => each.toFixed(2)).join(' ');
    process.stdout.write(`${job.result?.instructionSet}: accuracy ${accuracy}, seconds per epoch ${seconds}\n`);
  }, 400_000);

  it('gives the same version twice, or reports that it does not', async () => {
    const digests = [];
    for (const modelName of ['first', 'second'])
      digests.push((await versionOfJob(mesh.client, (await train(modelName)).jobId)).digest);
    process.stdout.write(`two runs on the GPU are ${digests[0] === digests[1] ? '' : 'not '}bit-identical\n`);
    expect(digests).toHaveLength(2);
  }, 800_000);

  it('resumes from its checkpoint after SIGKILL of everything, on the GPU', async () => {
    const { jobId } = await createJob(mesh.client, 'killed', referenceSpec('digits', { checkpointEverySteps: 500 }));
    const progressOf = async () => (await mesh.client.training.getTrainingJob({ jobId })).job?.progress;
    await eventually(
      'two checkpoints',
      async () => Number((await progressOf())?.checkpointStep ?? 0) >= 1_000,
      120_000,
    );
    await mesh.killGroup();
    mesh = await startMesh({
      home,
      portBase: mesh.portBase,
      env: { ATHANOR_TRAINING_GPU: 'required', ATHANOR_INFERENCE_GPU: 'required' },
    });
    const job = await waitForJob(mesh.client, jobId);
    expect(job.state, job.error?.message).toBe('STATE_SUCCEEDED');
    expect(Number(job.attempts.at(-1)?.resumedFromStep)).toBeGreaterThanOrEqual(1_000);
  }, 400_000);
});
