// Which columns of a dataset are the inputs of an imported model.

import type { Signature, TensorSpec } from '@athanor/contracts/api';
import type { EvaluatedImport, InputColumnsInput } from '@athanor/contracts/training';
import { describeType } from '@athanor/data';
import type { ColumnFacts, DatasetFacts } from './dataset-facts.js';
import { describeShape } from './describe-shape.js';
import { columnNames, type Violations } from './violations.js';

export interface InputsWork {
  readonly signature: Signature;
  /** What the request says, if anything. */
  readonly wanted: EvaluatedImport | null;
  readonly facts: DatasetFacts;
  readonly targets: readonly ColumnFacts[];
  readonly violations: Violations;
}

/**
 * For each input: the columns that the request names, else the column with the input's name, else, if it is the only
 * input, all columns with the role input.
 */
export function resolveInputs(work: InputsWork): InputColumnsInput[] {
  const { signature, wanted, violations } = work;
  const named = wanted?.inputs ?? [];
  for (const { input } of named.filter(each => !signature.inputs.some(({ name }) => name === each.input)))
    violations.add(
      'evaluated.imported.inputs',
      `the model has no input '${input}'; it has ${namesOf(signature.inputs)}`,
    );
  return signature.inputs.map(input => {
    const columns = findColumns(work, input);
    if (columns.length > 0) checkColumns(work, input, columns);
    const { name, datatype, shape } = input;
    return { input: name, datatype, shape, columns: columns.map(column => column.name) };
  });
}

export const namesOf = (tensors: readonly TensorSpec[]): string => tensors.map(({ name }) => `'${name}'`).join(', ');

function findColumns({ signature, wanted, facts, targets, violations }: InputsWork, { name }: TensorSpec) {
  const explicit = wanted?.inputs.find(({ input }) => input === name)?.columns ?? [];
  const isTarget = (column: ColumnFacts) => targets.some(target => target.name === column.name);
  if (explicit.length > 0) {
    const columns = violations.find(facts, 'evaluated.imported.inputs', explicit, () => false);
    for (const column of columns.filter(isTarget))
      violations.add('evaluated.imported.inputs', `'${column.name}' is a target; a model cannot take what it predicts`);
    return columns;
  }
  const same = facts.columns.find(column => column.name === name && !isTarget(column));
  if (same !== undefined) return [same];
  const inputs = facts.columns.filter(column => column.role === 'input' && !isTarget(column));
  if (signature.inputs.length === 1 && inputs.length > 0) return inputs;
  violations.add(
    'evaluated.imported.inputs',
    `no column is named as the input '${name}'; say which columns it consists of: ${columnNames(facts)}`,
  );
  return [];
}

/** No column has these, and their few digits would change the figures without a word. */
const WITHOUT_COLUMNS = ['FP16', 'BF16'];

function checkColumns({ violations }: InputsWork, input: TensorSpec, columns: readonly ColumnFacts[]): void {
  const add = (problem: string) => violations.add('evaluated.imported.inputs', `'${input.name}': ${problem}`);
  if (WITHOUT_COLUMNS.includes(input.datatype)) {
    add(`columns are not given as ${input.datatype}; export the model with FP32 inputs`);
    return;
  }
  for (const { name, type } of columns.filter(column => !fits(column, input)))
    add(`it takes ${input.datatype}, '${name}' is ${describeType(type)}`);
  const rowShape = input.shape.slice(1);
  const fixed = rowShape.filter(size => size >= 0).reduce((product, size) => product * size, 1);
  const variable = rowShape.filter(size => size < 0).length;
  const elements = columns.reduce((sum, { type }) => sum + elementsOf(type), 0);
  const matches = variable === 0 ? elements === fixed : variable === 1 && fixed > 0 && elements % fixed === 0;
  if (variable > 1) add(`${describeShape(input)} has several variable sizes besides the batch, so a row has no shape`);
  else if (!matches)
    add(
      `${describeShape(input)} takes ${fixed} elements a row, ${columns.length === 1 ? `'${columns[0]!.name}' has` : `${columns.length} columns have`} ${elements}; name the columns in the model's order`,
    );
}

function fits({ type }: ColumnFacts, { datatype }: TensorSpec): boolean {
  if (datatype === 'BYTES') return type.kind === 'category' || type.kind === 'text';
  return type.kind === 'number' || type.kind === 'vector';
}

function elementsOf(type: ColumnFacts['type']): number {
  return type.kind === 'vector' ? type.shape.reduce((product, size) => product * size, 1) : 1;
}
