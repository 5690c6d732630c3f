// The model of an earlier job, and the rows of other data as it takes them.

import type { TrainingSpec } from '@athanor/contracts/training';
import type { ColumnValues, NumberValues } from '@athanor/data';
import type { ExecutionProvider } from '@athanor/runtime';
import type { SourceColumn } from '@athanor/transforms';
import { findColumn } from '../engine/index.js';
import type { RawSplit } from '../features/raw-split.js';
import type { TaskFile } from '../tasks/restore-task.js';
import type { AttemptClient } from './attempt-client.js';
import { bindTargets } from './bind-targets.js';
import { type EvaluatedModel, trainedModel } from './evaluation.js';
import type { LoadedData } from './load-data.js';

export interface ModelWork {
  readonly client: AttemptClient;
  readonly spec: TrainingSpec;
  readonly data: LoadedData;
  readonly provider: ExecutionProvider;
  /** Aborted: the attempt is asked to stop. */
  readonly signal: AbortSignal;
  /** Called when the attempt ends. */
  readonly closing: (() => Promise<void>)[];
}

export async function loadModelOfJob({ client, spec, data, provider }: ModelWork): Promise<EvaluatedModel> {
  const { modelDigest, taskDigest, columns } = spec.evaluated!;
  const model = await client.readBlob(modelDigest);
  const file = JSON.parse((await client.readBlob(taskDigest)).toString()) as TaskFile;
  const doubles = columns.filter(({ type }) => type?.datatype === 'FP64').map(({ name }) => name);
  const bound = bindTargets(widen(data, new Set(doubles)), spec.targets, file);
  const network = { task: bound.task, columns: spec.inputs.map(name => findColumn(bound.data, name)) };
  return trainedModel(model, bound.data, { network, spec: { cpuThreads: spec.cpuThreads, provider } });
}

/** Whole numbers in place of numbers with fractions, which the model was trained on. */
function widen(data: LoadedData, names: ReadonlySet<string>): LoadedData {
  const widenSplit = <S extends RawSplit>(split: S): S => {
    const widened = [...split.values].map(([name, values]): [string, ColumnValues] => [
      name,
      names.has(name) ? toFloats(values) : values,
    ]);
    return { ...split, values: new Map(widened) };
  };
  const columns = data.columns.map((column): SourceColumn => {
    const isWidened = names.has(column.name) && column.type.kind === 'number';
    return isWidened ? { ...column, type: { kind: 'number', dtype: 'FP64' } } : column;
  });
  return { ...data, columns, train: widenSplit(data.train), evaluated: data.evaluated.map(widenSplit) };
}

function toFloats(values: ColumnValues): ColumnValues {
  if (values.kind !== 'number' || values.data instanceof Float64Array) return values;
  return {
    kind: 'number',
    data: Float64Array.from(values.data as ArrayLike<number | bigint>, Number),
  } satisfies NumberValues;
}
