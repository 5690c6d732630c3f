// Which output of an imported model is measured, and as what.

import type { Signature, TensorSpec } from '@athanor/contracts/api';
import type { ModelVersion } from '@athanor/contracts/registry';
import type { EvaluatedImport, ScoresOutputInput } from '@athanor/contracts/training';
import type { ColumnFacts } from './dataset-facts.js';
import { describeShape } from './describe-shape.js';
import { namesOf } from './imported-inputs.js';
import { repeated, type Violations } from './violations.js';

const FIELD = 'evaluated.imported.scores';
const MEASURED_TASKS = ['binary', 'multiclass', 'regression'];

export interface ScoresWork {
  readonly version: ModelVersion;
  readonly signature: Signature;
  /** What the request says, if anything. */
  readonly wanted: EvaluatedImport | null;
  readonly targets: readonly ColumnFacts[];
  /** Kind of the task of the request; empty: chosen. */
  readonly task: string;
  readonly violations: Violations;
}

export interface Scores {
  readonly task: string;
  readonly output: ScoresOutputInput;
}

/** Undefined if there are violations. */
export function resolveScores(work: ScoresWork): Scores | undefined {
  const { wanted, targets, task, violations } = work;
  if (task !== '' && !MEASURED_TASKS.includes(task)) {
    violations.add('task', `an imported model is measured as ${MEASURED_TASKS.join(', ')}; got '${task}'`);
    return undefined;
  }
  const isRegression = task === '' ? isNumber(work) : task === 'regression';
  const output = findOutput(work, isRegression ? targets.length : undefined);
  if (output === undefined) return undefined;
  const kind = wanted?.scores?.kind ?? 'KIND_UNSPECIFIED';
  if (isRegression) {
    if (kind !== 'KIND_UNSPECIFIED' || (wanted?.scores?.classes.length ?? 0) > 0)
      violations.add(FIELD, 'a regression has neither classes nor logits');
    return { task: 'regression', output: { output: output.name, kind, classes: [] } };
  }
  const classes = findClasses(work, output);
  if (classes === undefined) return undefined;
  if (task === 'binary' && classes.length !== 2)
    violations.add('task', `a binary task has 2 classes, '${output.name}' has ${classes.length}; use multiclass`);
  const chosen = task || (classes.length === 2 ? 'binary' : 'multiclass');
  return { task: chosen, output: { output: output.name, kind, classes: [...classes] } };
}

/** A number is predicted unless the model has classes. */
function isNumber({ wanted, targets, version, signature, violations }: ScoresWork): boolean {
  const hasClasses =
    (wanted?.scores?.classes.length ?? 0) > 0 ||
    signature.classes.length > 0 ||
    (version.recommendedServing?.labels?.outputs.length ?? 0) > 0;
  if (hasClasses) return false;
  if (targets.length > 1) return true;
  const [target] = targets;
  if (target?.type.kind !== 'number' || isBool(target)) return false;
  if (target.type.dtype === 'FP64') return true;
  // Whole numbers may be the positions of scores.
  if (signature.outputs.some(output => isScores(output) && (output.shape[1] ?? 1) > 1)) return false;
  if ((target.unique ?? Number.POSITIVE_INFINITY) <= 2)
    violations.add('task', `'${target.name}' has two values: say regression, or name the classes, for example 0,1`);
  return true;
}

const isBool = (target: ColumnFacts | undefined): boolean =>
  target?.type.kind === 'number' && target.type.dtype === 'BOOL';

const isScores = ({ datatype, shape }: TensorSpec): boolean =>
  ['FP32', 'FP64'].includes(datatype) && (shape.length === 1 || shape.length === 2);

/** The named output, or the only one whose rows are scores. `width`: values of a row, if known. */
function findOutput({ signature, wanted, violations }: ScoresWork, width: number | undefined): TensorSpec | undefined {
  const name = wanted?.scores?.output ?? '';
  const { outputs } = signature;
  const named = outputs.find(output => output.name === name);
  if (name !== '' && named === undefined) {
    violations.add(FIELD, `the model has no output '${name}'; it has ${namesOf(outputs)}`);
    return undefined;
  }
  const hasWidth = (output: TensorSpec) => width === undefined || widthOf(output) < 0 || widthOf(output) === width;
  const fits = (output: TensorSpec) => isScores(output) && hasWidth(output);
  const candidates = named === undefined ? outputs.filter(fits) : [named];
  const [only, ...others] = candidates;
  if (only === undefined || others.length > 0) {
    const found = only === undefined ? 'none' : namesOf(candidates);
    const expected = 'expected one output of numbers with one dimension besides the batch';
    violations.add(FIELD, `${expected}, got ${found}; the outputs are ${outputs.map(describeOutput).join('; ')}`);
    return undefined;
  }
  if (isScores(only)) return only;
  violations.add(
    FIELD,
    `expected FP32 or FP64 with at most one dimension besides the batch, got ${describeOutput(only)}`,
  );
  return undefined;
}

const describeOutput = (output: TensorSpec): string => `'${output.name}' ${describeShape(output)}`;

/** Values of a row; -1: variable. */
function widthOf({ shape }: TensorSpec): number {
  return shape[1] ?? 1;
}

/** Of the request, else the labels of the version, else the positions as text if the target is a whole number. */
function findClasses({ wanted, targets, version, signature, violations }: ScoresWork, output: TensorSpec) {
  const width = widthOf(output);
  const labels = version.recommendedServing?.labels?.outputs.find(each => each.output === output.name)?.labels ?? [];
  const [target] = targets;
  const isWhole = target?.type.kind === 'number' && !isBool(target);
  const positions = isWhole && width > 1 ? Array.from({ length: width }, (_, index) => String(index)) : [];
  const known = [wanted?.scores?.classes ?? [], labels, signature.classes, positions];
  const classes = known.find(each => each.length > 0);
  if (classes === undefined) {
    const problem = `the classes of '${output.name}' are not known: the model has no labels`;
    violations.add(`${FIELD}.classes`, `${problem}; name them in the order of its values`);
    return undefined;
  }
  const isComplete = width < 0 || classes.length === width || (classes.length === 2 && width === 1);
  if (!isComplete) {
    const expected = width === 1 ? 2 : width;
    violations.add(
      `${FIELD}.classes`,
      `expected ${expected} classes for ${describeOutput(output)}, got ${classes.length}`,
    );
  }
  if (isBool(target) && classes.some(each => each !== 'true' && each !== 'false'))
    violations.add(`${FIELD}.classes`, `'${target?.name}' is false or true: name those in the order of the output`);
  const [twice] = repeated(classes);
  if (twice !== undefined) violations.add(`${FIELD}.classes`, `'${twice}' is named twice`);
  return isComplete && twice === undefined ? classes : undefined;
}
