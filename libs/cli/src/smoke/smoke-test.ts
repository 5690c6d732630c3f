import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AthanorClient, infer } from '@athanor/client';
import { toComponent } from '@athanor/contracts';
import { importDataset } from '../dataset/import-dataset.js';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { watchJob } from '../job/watch-job.js';
import { waitForRegistration, waitUntilServed } from '../quickstart/wait.js';
import type { Terminal } from '../terminal.js';
import { isMissing, type Made, removeMade, whenPrepared } from './remove-made.js';

const NAME = 'smoke-test';
const ROWS = 200;
/** How long clean-up waits for work in progress. */
const PATIENCE_MS = 10_000;

/** The result of a smoke test. */
export interface SmokeTestResult {
  readonly jobId: string;
  readonly version: number;
  readonly digest: string;
  /** Predicted classes of two rows that a network separates easily. */
  readonly predictions: readonly string[];
  readonly seconds: number;
}

export interface SmokeTestOptions {
  readonly client: AthanorClient;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/**
 * A tiny job from rows to prediction on the selected mesh: upload, prepare, train, register, deploy, infer; always
 * removes the deployment, the model and the dataset at the end. Existing datasets and models are not touched.
 */
export async function runSmokeTest(options: SmokeTestOptions): Promise<SmokeTestResult> {
  const { terminal } = options;
  const made: Made[] = [];
  const result = await fromRowsToPrediction(options, made).catch(async error => {
    // What could not be removed was reported in a line; the original error is thrown.
    await removeMade(made, terminal).catch(() => undefined);
    throw error;
  });
  await removeMade(made, terminal);
  return result;
}

/** Records each resource before it is created. */
async function fromRowsToPrediction(options: SmokeTestOptions, made: Made[]): Promise<SmokeTestResult> {
  const { client, signal } = options;
  const { ingest, registry } = client;
  const begun = performance.now();
  if (await isMissing(ingest.getDataset({ datasetId: NAME }, { signal })))
    made.push({ what: `dataset ${NAME}`, remove: () => whenPrepared(() => ingest.deleteDataset({ datasetId: NAME })) });
  await importRows(options);
  let jobId: string | undefined;
  if (await isMissing(registry.getModel({ name: NAME }, { signal })))
    made.push({
      what: `model ${NAME}`,
      async remove() {
        // Otherwise it would be created after its removal.
        if (jobId !== undefined)
          await waitForRegistration(client, jobId, AbortSignal.timeout(PATIENCE_MS)).catch(() => 0);
        return await registry.deleteModel({ name: NAME });
      },
    });
  jobId = await train(options);
  const version = await waitForRegistration(client, jobId, signal);
  made.push({ what: `deployment ${NAME}`, remove: () => registry.deleteDeployment({ name: NAME }) });
  await registry.setDeployment({ deployment: { name: NAME, modelName: NAME, version: version.version } });
  await waitUntilServed(client, { name: NAME, version, signal });
  const predictions = await ask(client);
  if (predictions.join() !== 'low,high')
    throw new CliError(`expected the classes low and high, got ${predictions.join(' and ')}`, EXIT_CODES.failed);
  const { digest } = version;
  const seconds = (performance.now() - begun) / 1000;
  return { jobId, version: version.version, digest, predictions, seconds };
}

/** "low" rows have a small first column, "high" rows a large one. */
async function importRows({ client, terminal, signal }: SmokeTestOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-smoke-'));
  try {
    const path = join(folder, 'rows.csv');
    const rows = Array.from({ length: ROWS }, (_, row) =>
      row % 2 === 0 ? `${row % 50},${row % 13},low` : `${1_000 + (row % 50)},${row % 13},high`,
    );
    await writeFile(path, `a,b,y\n${rows.join('\n')}\n`);
    await importDataset({ client, terminal, signal, name: NAME, paths: [path], options: { target: ['y'] } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function train({ client, terminal, signal }: SmokeTestOptions): Promise<string> {
  const { job } = await client.training.createTrainingJob({
    modelName: NAME,
    spec: {
      datasetId: NAME,
      model: toComponent({ kind: 'mlp', parameters: { hidden: [8] }, version: 0 }),
      optimizer: toComponent({ kind: 'adam', parameters: { learningRate: 0.05 }, version: 0 }),
      epochs: 10,
      batchSize: 16,
    },
  });
  const jobId = job?.jobId ?? '';
  const ended = await watchJob({ client, terminal, jobId, signal }).catch(async error => {
    // Otherwise it would create the model after its removal.
    await client.training.cancelTrainingJob({ jobId }).catch(() => undefined);
    throw error;
  });
  if (ended.state === 'STATE_SUCCEEDED') return ended.jobId;
  throw new CliError(`job ${ended.jobId} ended without a model: ${ended.error?.message ?? ''}`, EXIT_CODES.jobFailed);
}

/** The predicted class of one row of each kind. */
async function ask({ inference }: AthanorClient): Promise<string[]> {
  const column = (name: string, values: readonly bigint[]) => {
    return { name, datatype: 'INT64' as const, shape: [values.length, 1], data: BigInt64Array.from(values) };
  };
  const inputs = [column('a', [4n, 1_101n]), column('b', [4n, 9n])];
  const { outputs } = await infer(inference, { modelName: NAME, inputs });
  const labels = (outputs.get('label')?.data ?? []) as readonly Uint8Array[];
  return labels.map(label => Buffer.from(label).toString());
}
