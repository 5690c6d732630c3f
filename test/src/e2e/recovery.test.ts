import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingJob } from '@athanor/contracts/training';
import { isRunning } from '@athanor/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJob, eventually, importIdx, referenceSpec, versionOfJob, waitForJob } from '../mesh/main-job.js';
import { writeSmallMnist } from '../mesh/mnist.js';
import { removeHome, startMesh, type TestMesh, temporaryHome, waitUntilGone } from '../mesh/test-mesh.js';

// Enough steps that a kill after two checkpoints finds the job in the middle: 6,000 rows, 20 epochs, 3,740 steps.
const SPEC = referenceSpec('digits', { epochs: 60, checkpointEverySteps: 200 });

let home: string;
let data: string;
let reference: TrainingJob;

async function killedAfterTwoCheckpoints(
  kill: (mesh: TestMesh) => Promise<void>,
): Promise<{ mesh: TestMesh; job: TrainingJob }> {
  const mesh = await startMesh({ home });
  const { jobId } = await createJob(mesh.client, 'digits', SPEC);
  await eventually('two checkpoints', async () => {
    const { job } = await mesh.client.training.getTrainingJob({ jobId });
    return (job?.progress?.checkpointStep ?? 0) >= 400 || undefined;
  });
  const { job } = await mesh.client.training.getTrainingJob({ jobId });
  expect(job?.state).toBe('STATE_RUNNING');
  await kill(mesh);
  return { mesh, job: job as TrainingJob };
}

beforeAll(async () => {
  home = await temporaryHome('recovery');
  data = await writeSmallMnist(join(home, 'mnist'), { train: 6_000, test: 500 });
  const mesh = await startMesh({ home });
  await importIdx(mesh.client, 'digits', data);
  const { jobId } = await createJob(mesh.client, 'digits', SPEC);
  reference = await waitForJob(mesh.client, jobId);
  expect(reference.state).toBe('STATE_SUCCEEDED');
  await mesh.stop();
  await waitUntilGone(mesh.state);
}, 120_000);

afterAll(() => removeHome(home));

describe('a job whose mesh is killed', () => {
  it('goes on from its last checkpoint after kill -9 of the whole process group, and ends with the same bits', async () => {
    const killed = await killedAfterTwoCheckpoints(mesh => mesh.killGroup());
    const mesh = await startMesh({ home, portBase: killed.mesh.portBase });
    const job = await waitForJob(mesh.client, killed.job.jobId);
    await mesh.stop();
    expectResumed(job, killed.job);
  }, 120_000);

  it('goes on likewise after kill -9 of the supervisor alone: its children end by themselves', async () => {
    const killed = await killedAfterTwoCheckpoints(mesh => mesh.killSupervisor());
    const mesh = await startMesh({ home, portBase: killed.mesh.portBase });
    for (const identity of Object.values(killed.mesh.state.processes)) expect(isRunning(identity)).toBe(false);
    const job = await waitForJob(mesh.client, killed.job.jobId);
    await mesh.stop();
    expectResumed(job, killed.job);
  }, 120_000);

  it('begins again when its checkpoints are gone, which shows that the tests above can fail', async () => {
    const killed = await killedAfterTwoCheckpoints(mesh => mesh.killGroup());
    await rm(join(home, 'data/blobs/training'), { recursive: true });
    const mesh = await startMesh({ home, portBase: killed.mesh.portBase });
    const job = await waitForJob(mesh.client, killed.job.jobId);
    await mesh.stop();
    expect(job.state).toBe('STATE_SUCCEEDED');
    expect(job.attempts.at(-1)?.resumedFromStep).toBe(0);
  }, 120_000);
});

describe('a mesh that is stopped', () => {
  it('lets a running job checkpoint, and goes on with it at the next up without counting a failure', async () => {
    const killed = await killedAfterTwoCheckpoints(mesh => mesh.stop());
    await waitUntilGone(killed.mesh.state);
    const mesh = await startMesh({ home, portBase: killed.mesh.portBase });
    const job = await waitForJob(mesh.client, killed.job.jobId);
    const version = await versionOfJob(mesh.client, job.jobId);
    await mesh.stop();
    expectResumed(job, killed.job);
    expect(job.attempts.map(attempt => attempt.state)).toEqual(['STATE_FINISHED', 'STATE_FINISHED']);
    // All of the jobs above made the same bytes: one version, and an edge of lineage for each.
    expect(version.version).toBe(1);
    expect(version.jobIds).toHaveLength(5);
  }, 120_000);
});

function expectResumed(job: TrainingJob, killed: TrainingJob): void {
  expect(job.error).toBeNull();
  expect(job.state).toBe('STATE_SUCCEEDED');
  const resumedFrom = job.attempts.at(-1)?.resumedFromStep ?? 0;
  expect(resumedFrom).toBeGreaterThanOrEqual(killed.progress?.checkpointStep ?? 0);
  expect(resumedFrom).toBeGreaterThan(0);
  // Each epoch was reported once, in order: no step ran twice in what was committed.
  expect(job.result?.epochs.map(each => each.epoch)).toEqual(reference.result?.epochs.map(each => each.epoch));
  expect(job.result?.files).toEqual(reference.result?.files);
  expect(job.result?.evaluation?.predictionsDigest).toBe(reference.result?.evaluation?.predictionsDigest);
}
