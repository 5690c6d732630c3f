import type { ArtifactFileInput, EpochMetricsInput, TrainingResultInput } from '@athanor/contracts/training';
import { computeTarget, type ExecutionProvider, runtimeVersion } from '@athanor/runtime';
import { exportModel, type TrainingResult, type TrainingSpec, train } from '../engine/index.js';
import type { AttemptClient } from './attempt-client.js';
import { evaluateSplits } from './evaluation.js';
import { Heartbeat } from './heartbeat.js';
import { type LoadedData, loadData } from './load-data.js';
import type { Log } from './pod-log.js';
import { toEngineSpec } from './to-engine-spec.js';

type Completed = Extract<TrainingResult, { status: 'completed' }>;

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
  const spec = toEngineSpec(claim.spec, provider);
  const { epoch, leaseMs, checkpointStep } = claim;
  log('attempt claimed', { epoch, resumedFromStep: checkpointStep });
  const heartbeat = new Heartbeat({ order: client.order, epoch, leaseMs, stop, log });
  try {
    await heartbeat.enter('RESOLVING_DATA');
    const data = await loadData(digest => client.readBlob(digest));
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
    const trained = await storeResult(client, { spec, data, result });
    await heartbeat.enter('EXPORTING');
    await client.complete({
      ...trained,
      runtime: `onnxruntime ${runtimeVersion}`,
      instructionSet: computeTarget(provider),
    });
  } finally {
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
}: TrainingWork): Promise<TrainingResult> {
  let epochBegan = performance.now();
  // An attempt that resumes after the last step of an epoch reports that epoch without running a step of it.
  let lastStep = resumedFromStep;
  return await train({
    spec,
    data,
    ...(checkpoint && { resumeFrom: checkpoint }),
    signal: stop.signal,
    async onChunk({ epoch, step, totalSteps, losses }) {
      lastStep = step;
      await heartbeat.enter('TRAINING', { epoch: epoch + 1, step, totalSteps, loss: mean(losses) });
    },
    async onEpoch({ epoch, ...figures }) {
      const seconds = (performance.now() - epochBegan) / 1000;
      const metrics: EpochMetricsInput = {
        ...figures,
        ...{ epoch: epoch + 1, seconds, step: lastStep },
      };
      await client.reportEpoch(metrics);
      log('epoch done', metrics);
      epochBegan = performance.now();
    },
    async onCheckpoint(bytes, { step }) {
      await client.commitCheckpoint(step, bytes);
      log('checkpoint committed', { step, bytes: bytes.length });
    },
  });
}

/** Exports the model, evaluates the same file that will be served, and stores all files. */
async function storeResult(
  client: AttemptClient,
  { spec, data, result }: { spec: TrainingSpec; data: LoadedData; result: Completed },
): Promise<TrainingResultInput> {
  const { inputName, classes } = data;
  const exported = exportModel({ spec, inputName, network: result.network, parameters: result.parameters });
  const model = exported.files.get('model.onnx');
  if (model === undefined) throw new Error('expected model.onnx among the exported files');
  const writeBlob = (bytes: Uint8Array) => client.writeBlob(bytes);
  const [evaluation, ...otherEvaluations] = await evaluateSplits({ spec, data, model, writeBlob });
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
    signature: { inputs: tensors(inputs), outputs: tensors(outputs), classes: [...classes] },
  };
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}
