// From what a request says to the job's spec with everything filled in, by the types of the dataset's columns.

import type { RawComponent, ResolvedComponent } from '@athanor/components';
import { toComponent } from '@athanor/contracts';
import type { ComponentInput } from '@athanor/contracts/api';
import type { TrainingSpec, TrainingSpecInput } from '@athanor/contracts/training';
import type { Architecture } from '../architectures/architecture.js';
import { ARCHITECTURES } from '../architectures/architectures.js';
import { batchProblem } from '../engine/spec.js';
import { withLearningRate } from '../optimizers/learning-rate.js';
import type { OptimizerKind, SharedParameters } from '../optimizers/optimizer.js';
import { OPTIMIZERS } from '../optimizers/optimizers.js';
import { SCHEDULES } from '../schedules/schedules.js';
import { canGroupBy } from '../slices/group-rows.js';
import { TASKS } from '../tasks/tasks.js';
import { chooseLengths } from './choose-lengths.js';
import { chooseTask } from './choose-task.js';
import type { ColumnFacts, DatasetFacts } from './dataset-facts.js';
import { resolveAugmentations } from './resolve-augmentations.js';
import { resolveTransforms } from './resolve-transforms.js';
import { columnNames, type Parsed, Violations } from './violations.js';

const DEFAULT_OPTIMIZER: RawComponent = { kind: 'adam', parameters: {}, version: 0 };
const DEFAULT_SCHEDULE: RawComponent = { kind: 'constant', parameters: {}, version: 0 };

/** Throws INVALID_ARGUMENT that lists every problem. */
export function resolveSpec(spec: TrainingSpec, facts: DatasetFacts): TrainingSpecInput {
  const violations = new Violations();
  const targets = violations.find(facts, 'targets', spec.targets, ({ role }) => role === 'target');
  const isTarget = (name: string) => targets.some(target => target.name === name);
  // No transform encodes words yet: a text column is an input only if a request names it.
  const isInput = ({ role, name, type }: ColumnFacts) => role === 'input' && type.kind !== 'text' && !isTarget(name);
  const inputs = violations.find(facts, 'inputs', spec.inputs, isInput);
  for (const { name } of inputs.filter(each => isTarget(each.name)))
    violations.add('inputs', `'${name}' is a target; a model cannot take what it predicts`);
  if (targets.length === 0 && spec.targets.length === 0)
    violations.add('targets', `${facts.name} has no target; name a column to predict: ${columnNames(facts)}`);
  if (inputs.length === 0 && spec.inputs.length === 0)
    violations.add('inputs', `${facts.name} has no column with the role input besides the target`);
  const weight = findWeight(spec, facts, violations);
  const slices = findSlices(spec, facts, violations);
  violations.throwIfAny();
  const task = violations.parse(TASKS, spec.task, chooseTask(targets));
  const accepted = task?.kind.accepts(targets, task.component.parameters);
  if (typeof accepted === 'string') violations.add('task', `'${task?.component.kind}': ${accepted}`);
  const model = violations.parse(ARCHITECTURES, spec.model, defaultModel(facts, inputs));
  if (model?.kind.candidates !== undefined && facts.validationRows === 0)
    violations.add('model', `'${model.component.kind}' chooses by the validation split, which has no rows`);
  if (model !== undefined) checkBase(spec, model, violations);
  const transforms = resolveTransforms(spec.transforms, { inputs, model: model?.kind }, violations);
  const augmentations = resolveAugmentations(spec.augmentations, { model, inputs, transforms }, violations);
  const optimizer = violations.parse(OPTIMIZERS, spec.optimizer, DEFAULT_OPTIMIZER);
  const schedule = violations.parse(SCHEDULES, spec.schedule, model?.kind.schedule ?? DEFAULT_SCHEDULE);
  violations.throwIfAny();
  const chosen = optimizer && model && fillLearningRate(optimizer, model);
  const { patience, ...lengths } = chooseLengths(spec, facts, inputs);
  const { batchSize } = lengths;
  const problem = batchProblem({ batchSize, accumulateSteps: Math.max(1, spec.accumulateSteps) }, facts.trainRows);
  if (problem !== undefined) violations.add(batchSize > facts.trainRows ? 'batch_size' : 'accumulate_steps', problem);
  violations.throwIfAny();
  return {
    ...spec,
    ...lengths,
    earlyStopping: { patience },
    targets: targets.map(({ name }) => name),
    inputs: inputs.map(({ name }) => name),
    weight: weight?.name ?? '',
    slices: slices.map(({ name }) => name),
    task: messageOf(task),
    transforms: transforms.map(({ columns, transform }) => ({
      columns: [...columns],
      transform: toComponent(transform),
    })),
    model: messageOf(model),
    optimizer: messageOf(chosen),
    schedule: messageOf(schedule),
    augmentations: augmentations.map(toComponent),
  };
}

function checkBase({ base }: TrainingSpec, { kind, component }: Parsed<Architecture>, violations: Violations): void {
  if (kind.needsBase && !base?.modelName)
    violations.add('base', `'${component.kind}' starts from an imported version; name its model and number`);
  if (kind.needsBase || !base) return;
  const taking = Object.values(ARCHITECTURES.kinds).filter(({ needsBase }) => needsBase);
  const names = taking.map(each => `'${each.kind}'`).join(', ');
  violations.add('base', `'${component.kind}' starts from random weights; only a ${names} takes a base`);
}

/** Of a choice of networks each has its own. */
function fillLearningRate(optimizer: Parsed<OptimizerKind>, model: Parsed<Architecture>): Parsed<OptimizerKind> {
  if (model.kind.candidates !== undefined) return optimizer;
  const component = optimizer.component as ResolvedComponent<SharedParameters>;
  return { ...optimizer, component: withLearningRate(component, model.component) };
}

/** The best of several for a table, if there are rows to choose by. */
function defaultModel({ validationRows }: DatasetFacts, inputs: readonly ColumnFacts[]): RawComponent {
  const isTable = inputs.every(({ type }) => type.kind !== 'vector');
  return { kind: isTable && validationRows > 0 ? 'auto' : 'mlp', parameters: {}, version: 0 };
}

/** The columns by whose values metrics are computed too. */
export function findSlices(spec: TrainingSpec, facts: DatasetFacts, violations: Violations): ColumnFacts[] {
  const columns = violations.find(facts, 'slices', spec.slices, () => false);
  for (const { name, type } of columns.filter(each => !canGroupBy(each)))
    violations.add('slices', `expected categories, booleans or numbers, '${name}' is a ${type.kind}`);
  return columns;
}

/** The weight column: the named one, or the one with that role. */
function findWeight(spec: TrainingSpec, facts: DatasetFacts, violations: Violations): ColumnFacts | undefined {
  const named = spec.weight === '' ? [] : [spec.weight];
  const [weight, ...others] = violations.find(facts, 'weight', named, ({ role }) => role === 'weight');
  if (others.length > 0)
    violations.add('weight', `${facts.name} has several columns with the role weight; name one: ${weight?.name}, …`);
  if (weight !== undefined && weight.type.kind !== 'number')
    violations.add('weight', `expected a column of numbers, '${weight.name}' is a ${weight.type.kind}`);
  if (weight !== undefined && spec.targets.includes(weight.name))
    violations.add('weight', `'${weight.name}' is a target`);
  return weight;
}

export function messageOf(parsed: Parsed<unknown> | undefined): ComponentInput | null {
  return parsed === undefined ? null : toComponent(parsed.component);
}
