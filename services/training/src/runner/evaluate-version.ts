import type { EvaluationInput } from '@athanor/contracts/api';
import type { ClaimAttemptResponse, TrainingSpec } from '@athanor/contracts/training';
import { computeTarget, type ExecutionProvider, runtimeVersion } from '@athanor/runtime';
import { InvalidTrainingData } from '../engine/index.js';
import type { AttemptClient } from './attempt-client.js';
import { evaluateSplits } from './evaluation.js';
import { Heartbeat } from './heartbeat.js';
import { openImportedModel } from './imported-model.js';
import { loadData } from './load-data.js';
import { loadModelOfJob } from './model-of-job.js';
import type { Log } from './pod-log.js';

export interface EvaluateOptions {
  readonly client: AttemptClient;
  readonly stop: AbortController;
  readonly log: Log;
  readonly claim: ClaimAttemptResponse;
  readonly provider: ExecutionProvider;
}

/** Evaluates the model of an earlier job, or an imported one, on every split of the job's dataset version. */
export async function runEvaluation({ client, stop, log, claim, provider }: EvaluateOptions): Promise<void> {
  const { epoch, leaseMs, spec } = claim;
  if (spec === null || spec.evaluated === null) throw new Error('expected a spec that names an evaluated model');
  const heartbeat = new Heartbeat({ order: client.order, epoch, leaseMs, stop, log });
  const closing: (() => Promise<void>)[] = [];
  try {
    const evaluations = await measure({ client, stop, provider, spec, heartbeat, closing }).catch(error => {
      // A pending call of the model rejects with the reason of the stop, which is no failure of the job.
      if (error !== stop.signal.reason) throw error;
      return [];
    });
    heartbeat.throwIfLost();
    if (stop.signal.aborted) {
      const message = 'stopped during the evaluation, as requested';
      await client.fail({ code: 1, reason: 'Stopped', message, retryable: true });
      return;
    }
    const [evaluation, ...otherEvaluations] = evaluations;
    await heartbeat.enter('EXPORTING');
    await client.complete({
      ...{ files: [], evaluation: evaluation ?? null, otherEvaluations, candidates: [] },
      runtime: `onnxruntime ${runtimeVersion}`,
      instructionSet: computeTarget(provider),
    });
  } finally {
    // The model's process ends before its files are removed.
    for (const close of closing.reverse()) await close();
    await heartbeat.stop();
  }
}

interface MeasureWork extends Pick<EvaluateOptions, 'client' | 'stop' | 'provider'> {
  readonly spec: TrainingSpec;
  readonly heartbeat: Heartbeat;
  readonly closing: (() => Promise<void>)[];
}

/** Throws the reason of the stop if a call of the model was pending; else a stop leaves splits out. */
async function measure({ client, stop, provider, spec, heartbeat, closing }: MeasureWork): Promise<EvaluationInput[]> {
  await heartbeat.enter('RESOLVING_DATA');
  const names = [...spec.inputs, ...spec.targets, ...spec.slices];
  const data = await loadData(digest => client.readBlob(digest), names, { evaluatesAll: true });
  const open = spec.evaluated?.imported == null ? loadModelOfJob : openImportedModel;
  const model = await open({ client, spec, data, provider, signal: stop.signal, closing });
  await heartbeat.enter('EVALUATING');
  return await evaluateSplits({
    ...model,
    ...{ targets: spec.targets, slices: spec.slices },
    signal: stop.signal,
    writeBlob: bytes => client.writeBlob(bytes),
    divergence: split => new InvalidTrainingData(`a prediction for the split '${split}' is not a finite number`),
  });
}
