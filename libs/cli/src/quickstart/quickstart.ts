import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { type AthanorClient, createAthanorClient } from '@athanor/client';
import { toComponent } from '@athanor/contracts';
import type { DatasetVersion } from '@athanor/contracts/ingest';
import type { ModelVersion } from '@athanor/contracts/registry';
import type { TrainingJob } from '@athanor/contracts/training';
import { endProcess, readJsonFile } from '@athanor/mesh';
import { lineageText } from '../commands/lineage.js';
import { expectSuccess } from '../commands/train.js';
import { findingsText } from '../dataset/describe.js';
import { findSources } from '../dataset/find-sources.js';
import { importDataset } from '../dataset/import-dataset.js';
import { interruptible, unlessAborted } from '../interruption.js';
import { evaluationText, metricOf } from '../job/evaluation.js';
import { readEpochs } from '../job/read-epochs.js';
import { watchJob } from '../job/watch-job.js';
import { commandLine } from '../mesh/command-line.js';
import { spawnMesh } from '../mesh/spawn-mesh.js';
import { startProgress } from '../output/progress.js';
import { shortDigest } from '../output/render.js';
import type { Terminal } from '../terminal.js';
import { type Asked, askModel, mostProbable } from './ask-model.js';
import { drawPrediction, probabilityBars } from './draw.js';
import { type EvaluatedRows, readEvaluatedRows } from './evaluated-rows.js';
import { type QuickstartFigures, summary } from './figures.js';
import { mnistFolder } from './mnist-folder.js';
import { waitForRegistration, waitUntilServed } from './wait.js';
import { whatNext } from './what-next.js';

export interface QuickstartOptions {
  readonly home: string;
  /** Paths below it are shown as relative. */
  readonly cwd: string;
  readonly portBase: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  /** A folder of IDX files or a CSV file; default: MNIST. */
  readonly data?: string;
  /** Of a table: the column to predict. */
  readonly target?: string;
  readonly seed: number;
  readonly epochs: number;
  /** Minimum accuracy of a champion. */
  readonly gate: number;
  readonly keep: boolean;
  /** File for the results. */
  readonly json?: string;
}

interface InterruptibleOptions extends QuickstartOptions {
  readonly signal: AbortSignal;
}

const NAME = 'digits';
const ALIAS = 'champion';
/** The reference network reaches this on MNIST with any seed. */
export const MNIST_GATE = 0.965;
const SERVED_ROWS = 1_000;

/** The whole workflow, from raw files to a served prediction and its lineage. */
export async function runQuickstart(options: QuickstartOptions): Promise<QuickstartFigures> {
  return await interruptible(signal => runOnMesh(options, signal));
}

