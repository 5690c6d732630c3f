import type { EvaluationInput } from '@athanor/contracts/api';
import type { ArtifactFileInput, EpochMetricsInput, TrainingResultInput } from '@athanor/contracts/training';
import { computeTarget, type ExecutionProvider, runtimeVersion } from '@athanor/runtime';
import { writeSafetensors } from '@athanor/tensor';
import type { ClassificationMetrics } from '../engine/index.js';
import { evaluateModel, exportModel, type TrainingResult, type TrainingSpec, train } from '../engine/index.js';
import type { AttemptClient } from './attempt-client.js';
import { Heart } from './heart.js';
import { type LoadedData, loadData } from './load-data.js';
import type { Tell } from './pod-log.js';
import { toEngineSpec } from './to-engine-spec.js';

/** Rows that evaluation feeds at a time. */
const EVALUATION_BATCH = 32;

type Completed = Extract<TrainingResult, { status: 'completed' }>;

export interface AttemptOptions {
  readonly client: AttemptClient;
  readonly stop: AbortController;
  readonly tell: Tell;
  /** Throws where there is none that will do: asked after the claim, since only then can the service be told. */
  readonly chooseProvider: () => ExecutionProvider;
}

/** Does the work of one attempt: claim, load, train, evaluate, export, complete. Returns early when told to stop. */
export async function runAttempt({ client, stop, tell, chooseProvider }: AttemptOptions): Promise<void> {
  const claim = await client.claim();
  if (claim.spec === null) throw new Error('the claim came without a spec');
  const provider = chooseProvider();
  const spec = toEngineSpec(claim.spec, provider);
  tell('attempt claimed', { epoch: claim.epoch, resumedFromStep: claim.checkpointStep });
  const heart = new Heart({ client, stop, leaseMs: claim.leaseMs, tell });
  try {
    await heart.enter('RESOLVING_DATA');
    const data = await loadData(digest => client.readBlob(digest));
    const checkpoint = claim.checkpointDigest === '' ? undefined : await client.readBlob(claim.checkpointDigest);
    await heart.enter('COMPILING_GRAPH');
    const { checkpointStep: resumedFromStep } = claim;
    const result = await runTraining({ client, stop, heart, tell, spec, data, checkpoint, resumedFromStep });
    if (result.status === 'stopped') {
      await client.fail({
        code: 1,
        reason: 'Stopped',
        message: `stopped after step ${result.step}, as asked`,
        retryable: true,
      });
      return;
    }
    await heart.enter('EVALUATING');
    const trained = await judge(client, { spec, data, result });
    await heart.enter('EXPORTING');
    await client.complete({
      ...trained,
      runtime: `onnxruntime ${runtimeVersion}`,
      instructionSet: computeTarget(provider),
    });
  } finally {
    heart.stop();
  }
}

interface TrainingWork extends Omit<AttemptOptions, 'chooseProvider'> {
  readonly heart: Heart;
  readonly spec: TrainingSpec;
  readonly data: LoadedData;
  readonly checkpoint: Buffer | undefined;
  readonly resumedFromStep: number;
}

async function runTraining({
  client,
  stop,
  heart,
  tell,
  spec,
  data,
  checkpoint,
  resumedFromStep,
}: TrainingWork): Promise<TrainingResult> {
  let epochBegan = performance.now();
  // An attempt that goes on after an epoch's very last step reports that epoch without having run a step of it.
  let lastStep = resumedFromStep;
  return await train({
    spec,
    data,
    ...(checkpoint && { resumeFrom: checkpoint }),
    signal: stop.signal,
    async onChunk({ epoch, step, totalSteps, losses }) {
      lastStep = step;
      await heart.enter('TRAINING', { epoch: epoch + 1, step, totalSteps, loss: mean(losses) });
    },
    async onEpoch({ epoch, trainLoss, trainAccuracy, validationLoss = 0, validationAccuracy = 0 }) {
      const seconds = (performance.now() - epochBegan) / 1000;
      const metrics: EpochMetricsInput = {
        ...{ epoch: epoch + 1, trainLoss, trainAccuracy, validationLoss, validationAccuracy },
        ...{ seconds, step: lastStep },
      };
      await client.reportEpoch(metrics);
      tell('epoch done', metrics);
      epochBegan = performance.now();
    },
    async onCheckpoint(bytes, { step }) {
      await client.commitCheckpoint(step, bytes);
      tell('checkpoint committed', { step, bytes: bytes.length });
    },
  });
}

/** Evaluates the very file that will be served, and stores all files. */
async function judge(
  client: AttemptClient,
  { spec, data, result }: { spec: TrainingSpec; data: LoadedData; result: Completed },
): Promise<TrainingResultInput> {
  const { inputName, classes, evaluation } = data;
  const exported = exportModel({ spec, inputName, network: result.network, parameters: result.parameters });
  const model = exported.files.get('model.onnx');
  if (model === undefined) throw new Error('the export has no model.onnx');
  const { cpuThreads, provider } = spec;
  const options = { inputName, classes: classes.length, batchSize: EVALUATION_BATCH, cpuThreads, provider };
  const { metrics, probabilities } = await evaluateModel(model, evaluation, options);
  const shape = [evaluation.labels.length, classes.length];
  const predictions = writeSafetensors({
    tensors: new Map([['probabilities', { dtype: 'FP32', shape, data: probabilities }]]),
    metadata: {},
  });
  const files: ArtifactFileInput[] = [];
  for (const [name, bytes] of exported.files)
    files.push({ name, digest: await client.writeBlob(bytes), byteSize: bytes.length });
  const tensors = (list: typeof exported.signature.inputs) =>
    list.map(({ name, dtype, shape }) => ({ name, datatype: dtype, shape: [...shape] }));
  return {
    files,
    evaluation: toEvaluation(metrics, { data, predictionsDigest: await client.writeBlob(predictions) }),
    signature: {
      inputs: tensors(exported.signature.inputs),
      outputs: tensors(exported.signature.outputs),
      classes: [...classes],
    },
  };
}

function toEvaluation(
  metrics: ClassificationMetrics,
  { data, predictionsDigest }: { data: LoadedData; predictionsDigest: string },
): EvaluationInput {
  const { accuracy, loss, macro, weighted, perClass, confusionMatrix, rows } = metrics;
  const averaged = Object.entries({ macro, weighted }).flatMap(([kind, { precision, recall, f1 }]) => [
    { name: `precision_${kind}`, value: precision },
    { name: `recall_${kind}`, value: recall },
    { name: `f1_${kind}`, value: f1 },
  ]);
  return {
    // dataset_digest is the service's to fill in: it knows which version the job was given.
    split: data.evaluation.name,
    rows,
    metrics: [{ name: 'accuracy', value: accuracy }, { name: 'loss', value: loss }, ...averaged],
    classes: perClass.map((each, index) => ({ className: data.classes[index] ?? '', ...each })),
    confusionMatrix: confusionMatrix.flat(),
    batchSize: EVALUATION_BATCH,
    predictionsDigest,
  };
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}
