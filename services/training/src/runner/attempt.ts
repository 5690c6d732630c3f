import { toComponent } from '@athanor/contracts';
import type { ColumnInput } from '@athanor/contracts/api';
import type {
  ArtifactFileInput,
  CandidateInput,
  EpochMetricsInput,
  TrainingResultInput,
} from '@athanor/contracts/training';
import { computeTarget, type ExecutionProvider, runtimeVersion } from '@athanor/runtime';
import type { SourceColumn } from '@athanor/transforms';
import {
  type BestResult,
  type Candidate,
  DEFAULT_SHUFFLE_BUFFER_BYTES,
  exportModel,
  TrainingDiverged,
  type TrainingSpec,
  trainBest,
} from '../engine/index.js';
import type { PrimaryMetric } from '../tasks/task.js';
import type { AttemptClient } from './attempt-client.js';
import { runEvaluation } from './evaluate-version.js';
import { evaluateSplits, trainedModel } from './evaluation.js';
import { Heartbeat } from './heartbeat.js';
import { type LoadedData, loadData } from './load-data.js';
import { memoryLimit } from './memory-limit.js';
import { readModelFiles } from './model-files.js';
import type { Log } from './pod-log.js';
import { ShardReader } from './shard-reader.js';
import { toEngineSpec } from './to-engine-spec.js';
import { Throughput, toProgress } from './training-progress.js';

type Completed = Extract<BestResult, { status: 'completed' }>;

export interface AttemptOptions {
  readonly client: AttemptClient;
  readonly stop: AbortController;
  readonly log: Log;
  /** Throws if no provider can be used. Called after the claim, because only a claimed attempt can report a failure. */
  readonly chooseProvider: () => ExecutionProvider;
}

/** Does the work of one attempt: claim, load, train, evaluate, export, complete. Returns early if asked to stop. */
export async function runAttempt({ client, stop, log, chooseProvider }: AttemptOptions): Promise<void> {
  const claim = await client.claim();
  if (claim.spec === null) throw new Error('expected a spec in the response of ClaimAttempt, received none');
  const provider = chooseProvider();
  if (claim.spec.evaluated !== null) return await runEvaluation({ client, stop, log, claim, provider });
  const spec = toEngineSpec(claim.spec, provider);
  const { epoch, leaseMs, checkpointStep } = claim;
  log('attempt claimed', { epoch, resumedFromStep: checkpointStep });
  const shards = new ShardReader({ order: client.order, epoch });
  const heartbeat = new Heartbeat({ order: client.order, epoch, leaseMs, stop, log });
  try {
    await heartbeat.enter('RESOLVING_DATA');
    const names = [...columnsOf(spec), ...claim.spec.slices];
    const rows = await loadData(digest => client.readBlob(digest), names, {
      streaming: {
        inputs: spec.inputs,
        kept: [...claim.spec.slices, ...(spec.weight === undefined ? [] : [spec.weight])],
        bufferBytes: spec.shuffleBufferBytes ?? DEFAULT_SHUFFLE_BUFFER_BYTES,
        readShard: digest => shards.read(digest),
      },
    });
    if (rows.stream) log('training rows are streamed', { shards: rows.stream.shards.length });
    const { base } = claim.spec;
    const data = base === null ? rows : { ...rows, base: await readModelFiles(client, base.files) };
    const checkpoint = claim.checkpointDigest === '' ? undefined : await client.readBlob(claim.checkpointDigest);
    await heartbeat.enter('COMPILING_GRAPH');
    const result = await runTraining({
      ...{ client, stop, heartbeat, log, spec, data, checkpoint },
      resumedFromStep: checkpointStep,
    });
    heartbeat.throwIfLost();
    if (result.status === 'stopped') {
      await client.fail({
        code: 1,
        reason: 'Stopped',
        message: `stopped after step ${result.step}, as requested`,
        retryable: true,
      });
      return;
    }
    await heartbeat.enter('EVALUATING');
    const trained = await storeResult(client, { data, result, slices: claim.spec.slices });
    await heartbeat.enter('EXPORTING');
    await client.complete({
      ...trained,
      runtime: `onnxruntime ${runtimeVersion}`,
      instructionSet: computeTarget(provider),
    });
  } finally {
    await shards.stop();
    await heartbeat.stop();
  }
}

interface TrainingWork extends Omit<AttemptOptions, 'chooseProvider'> {
  readonly heartbeat: Heartbeat;
  readonly spec: TrainingSpec;
  readonly data: LoadedData;
  readonly checkpoint: Buffer | undefined;
  readonly resumedFromStep: number;
}