async function runOnMesh(options: QuickstartOptions, signal: AbortSignal): Promise<QuickstartFigures> {
  const { terminal, home, portBase, env } = options;
  // First, so that an invalid path is refused before anything is started.
  if (options.data !== undefined) await findSources([options.data]);
  const began = performance.now();
  const title = (text: string) => terminal.err(`\n${text}\n`);
  title('1. Starting the mesh: nats-server, control (ingest, training, registry), inference');
  const state = await spawnMesh({ home, portBase, env, signal, onLine: line => terminal.err(`  ${line}\n`) });
  const { apiKey } = (await readJsonFile<{ apiKey: string }>(state.credentialsFile)) ?? { apiKey: '' };
  const client = createAthanorClient({ addresses: state.addresses, apiKey });
  try {
    const figures = await unlessAborted(mainJob(client, { ...options, signal }, title), signal);
    const total = { ...figures, totalSeconds: (performance.now() - began) / 1000 };
    terminal.out(summary(total));
    terminal.out(whatNext(NAME, options));
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(total, null, 2)}\n`);
    return total;
  } finally {
    client.close();
    if (options.keep) {
      if (signal.aborted) terminal.err(`\nThe mesh runs; stop it with: ${commandLine('down', home)}\n`);
    } else {
      if (signal.aborted) terminal.err('\nStopping the mesh …\n');
      await endProcess(state.supervisor, 60_000);
    }
  }
}

async function mainJob(
  client: AthanorClient,
  options: InterruptibleOptions,
  title: (text: string) => void,
): Promise<Omit<QuickstartFigures, 'totalSeconds'>> {
  const { terminal, signal } = options;
  title('2. Uploading raw data, cleaning it, splitting it by hash');
  const path = options.data ?? mnistFolder();
  const dataset = await importDataset({
    client,
    terminal,
    signal,
    name: NAME,
    paths: [path],
    options: { ...(options.target && { target: [options.target] }) },
  });
  terminal.err(indent(findingsText(dataset.findings)));
  title(
    '3. Training 64-64 ReLU with Adam: forward, backward and optimizer as ONNX, the mini-batch loop inside ONNX Loop',
  );
  const job = await trainJob(client, dataset, options);
  const evaluation = job.result?.evaluation;
  if (!evaluation) throw new Error(`job ${job.jobId} succeeded; expected an evaluation, received none`);
  title('4. Evaluating the model');
  terminal.err(indent(evaluationText(evaluation)));
  title('5. Registering, passing the gate, moving the alias');
  const version = await waitForRegistration(client, job.jobId, signal);
  await promote(client, version, options);
  title(`6. Serving: raw rows through ModelInfer, at most ${SERVED_ROWS}`);
  await waitUntilServed(client, { name: NAME, version, signal });
  const rows = await readEvaluatedRows(client, dataset, version, SERVED_ROWS);
  const progress = startProgress(terminal, 'infer');
  const asked = await askModel(client, NAME, rows, done => progress.update(done / rows.labels.length, `${done} rows`));
  progress.done(
    `${asked.served} rows: accuracy ${asked.accuracy.toFixed(4)}, p50 ${asked.p50Ms.toFixed(2)} ms, p99 ${asked.p99Ms.toFixed(2)} ms`,
  );
  terminal.err(`\n${onePrediction(rows, asked, dataset.classes)}`);
  title('7. Lineage of that prediction');
  terminal.err(
    indent(lineageText(await client.registry.getLineage({ versionDigest: asked.versionDigest, modelName: NAME }))),
  );
  return {
    testAccuracy: metricOf(evaluation, 'accuracy') ?? Number.NaN,
    servedAccuracy: asked.accuracy,
    servedRows: asked.served,
    evaluatedAccuracyOfServedRows: asked.evaluatedAccuracy,
    secondsPerEpoch: (await readEpochs(client, job.jobId)).map(({ seconds }) => seconds),
    p50Ms: asked.p50Ms,
    p99Ms: asked.p99Ms,
    versionDigest: version.digest,
    datasetDigest: dataset.digest,
  };
}

async function trainJob(
  client: AthanorClient,
  dataset: DatasetVersion,
  { terminal, seed, epochs, signal }: InterruptibleOptions,
): Promise<TrainingJob> {
  const { job } = await client.training.createTrainingJob({
    requestId: randomUUID(),
    modelName: NAME,
    spec: {
      datasetId: NAME,
      datasetVersion: dataset.version,
      model: toComponent({ kind: 'mlp', parameters: { hidden: [64, 64] }, version: 0 }),
      optimizer: toComponent({ kind: 'adam', parameters: { learningRate: 1e-3 }, version: 0 }),
      epochs,
      batchSize: 32,
      seed,
    },
  });
  if (job === null) throw new Error('expected a job in the response, received none');
  const ended = await watchJob({ client, terminal, jobId: job.jobId, signal });
  expectSuccess(ended, true);
  return ended;
}

async function promote(client: AthanorClient, version: ModelVersion, options: QuickstartOptions): Promise<void> {
  const { modelName, version: number, digest } = version;
  const { terminal } = options;
  terminal.err(
    `  ${modelName} v${number} ${shortDigest(digest)}, made by ${version.jobIds.length} job${version.jobIds.length === 1 ? '' : 's'}\n`,
  );
  const gate = {
    alias: ALIAS,
    metric: 'accuracy',
    split: version.evaluations[0]?.split ?? 'test',
    threshold: options.gate,
  };
  await client.registry.setGate({ modelName, gate });
  const { move } = await client.registry.moveAlias({
    modelName,
    alias: ALIAS,
    version: number,
    reason: 'quickstart',
  });
  for (const { message, gate } of move?.gateResults ?? [])
    terminal.err(`  gate passed: ${message}, the gate requires at least ${gate?.threshold}\n`);
  await client.registry.setDeployment({ deployment: { name: NAME, modelName, alias: ALIAS } });
  terminal.err(`  ${modelName}@${ALIAS} is v${number}, callable as '${NAME}'\n`);
}

function onePrediction(rows: EvaluatedRows, asked: Asked, classes: readonly string[]): string {
  const probabilities = asked.probabilities.subarray(0, classes.length);
  const said = classes[mostProbable(probabilities)];
  const head = `  row ${rows.rowIds[0]}: the model says ${said}, the label is ${classes[rows.labels[0] ?? 0]}\n`;
  const bars = probabilityBars(probabilities, classes);
  if (rows.datatype !== 'UINT8' || rows.rowShape.length !== 2)
    return `${head}${bars.map(line => `  ${line}\n`).join('')}`;
  return head + drawPrediction(rows.row(0), rows.rowShape, bars);
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
