// A job that evaluates the model of an earlier job on another dataset version: it takes everything from that job.

import type { TrainingResult, TrainingSpec, TrainingSpecInput } from '@athanor/contracts/training';
import { describeType } from '@athanor/data';
import { ServiceError } from '@athanor/service/errors';
import type { JobRow } from '../store/jobs.js';
import { TASKS } from '../tasks/tasks.js';
import { type ColumnFacts, type DatasetFacts, toColumnType } from './dataset-facts.js';
import { findSlices } from './resolve-spec.js';
import { columnNames, Violations } from './violations.js';

/** Throws FAILED_PRECONDITION for a job without a model, INVALID_ARGUMENT for columns that the model cannot take. */
export function resolveEvaluation(spec: TrainingSpec, source: JobRow, facts: DatasetFacts): TrainingSpecInput {
  const { job_id: jobId } = source;
  // As complete as the attempt sent it.
  const result = source.result as TrainingResult | null;
  const digestOf = (name: string) => result?.files.find(file => file.name === name)?.digest;
  const [modelDigest, taskDigest] = [digestOf('model.onnx'), digestOf('task.json')];
  if (modelDigest === undefined || taskDigest === undefined || result?.signature === null) {
    const message = `job ${jobId} is ${source.state.replace('STATE_', '')} and has no model to evaluate; name a job that has trained one and succeeded`;
    throw new ServiceError('FAILED_PRECONDITION', message, { reason: 'JOB_WITHOUT_MODEL' });
  }
  const columns = result?.signature?.columns ?? [];
  const violations = new Violations();
  for (const column of columns) checkInput(violations, facts, { name: column.name, type: toColumnType(column.type) });
  const targets = violations.find(facts, 'targets', source.spec.targets, () => false);
  if (targets.length === source.spec.targets.length) checkTargets(violations, source.spec, targets);
  const slices = findSlices(spec, facts, violations);
  violations.throwIfAny();
  return {
    ...source.spec,
    slices: slices.map(({ name }) => name),
    evaluated: { jobId, modelDigest, taskDigest, columns },
  };
}

type Wanted = Pick<ColumnFacts, 'name' | 'type'>;

function checkInput(violations: Violations, facts: DatasetFacts, { name, type }: Wanted): void {
  const found = facts.columns.find(column => column.name === name);
  if (found === undefined)
    violations.add('inputs', `the model takes '${name}', which ${facts.name} does not have: ${columnNames(facts)}`);
  else if (!fits(found.type, type))
    violations.add(
      'inputs',
      `the model takes '${name}' as ${describeType(type)}, in ${facts.name} it is ${describeType(found.type)}; import it with --type ${name}=${type.kind}${found.nullable && type.kind === 'number' ? ', without missing values' : ''}`,
    );
}

/** Whether values of a dataset's column can be sent to a model that was trained with another one. */
function fits(found: ColumnFacts['type'], wanted: ColumnFacts['type']): boolean {
  if (wanted.kind === 'category' || wanted.kind === 'text') return found.kind === 'category' || found.kind === 'text';
  if (wanted.kind === 'number' && wanted.dtype === 'FP64') return found.kind === 'number';
  return describeType(found) === describeType(wanted);
}

function checkTargets(violations: Violations, { task }: TrainingSpec, targets: readonly ColumnFacts[]): void {
  const accepted = TASKS.kinds[task?.kind ?? '']?.accepts(targets, task?.parameters);
  if (typeof accepted === 'string') violations.add('targets', accepted);
}
