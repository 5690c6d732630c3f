import type { AthanorClient } from '@athanor/client';
import type { TrainingJob, TrainingSpecInput } from '@athanor/contracts/training';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { component, createJob, eventually, referenceSpec, versionOfJob, waitForJob } from '../mesh/main-job.js';
import { listNodes, NAMESPACE, TEST_BED_STATE, unavailable } from './cluster.js';
import { importDigits, MODEL, trainDigits } from './digits.js';
import { freshRelease } from './fresh-release.js';
import { kubectl, list, type ObjectStatus } from './kubectl.js';
import { disconnectNode, killInPod } from './nodes.js';
import { connectTo, deploy, readExternalAccess } from './release.js';

const nodes = unavailable === undefined ? await listNodes() : [];
const twoNodes = nodes.length >= 2;
const bed = TEST_BED_STATE === undefined ? 'nodes can be disconnected on the test bed only' : undefined;

describe.skipIf(unavailable !== undefined)(
  `training attempts in pods${unavailable ? ` (skipped: ${unavailable})` : ''}`,
  () => {
    let client: AthanorClient;
    /** The result of an uninterrupted run. */
    let reference: string;
    const long = { epochs: 30, checkpointEverySteps: 100 };

    beforeAll(async () => {
      await freshRelease();
      client = connectTo(await readExternalAccess());
      await importDigits(client);
      const { jobId } = await trainDigits(client, long, 'reference');
      reference = (await versionOfJob(client, jobId)).digest;
    }, 300_000);
    afterAll(() => client?.close());

    async function begin(modelName: string, spec: Partial<TrainingSpecInput> = long): Promise<TrainingJob> {
      return await createJob(client, modelName, referenceSpec(MODEL, spec));
    }

    async function jobOf(jobId: string): Promise<TrainingJob> {
      return (await client.training.getTrainingJob({ jobId })).job as TrainingJob;
    }

    /** The pod of a job's attempt, once the given number of checkpoints is committed. */
    async function podAfter(jobId: string, checkpoints: number): Promise<ObjectStatus> {
      await eventually(
        `${checkpoints} checkpoints of ${jobId}`,
        async () => Number((await jobOf(jobId)).progress?.checkpointStep ?? 0) >= checkpoints * 100,
        120_000,
      );
      const pods = await list('pods', { namespace: NAMESPACE, selector: `athanor.dev/job=${jobId}` });
      return pods.find(({ status }) => status.phase === 'Running')!;
    }

    async function finish(jobId: string): Promise<TrainingJob> {
      await waitForJob(client, jobId);
      const job = await jobOf(jobId);
      expect(job.state, job.error?.message).toBe('STATE_SUCCEEDED');
      return job;
    }

    function expectResumed(job: TrainingJob): void {
      const last = job.attempts.at(-1)!;
      expect(job.attempts.length).toBeGreaterThan(1);
      expect(Number(last.resumedFromStep)).toBeGreaterThanOrEqual(200);
    }

    it('kill -9 after two checkpoints: another pod resumes from there, on the other node, with a bit-identical result', async () => {
      const { jobId } = await begin('killed');
      const pod = await podAfter(jobId, 2);
      if (twoNodes) await kubectl('cordon', pod.spec.nodeName!);
      try {
        await killInPod(pod);
        const job = await finish(jobId);
        expectResumed(job);
        expect(job.transitions.map(({ reason }) => reason)).toContain('ProcessEnded');
        if (twoNodes) {
          const pods = await list('pods', { namespace: NAMESPACE, selector: `athanor.dev/job=${jobId}` });
          expect(pods.some(({ spec }) => spec.nodeName !== pod.spec.nodeName)).toBe(true);
        }
        expect((await versionOfJob(client, jobId)).digest).toBe(reference);
      } finally {
        if (twoNodes) await kubectl('uncordon', pod.spec.nodeName!);
      }
    }, 300_000);

    it('a deleted pod writes a checkpoint first, and the job records why it was moved', async () => {
      const { jobId } = await begin('deleted');
      const pod = await podAfter(jobId, 1);
      await kubectl('--namespace', NAMESPACE, 'delete', 'pod', pod.metadata.name, '--wait=false');
      const job = await finish(jobId);
      expect(job.attempts.length).toBeGreaterThan(1);
      expect(job.transitions.map(({ reason }) => reason)).toContain('Stopped');
      expect((await versionOfJob(client, jobId)).digest).toBe(reference);
    }, 300_000);

    it('a Job that is deleted, and one that is out of memory, are recorded by the job with their reason', async () => {
      const { jobId } = await begin('gone');
      const pod = await podAfter(jobId, 1);
      await kubectl('--namespace', NAMESPACE, 'delete', 'job', pod.metadata.labels!['job-name']!, '--cascade=orphan');
      // While its pod runs, an attempt may continue without its Job.
      await killInPod(pod);
      await eventually(
        'the reason',
        async () => (await jobOf(jobId)).transitions.some(({ reason }) => reason === 'JobGone'),
        60_000,
      );
      await client.training.cancelTrainingJob({ jobId });
      await kubectl('--namespace', NAMESPACE, 'delete', 'pod', pod.metadata.name, '--ignore-not-found');
      await deploy({
        'training.job.resources': { requests: { cpu: '50m', memory: '32Mi' }, limits: { memory: '256Mi' } },
      });
      // One layer alone has 64 million weights of four bytes.
      const starved = await begin('starved', { ...long, model: component('mlp', { hidden: [8192, 8192] }) });
      await eventually(
        'OOMKilled',
        async () => (await jobOf(starved.jobId)).transitions.some(({ reason }) => reason === 'OOMKilled'),
        120_000,
      );
      await client.training.cancelTrainingJob({ jobId: starved.jobId });
    }, 400_000);

    it("a pod without capacity waits, and the job records the scheduler's message", async () => {
      await deploy({
        'training.job.resources': { requests: { cpu: '900', memory: '64Mi' }, limits: { memory: '1Gi' } },
      });
      try {
        const { jobId } = await begin('large');
        const waiting = await eventually(
          'the reason',
          async () => (await jobOf(jobId)).transitions.find(({ reason }) => reason === 'Unschedulable'),
          60_000,
        );
        expect(waiting.message).toMatch(/no node can run its pod: .*Insufficient cpu/);
        expect((await jobOf(jobId)).state).toBe('STATE_PENDING');
        await client.training.cancelTrainingJob({ jobId });
        await eventually('the end', async () => (await jobOf(jobId)).state === 'STATE_CANCELLED', 60_000);
      } finally {
        await deploy();
      }
    }, 300_000);

    it.skipIf(bed !== undefined || !twoNodes)(
      `a node that stops answering: the attempt continues on another one${bed ? ` (skipped: ${bed})` : ''}`,
      async () => {
        const far = nodes.at(-1)!.name;
        const near = nodes[0]!.name;
        await kubectl('cordon', near);
        const { jobId } = await begin('lost');
        const pod = await podAfter(jobId, 2).finally(() => kubectl('uncordon', near));
        expect(pod.spec.nodeName).toBe(far);
        const reconnect = await disconnectNode(far);
        try {
          const job = await finish(jobId);
          expectResumed(job);
          expect((await versionOfJob(client, jobId)).digest).toBe(reference);
        } finally {
          await reconnect();
        }
      },
      400_000,
    );
  },
);
