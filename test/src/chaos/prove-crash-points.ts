import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AthanorClient, collectChunks, infer, RpcError, uploadFile } from '@athanor/client';
import type { Event } from '@athanor/contracts/events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, referenceSpec, waitForJob } from '../mesh/main-job.js';
import { writeSmallMnist } from '../mesh/mnist.js';
import { removeHome, startMesh, temporaryHome } from '../mesh/test-mesh.js';

// The control process is killed with SIGKILL at a named point, three times, while a client that only retries its calls
// runs the whole workflow. Afterwards nothing is lost, duplicated or incomplete.

const CRASHES = 3;
/** Points after a commit are passed once per round, so CRASHES may take several rounds. */
const MAX_ROUNDS = 4;

/** Declares a test for each point. */
export function proveCrashPoints(points: readonly string[]): void {
  let data: string;

  beforeAll(async () => {
    data = await writeSmallMnist(await temporaryHome('chaos-data'), { train: 3_000, test: 300 });
  });
  afterAll(() => removeHome(data));

  describe.each(points)('a crash at %s', point => {
    it('loses nothing and duplicates nothing', async () => {
      const home = await temporaryHome('chaos');
      const budget = join(home, 'crashes-left');
      await writeFile(budget, String(CRASHES));
      const mesh = await startMesh({ home, env: { ATHANOR_CRASH_POINT: point, ATHANOR_CRASH_BUDGET_FILE: budget } });
      try {
        const crashesLeft = async () => Number(await readFile(budget, 'utf8'));
        let rounds = 0;
        while (rounds < MAX_ROUNDS && (await crashesLeft()) > 0) {
          const name = `digits-${++rounds}`;
          await expectOneOfEach(mesh.client, name, await mainJob(mesh.client, name, data));
        }
        expect(await crashesLeft(), 'crashes that did not happen').toBe(0);
        await expectEventsOnce(mesh.client, rounds);
        expect((await mesh.client.events.listDeadLetters({})).deadLetters).toEqual([]);
      } finally {
        await mesh.stop();
        await removeHome(home);
      }
    }, 240_000);
  });
}

/** Every call that creates something has an idempotency key, and is retried until it is answered. */
async function mainJob(client: AthanorClient, name: string, data: string): Promise<string> {
  const sources = [];
  for (const [file, role, partition] of [
    ['train-images-idx3-ubyte', 'ROLE_FEATURES', 'train'],
    ['train-labels-idx1-ubyte', 'ROLE_LABELS', 'train'],
    ['t10k-images-idx3-ubyte', 'ROLE_FEATURES', 'test'],
    ['t10k-labels-idx1-ubyte', 'ROLE_LABELS', 'test'],
  ] as const) {
    const { uploadId } = await repeat(() =>
      uploadFile(client.ingest, join(data, file), { requestId: `${name}/${file}` }),
    );
    sources.push({ uploadId, role, partition });
  }
  await repeat(() => client.ingest.createDataset({ datasetId: name }).catch(allow('ALREADY_EXISTS')));
  const request = { requestId: `import-${name}`, datasetId: name, sources, recipe: { format: 'FORMAT_IDX' as const } };
  await repeat(() => client.ingest.createDatasetVersion(request));
  await eventually(
    'the dataset version',
    async () => {
      const answer = await client.ingest.getDatasetVersion({ datasetId: name, version: 1 }).catch(allow(...TRANSIENT));
      return answer?.datasetVersion?.state === 'STATE_READY' || undefined;
    },
    60_000,
  );
  const spec = referenceSpec(name, { epochs: 4, checkpointEverySteps: 50 });
  const { job } = await repeat(() =>
    client.training.createTrainingJob({ requestId: `train-${name}`, modelName: name, spec }),
  );
  const jobId = job?.jobId ?? '';
  const ended = await repeat(() => waitForJob(client, jobId));
  expect(ended.state, ended.error?.message).toBe('STATE_SUCCEEDED');
  await eventually(
    'the model version',
    async () => {
      const answer = await client.registry.getModelVersion({ jobId }).catch(allow(...TRANSIENT));
      return answer?.modelVersion ?? undefined;
    },
    60_000,
  );
  await repeat(() => client.registry.setDeployment({ deployment: { name, modelName: name, alias: 'champion' } }));
  const move = { requestId: `promote-${name}`, modelName: name, alias: 'champion', version: 1 };
  await repeat(() => client.registry.moveAlias(move));
  await repeat(() => client.registry.moveAlias(move));
  return jobId;
}

async function expectOneOfEach(client: AthanorClient, name: string, jobId: string): Promise<void> {
  const { datasetVersions } = await repeat(() => client.ingest.listDatasetVersions({ datasetId: name }));
  expect(datasetVersions.map(({ state }) => state)).toEqual(['STATE_READY']);
  const { jobs } = await repeat(() => client.training.listTrainingJobs({}));
  const own = jobs.filter(({ modelName }) => modelName === name);
  expect(own.map(job => [job.jobId, job.state])).toEqual([[jobId, 'STATE_SUCCEEDED']]);
  const { epochs } = await repeat(() => client.training.listTrainingEpochs({ jobId }));
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  const { modelVersions } = await repeat(() => client.registry.listModelVersions({ modelName: name }));
  expect(modelVersions.map(({ version, jobIds }) => [version, jobIds])).toEqual([[1, [jobId]]]);
  for (const { digest } of modelVersions[0]?.files ?? []) {
    const request = { versionDigest: modelVersions[0]?.digest ?? '', fileDigest: digest };
    const bytes = await repeat(() => collectChunks(client.registry.readModelFile(request)));
    expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(digest);
  }
  const { moves } = await repeat(() => client.registry.listAliasMoves({ modelName: name }));
  expect(moves.map(({ fromVersion, toVersion }) => [fromVersion, toVersion])).toEqual([[0, 1]]);
  const image = { name: 'image', datatype: 'UINT8' as const, shape: [1, 28, 28], data: new Uint8Array(784) };
  const answer = await eventually('an answer', () => infer(client.inference, { modelName: name, inputs: [image] }));
  expect(answer.modelVersion).toBe('1');
}

const EXPECTED_EVENTS = [
  ...['dataset.version.ready', 'deployment.changed', 'model.alias.moved', 'model.version.registered'],
  ...['training.job.queued', 'training.job.succeeded'],
];

async function expectEventsOnce(client: AthanorClient, rounds: number): Promise<void> {
  const types = await eventually('every event', async () => {
    const events: Event[] = [];
    for await (const { event } of client.events.tailEvents({ fromBeginning: true, stopAtEnd: true }))
      if (event) events.push(event);
    return events.length >= rounds * EXPECTED_EVENTS.length ? events.map(({ type }) => type).sort() : undefined;
  });
  expect(types).toEqual(EXPECTED_EVENTS.flatMap(type => Array<string>(rounds).fill(type)));
}

const TRANSIENT = ['UNAVAILABLE', 'CANCELLED', 'INTERNAL', 'UNKNOWN', 'DEADLINE_EXCEEDED', 'NOT_FOUND'];

/** Retries a call while the service is unavailable. */
async function repeat<T>(call: () => Promise<T>): Promise<T> {
  for (const deadline = performance.now() + 90_000; ; ) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof RpcError && TRANSIENT.includes(error.code)) || performance.now() > deadline) throw error;
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }
}

function allow(...codes: string[]) {
  return (error: unknown): undefined => {
    if (!(error instanceof RpcError && codes.includes(error.code))) throw error;
  };
}