async function runTraining({
  client,
  stop,
  heartbeat,
  log,
  spec,
  data,
  checkpoint,
  resumedFromStep,
}: TrainingWork): Promise<BestResult> {
  let epochBegan = performance.now();
  let throughput = new Throughput();
  let peakMemoryBytes: number | undefined;
  // An attempt that resumes after the last step of an epoch reports that epoch without running a step of it.
  let lastStep = resumedFromStep;
  return await trainBest({
    spec,
    data,
    ...(checkpoint && { resumeFrom: checkpoint }),
    signal: stop.signal,
    // A GPU has memory of its own.
    ...(spec.provider === 'cpu' && { memoryLimit: memoryLimit() }),
    onEstimate(estimate) {
      peakMemoryBytes = estimate.peak;
      log('memory estimated', { ...estimate });
    },
    async onChunk(report) {
      lastStep = report.step;
      throughput.add(report);
      await heartbeat.enter('TRAINING', {
        ...toProgress(report),
        ...(peakMemoryBytes !== undefined && { peakMemoryBytes }),
      });
    },
    async onEpoch({ epoch, trainMetrics, validationMetrics, ...figures }) {
      const seconds = (performance.now() - epochBegan) / 1000;
      const metrics: EpochMetricsInput = {
        ...figures,
        trainMetrics: [...trainMetrics],
        validationMetrics: [...validationMetrics],
        ...{ epoch: epoch + 1, seconds, step: lastStep },
        ...throughput.figures(),
      };
      await client.reportEpoch(metrics);
      log('epoch done', metrics);
      epochBegan = performance.now();
      throughput = new Throughput();
    },
    async onCheckpoint(bytes, { step }) {
      await client.commitCheckpoint(step, bytes);
      log('checkpoint committed', { step, bytes: bytes.length });
    },
  });
}

interface TrainedJob {
  readonly data: LoadedData;
  readonly result: Completed;
  readonly slices: readonly string[];
}

/** Exports the model, evaluates the same file that will be served, and stores all files. */
async function storeResult(client: AttemptClient, { data, result, slices }: TrainedJob): Promise<TrainingResultInput> {
  const { network, weights, spec } = result;
  const exported = exportModel({ spec, network, weights });
  const model = exported.files.get('model.onnx');
  if (model === undefined) throw new Error('expected model.onnx among the exported files');
  const writeBlob = (bytes: Uint8Array) => client.writeBlob(bytes);
  const [evaluation, ...otherEvaluations] = await evaluateSplits({
    ...trainedModel(model, data, { network, spec }),
    ...{ targets: spec.targets, slices, writeBlob },
    divergence: split => TrainingDiverged.ofPredictions(split, spec.optimizer.parameters.learningRate),
  });
  const files: ArtifactFileInput[] = [];
  for (const [name, bytes] of exported.files)
    files.push({ name, digest: await client.writeBlob(bytes), byteSize: bytes.length });
  const tensors = (list: typeof exported.signature.inputs) =>
    list.map(({ name, dtype, shape }) => ({ name, datatype: dtype, shape: [...shape] }));
  const { inputs, outputs } = exported.signature;
  return {
    files,
    evaluation: evaluation ?? null,
    otherEvaluations,
    signature: {
      inputs: tensors(inputs),
      outputs: tensors(outputs),
      classes: [...network.task.classes],
      columns: network.columns.map(toColumnMessage),
      task: spec.task.kind,
    },
    model: toComponent(spec.model),
    candidates: result.candidates.map(each => toCandidateMessage(each, network.task.primary)),
  };
}

function toCandidateMessage({ model, epochs, score }: Candidate, primary: PrimaryMetric): CandidateInput {
  const { metric: name, smallerIsBetter } = primary;
  const loss = { name: 'loss', value: score.loss, smallerIsBetter: true };
  return {
    model: toComponent(model),
    epochs,
    validationMetrics: [{ name, value: score.value, smallerIsBetter }, ...(name === 'loss' ? [] : [loss])],
  };
}

function columnsOf({ inputs, targets, weight }: TrainingSpec): string[] {
  return [...inputs, ...targets, ...(weight === undefined ? [] : [weight])];
}

function toColumnMessage({ name, type, role, nullable }: SourceColumn): ColumnInput {
  const datatype = type.kind === 'number' || type.kind === 'vector' ? type.dtype : '';
  const shape = type.kind === 'vector' ? [...type.shape] : [];
  return { name, role, nullable, type: { kind: type.kind, datatype, shape } };
}
