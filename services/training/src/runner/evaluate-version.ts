import type { ClaimAttemptResponse, EvaluatedModel, TrainingSpec } from '@athanor/contracts/training';
import type { ColumnValues, NumberValues } from '@athanor/data';
import { computeTarget, type ExecutionProvider, runtimeVersion } from '@athanor/runtime';
import type { SourceColumn } from '@athanor/transforms';
import { findColumn, InvalidTrainingData } from '../engine/index.js';
import { columnOf, type RawSplit } from '../features/raw-split.js';
import { restoreTask, type TaskFile } from '../tasks/restore-task.js';
import type { AttemptClient } from './attempt-client.js';
import { evaluateSplits } from './evaluation.js';
import { Heartbeat } from './heartbeat.js';
import { type LoadedData, loadData } from './load-data.js';
import type { Log } from './pod-log.js';

export interface EvaluateOptions {
  readonly client: AttemptClient;
  readonly stop: AbortController;
  readonly log: Log;
  readonly claim: ClaimAttemptResponse;
  readonly provider: ExecutionProvider;
}

/** Evaluates the model of an earlier job on every split of the job's dataset version. */
export async function runEvaluation({ client, stop, log, claim, provider }: EvaluateOptions): Promise<void> {
  const { epoch, leaseMs, spec } = claim;
  if (spec === null || spec.evaluated === null) throw new Error('expected a spec that names an evaluated model');
  const { evaluated } = spec;
  const heartbeat = new Heartbeat({ order: client.order, epoch, leaseMs, stop, log });
  try {
    await heartbeat.enter('RESOLVING_DATA');
    const names = [...spec.inputs, ...spec.targets, ...spec.slices];
    const data = await loadData(digest => client.readBlob(digest), names, { evaluatesAll: true });
    const model = await client.readBlob(evaluated.modelDigest);
    const task = JSON.parse((await client.readBlob(evaluated.taskDigest)).toString()) as TaskFile;
    await heartbeat.enter('EVALUATING');
    const [evaluation, ...otherEvaluations] = await evaluateSplits({
      ...asTrained({ spec, evaluated, task, data }),
      spec: { targets: spec.targets, cpuThreads: spec.cpuThreads, provider },
      model,
      slices: spec.slices,
      signal: stop.signal,
      writeBlob: bytes => client.writeBlob(bytes),
      divergence: split => new InvalidTrainingData(`a prediction for the split '${split}' is not a finite number`),
    });
    heartbeat.throwIfLost();
    if (stop.signal.aborted) {
      const message = 'stopped during the evaluation, as requested';
      await client.fail({ code: 1, reason: 'Stopped', message, retryable: true });
      return;
    }
    await heartbeat.enter('EXPORTING');
    await client.complete({
      ...{ files: [], evaluation: evaluation ?? null, otherEvaluations, candidates: [] },
      runtime: `onnxruntime ${runtimeVersion}`,
      instructionSet: computeTarget(provider),
    });
  } finally {
    await heartbeat.stop();
  }
}

interface Trained {
  readonly spec: TrainingSpec;
  readonly evaluated: EvaluatedModel;
  readonly task: TaskFile;
  readonly data: LoadedData;
}

/** The rows as the model and its task take them. */
function asTrained({ spec, evaluated, task: file, data }: Trained) {
  const targets = spec.targets.map(name => findColumn(data, name));
  const { task, targets: restored, convert } = restoreTask(file, targets);
  const widened = new Set(evaluated.columns.filter(({ type }) => type?.datatype === 'FP64').map(column => column.name));
  const columns = spec.inputs.map((name): SourceColumn => {
    const column = findColumn(data, name);
    return widened.has(name) && column.type.kind === 'number'
      ? { ...column, type: { kind: 'number', dtype: 'FP64' } }
      : column;
  });
  const convertSplit = <S extends RawSplit>(split: S): S => {
    const values = new Map(split.values);
    for (const column of columns)
      if (widened.has(column.name)) values.set(column.name, toFloats(columnOf(split, column)));
    for (const [index, target] of targets.entries()) values.set(target.name, convert(index, columnOf(split, target)));
    return { ...split, values };
  };
  const others = data.columns.filter(({ name }) => !restored.some(target => target.name === name));
  return {
    data: {
      ...data,
      columns: [...others, ...restored],
      train: convertSplit(data.train),
      evaluated: data.evaluated.map(convertSplit),
    },
    network: { columns, task },
  };
}

function toFloats(values: ColumnValues): ColumnValues {
  if (values.kind !== 'number' || values.data instanceof Float64Array) return values;
  return {
    kind: 'number',
    data: Float64Array.from(values.data as ArrayLike<number | bigint>, Number),
  } satisfies NumberValues;
}
