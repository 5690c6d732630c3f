// A job that evaluates an imported version: which columns its inputs are, which output is measured, and as what.

import type { ModelVersion } from '@athanor/contracts/registry';
import type { EvaluatedImportInput, TrainingSpec, TrainingSpecInput } from '@athanor/contracts/training';
import { ServiceError } from '@athanor/service/errors';
import { EVALUATION_BATCH } from '../metrics/evaluation-batch.js';
import { TASKS } from '../tasks/tasks.js';
import type { DatasetFacts } from './dataset-facts.js';
import { describeShape } from './describe-shape.js';
import { resolveInputs } from './imported-inputs.js';
import { resolveScores } from './imported-scores.js';
import { findSlices, messageOf } from './resolve-spec.js';
import { columnNames, Violations } from './violations.js';

/**
 * Throws FAILED_PRECONDITION for a version that was not imported, INVALID_ARGUMENT that lists every column, output and
 * class that is missing or does not fit.
 */
export function resolveImported(spec: TrainingSpec, version: ModelVersion, facts: DatasetFacts): TrainingSpecInput {
  const { modelName, version: number, digest, signature, files } = version;
  if (version.origin === null || signature === null) {
    const message = `${modelName} v${number} was trained here; name the job that made it instead: ${version.jobIds[0] ?? 'unknown'}`;
    throw new ServiceError('FAILED_PRECONDITION', message, { reason: 'NOT_IMPORTED' });
  }
  const violations = new Violations();
  const batchSize = batchSizeOf(version, violations);
  const targets = violations.find(facts, 'targets', spec.targets, ({ role }) => role === 'target');
  if (targets.length === 0)
    violations.add('targets', `expected a column to compare the answers with; name one of ${columnNames(facts)}`);
  const slices = findSlices(spec, facts, violations);
  const wanted = spec.evaluated?.imported ?? null;
  const inputs = resolveInputs({ signature, wanted, facts, targets, violations });
  const scores = resolveScores({ version, signature, wanted, targets, task: spec.task?.kind ?? '', violations });
  violations.throwIfAny();
  const task = violations.parse(TASKS, spec.task, { kind: scores!.task, parameters: {}, version: 0 });
  const accepted = task?.kind.accepts(targets, task.component.parameters);
  if (typeof accepted === 'string') violations.add('targets', accepted);
  violations.throwIfAny();
  const imported: EvaluatedImportInput = {
    ...{ modelName, version: number, versionDigest: digest, batchSize, inputs },
    files: files.map(file => ({ ...file })),
    scores: scores!.output,
  };
  return {
    slices: slices.map(({ name }) => name),
    inputs: [...new Set(inputs.flatMap(({ columns }) => columns ?? []))],
    targets: targets.map(({ name }) => name),
    task: messageOf(task),
    evaluated: { imported },
  };
}

/** 1 if requests run alone; then every first size must take one row. */
function batchSizeOf({ batching, signature }: ModelVersion, violations: Violations): number {
  const tensors = [...(signature?.inputs ?? []), ...(signature?.outputs ?? [])];
  const isBatched = batching?.enabled === true;
  const wrong = isBatched ? undefined : tensors.find(({ shape }) => shape[0] !== 1 && shape[0] !== -1);
  if (wrong !== undefined) {
    const problem = `the first axis of '${wrong.name}' ${describeShape(wrong)} is not the row`;
    violations.add('evaluated.imported', `${problem}, so the model cannot be evaluated row by row`);
  }
  return isBatched ? Math.min(EVALUATION_BATCH, batching.maxBatchSize || EVALUATION_BATCH) : 1;
}
