// The task of a model that was trained earlier, bound to the targets of other data: by its file, without the data that
// it was trained on.

import type { CategoryValues, ColumnValues, NumberValues } from '@athanor/data';
import type { SourceColumn } from '@athanor/transforms';
import { type BoundTask, type DecisionThreshold, UnsupportedTargets } from './task.js';
import { TASKS } from './tasks.js';

/** The content of task.json, as far as it is needed to measure. */
export interface TaskFile {
  readonly task: { readonly kind: string; readonly parameters: unknown };
  /** Of a classification. */
  readonly classes?: readonly string[];
  /** Of several labels: the two values of each, the one that applies last. */
  readonly labels?: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly threshold?: DecisionThreshold;
}

export interface RestoredTask {
  readonly task: BoundTask;
  /** Of the column with this position among the targets: its values as the task takes them. */
  readonly targets: readonly SourceColumn[];
  convert(target: number, values: ColumnValues): ColumnValues;
}

/** Throws UnsupportedTargets. */
export function restoreTask(file: TaskFile, columns: readonly SourceColumn[]): RestoredTask {
  const texts = columns.map((_, index) => file.labels?.[index]?.values ?? file.classes);
  const targets = columns.map((column, index): SourceColumn => {
    const categories = texts[index];
    return categories === undefined ? column : { ...column, type: { kind: 'category' }, categories };
  });
  const all = texts.map(values =>
    values === undefined
      ? ({ kind: 'number', data: Float64Array.of(0, 1) } as const)
      : ({ kind: 'category', codes: Int32Array.from(values.keys()) } as const),
  );
  const { kind, parameters } = file.task;
  const bound = TASKS.kinds[kind]!.bind(atThreshold(parameters, file.threshold), { columns: targets, train: all, all });
  return {
    task: { ...bound, ...(file.threshold && { threshold: file.threshold }) },
    targets,
    convert(target, values) {
      const known = texts[target];
      return known === undefined ? values : recode(columns[target]!, values, known);
    },
  };
}

function atThreshold(parameters: unknown, threshold: DecisionThreshold | undefined): unknown {
  return threshold === undefined ? parameters : { ...(parameters as object), threshold: threshold.value };
}

/** Codes of classes by their text. */
function recode(column: SourceColumn, values: ColumnValues, classes: readonly string[]): CategoryValues {
  const codeOf = new Map(classes.map((each, code) => [each, code]));
  const unknown = new Map<string, number>();
  const codes = Int32Array.from(textsOf(column, values), text => {
    if (text === undefined) return -1;
    const code = codeOf.get(text);
    if (code === undefined) unknown.set(text, (unknown.get(text) ?? 0) + 1);
    return code ?? -1;
  });
  if (unknown.size === 0) return { kind: 'category', codes };
  const shown = [...unknown].slice(0, 5).map(([text, rows]) => `'${text}' (${rows} rows)`);
  const more = unknown.size > shown.length ? ` and ${unknown.size - shown.length} more` : '';
  throw new UnsupportedTargets(
    `'${column.name}' has classes that the model does not have: ${shown.join(', ')}${more}; it has ${classes.slice(0, 20).join(', ')}`,
  );
}

/** Undefined where a value is missing. */
function textsOf({ type, categories = [] }: SourceColumn, values: ColumnValues): (string | undefined)[] {
  if (values.kind === 'category') return Array.from(values.codes, code => categories[code]);
  const isBool = type.kind === 'number' && type.dtype === 'BOOL';
  const text = (value: number | bigint) => (isBool ? String(Number(value) === 1) : String(value));
  const { data } = values as NumberValues;
  return Array.from(data as ArrayLike<number | bigint>, value => (Number.isNaN(value) ? undefined : text(value)));
}
