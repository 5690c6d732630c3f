import { findColumn } from '../engine/index.js';
import { columnOf, type RawSplit } from '../features/raw-split.js';
import { restoreTask, type TaskFile } from '../tasks/restore-task.js';
import type { BoundTask } from '../tasks/task.js';
import type { LoadedData } from './load-data.js';

/** The task of a model that exists, and other data with the targets as that task takes them. Throws UnsupportedTargets. */
export function bindTargets(
  data: LoadedData,
  names: readonly string[],
  file: TaskFile,
): { readonly task: BoundTask; readonly data: LoadedData } {
  const targets = names.map(name => findColumn(data, name));
  const { task, targets: restored, convert } = restoreTask(file, targets);
  const convertSplit = <S extends RawSplit>(split: S): S => {
    const values = new Map(split.values);
    for (const [index, target] of targets.entries()) values.set(target.name, convert(index, columnOf(split, target)));
    return { ...split, values };
  };
  const others = data.columns.filter(({ name }) => !names.includes(name));
  const evaluated = data.evaluated.map(convertSplit);
  return { task, data: { ...data, columns: [...others, ...restored], train: convertSplit(data.train), evaluated } };
}
