import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createAthanorClient } from '@athanor/client';
import type { TrainingJob } from '@athanor/contracts/training';
import { isRunning } from '@athanor/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJob, eventually, importIdx, referenceSpec, versionOfJob, waitForJob } from '../mesh/main-job.js';
import { writeSmallMnist } from '../mesh/mnist.js';
import { removeHome, startMesh, type TestMesh, temporaryHome, waitUntilGone } from '../mesh/test-mesh.js';

// Enough steps that a kill after two checkpoints interrupts the job: 6,000 rows, of which a tenth is for validation, in
// batches of 32 are about 169 steps per epoch, about 4,000 in 24 epochs.
const CHECKPOINT_EVERY_STEPS = 100;
const SPEC = referenceSpec('digits', { epochs: 24, checkpointEverySteps: CHECKPOINT_EVERY_STEPS });

let home: string;
/** What runs now: a test leaves the mesh that it has restarted to the next one. */
let mesh: TestMesh;
let reference: TrainingJob;
let referenceEpochs: readonly number[];

async function epochsOf({ client }: TestMesh, jobId: string): Promise<number[]> {
  const { epochs } = await client.training.listTrainingEpochs({ jobId, pageSize: 1_000 });
  return epochs.map(({ epoch }) => epoch);
}

interface Killed {
  readonly mesh: TestMesh;
  readonly job: TrainingJob;
}

async function killedAfterTwoCheckpoints(kill: () => Promise<void>): Promise<Killed> {
  const { jobId } = await createJob(mesh.client, 'digits', SPEC);
  await eventually('two checkpoints', async () => {
    const { job } = await mesh.client.training.getTrainingJob({ jobId });
    return (job?.progress?.checkpointStep ?? 0) >= 2 * CHECKPOINT_EVERY_STEPS || undefined;
  });
  const { job } = await mesh.client.training.getTrainingJob({ jobId });
  expect(job?.state).toBe('STATE_RUNNING');
  await kill();
  return { mesh, job: job as TrainingJob };
}

interface Restarted {
  readonly job: TrainingJob;
  /** The first progress that the new attempt reported. */
  readonly firstStep: number;
  readonly epochs: readonly number[];
}

/** Restarts the mesh and follows the job before the mesh is ready, since the job does not wait for that. */
async function restarted({ mesh: before, job: killed }: Killed): Promise<Restarted> {
  const client = createAthanorClient({ addresses: before.state.addresses, apiKey: before.apiKey });
  const first = eventually(
    'the first progress of the new attempt',
    async () => {
      const { job } = await client.training.getTrainingJob({ jobId: killed.jobId }, { timeoutMs: 1_000 });
      const isNew = (job?.attempts.length ?? 0) > killed.attempts.length;
      // The phase and the progress of an attempt's first steps are written together.
      return isNew && job?.state === 'STATE_RUNNING' && job.phase === 'TRAINING' && job.progress?.step;
    },
    60_000,
    2,
  );
  const [started, firstStep] = await Promise.all([startMesh({ home, portBase: before.portBase }), first]);
  mesh = started;
  client.close();
  const job = await waitForJob(mesh.client, killed.jobId);
  return { firstStep, job, epochs: await epochsOf(mesh, killed.jobId) };
}

beforeAll(async () => {
  home = await temporaryHome('recovery');
  const data = await writeSmallMnist(join(home, 'mnist'), { train: 6_000, test: 500 });
  mesh = await startMesh({ home });
  await importIdx(mesh.client, 'digits', data);
  const { jobId } = await createJob(mesh.client, 'digits', SPEC);
  reference = await waitForJob(mesh.client, jobId);
  expect(reference.state).toBe('STATE_SUCCEEDED');
  referenceEpochs = await epochsOf(mesh, jobId);
}, 120_000);

afterAll(async () => {
  await mesh?.stop();
  await removeHome(home);
});

describe('a job whose mesh is killed', () => {
  it('resumes from its last checkpoint after SIGKILL of the whole process group, with a bit-identical result', async () => {
    const killed = await killedAfterTwoCheckpoints(() => mesh.killGroup());
    expectResumed(await restarted(killed), killed.job);
  }, 120_000);

  it('resumes likewise after SIGKILL of the supervisor alone, whose children exit by themselves', async () => {
    const killed = await killedAfterTwoCheckpoints(() => mesh.killSupervisor());
    const resumed = await restarted(killed);
    for (const identity of Object.values(killed.mesh.state.processes)) expect(isRunning(identity)).toBe(false);
    expectResumed(resumed, killed.job);
  }, 120_000);

  it('starts over if its checkpoints are missing, so the tests above can fail', async () => {
    const killed = await killedAfterTwoCheckpoints(() => mesh.killGroup());
    await rm(join(home, 'data/blobs/training'), { recursive: true });
    const { job, firstStep } = await restarted(killed);
    expect(job.state).toBe('STATE_SUCCEEDED');
    expect(job.attempts.at(-1)?.resumedFromStep).toBe(0);
    expect(firstStep).toBeLessThan(killed.job.progress?.checkpointStep ?? 0);
  }, 120_000);
});

describe('a mesh that is stopped', () => {
  it('lets a running job write a checkpoint, and resumes it at the next up without counting a failure', async () => {
    const killed = await killedAfterTwoCheckpoints(() => mesh.stop());
    await waitUntilGone(killed.mesh.state);
    const resumed = await restarted(killed);
    const { job } = resumed;
    const version = await versionOfJob(mesh.client, job.jobId);
    expectResumed(resumed, killed.job);
    expect(job.attempts.map(attempt => attempt.state)).toEqual(['STATE_FINISHED', 'STATE_FINISHED']);
    // All of the jobs above have the same result: one version, and a lineage edge for each.
    expect(version.version).toBe(1);
    expect(version.jobIds).toHaveLength(5);
  }, 120_000);
});

function expectResumed({ job, firstStep, epochs }: Restarted, killed: TrainingJob): void {
  expect(job.error).toBeNull();
  expect(job.state).toBe('STATE_SUCCEEDED');
  const resumedFrom = job.attempts.at(-1)?.resumedFromStep ?? 0;
  expect(resumedFrom).toBeGreaterThanOrEqual(killed.progress?.checkpointStep ?? 0);
  expect(resumedFrom).toBeGreaterThan(0);
  // What the runner did, not only what it was asked to do.
  expect(firstStep).toBeGreaterThan(resumedFrom);
  // Each epoch was reported once, in order: no committed step ran twice.
  expect(epochs).toEqual(referenceEpochs);
  expect(job.result?.files).toEqual(reference.result?.files);
  expect(job.result?.evaluation?.predictionsDigest).toBe(reference.result?.evaluation?.predictionsDigest);
}
