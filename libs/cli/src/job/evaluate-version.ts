// A version evaluated on a dataset: a job that trains nothing, and whose figures become part of the version.

import { randomUUID } from 'node:crypto';
import type { AthanorClient } from '@athanor/client';
import { toComponent } from '@athanor/contracts';
import type { ModelVersion } from '@athanor/contracts/registry';
import type { EvaluatedImportInput, TrainingJob, TrainingSpecInput } from '@athanor/contracts/training';
import type { CommandContext } from '../commands/command-context.js';
import { givenOptions, type MeasureOptions } from '../commands/measure-options.js';
import { expectSuccess } from '../commands/train.js';
import { isRpcError, usageError } from '../exit-codes.js';
import { interruptible } from '../interruption.js';
import { commandLine } from '../mesh/command-line.js';

export interface EvaluationRequest {
  readonly dataset: string;
  /** 0: the latest that is ready. */
  readonly datasetVersion: number;
  readonly options: MeasureOptions;
}

/** Runs the job, and resolves with it when its figures are part of the version. */
export async function evaluateVersion(
  context: CommandContext,
  client: AthanorClient,
  { version, request }: { readonly version: ModelVersion; readonly request: EvaluationRequest },
): Promise<TrainingJob> {
  const [{ withJobDetails }, { waitForJob }, { waitForFigures }] = await Promise.all([
    import('./evaluation.js'),
    import('./wait-for-job.js'),
    import('../quickstart/wait.js'),
  ]);
  const { modelName, version: number } = version;
  const spec = evaluationSpec(version, request);
  const creation = client.training.createTrainingJob({ requestId: randomUUID(), modelName, spec });
  const { job } = await creation.catch((error: unknown) => {
    throw withOptions(error);
  });
  if (job === null) throw new Error('expected a job in the response, received none');
  const ended = await withJobDetails(client, await waitForJob(context, client, job.jobId));
  expectSuccess(ended, true);
  const { datasetVersion: evaluatedVersion } = ended.spec ?? {};
  const detailsDigest = ended.result?.evaluation?.detailsDigest ?? '';
  await interruptible(signal => waitForFigures(client, { name: modelName, version: number, detailsDigest, signal }));
  const gate = `model gate ${modelName} --dataset ${request.dataset} --dataset-version ${evaluatedVersion}`;
  context.terminal.err(
    `The figures are part of ${modelName} v${number}. A gate can require them: ${commandLine(`${gate} --split test --metric … --threshold …`, context.options.home)}\n`,
  );
  return ended;
}

/** The figures of every split. */
export async function figuresText(job: TrainingJob): Promise<string> {
  const { evaluationText } = await import('./evaluation.js');
  return evaluationsOf(job).map(evaluationText).join('\n');
}

function evaluationSpec(
  version: ModelVersion,
  { dataset, datasetVersion, options }: EvaluationRequest,
): TrainingSpecInput {
  const common = { datasetId: dataset, datasetVersion, slices: [...(options.slice ?? [])] };
  const [jobId] = version.jobIds;
  if (jobId !== undefined) {
    expectNoMeasure(version, options);
    return { ...common, evaluated: { jobId } };
  }
  const { modelName, version: number } = version;
  const { scores: output = '', classes = [], logits = false, columns = [], target = [], task } = options;
  const imported: EvaluatedImportInput = {
    ...{ modelName, version: number, inputs: columns.map(each => ({ ...each })) },
    scores: { output, classes: [...classes], kind: logits ? 'KIND_LOGITS' : 'KIND_UNSPECIFIED' },
  };
  return {
    ...common,
    targets: [...target],
    task: task === undefined ? null : toComponent({ kind: task, parameters: {}, version: 0 }),
    evaluated: { imported },
  };
}

const OPTION_OF: Readonly<Record<string, string>> = {
  'spec.targets': '--target',
  'spec.task': '--task',
  'spec.slices': '--slice',
  'spec.evaluated.imported.inputs': '--columns',
  'spec.evaluated.imported.scores': '--scores',
  'spec.evaluated.imported.scores.classes': '--classes',
};

/** The error with the options that correct it, in place of the fields. */
function withOptions(error: unknown): unknown {
  if (!isRpcError(error, 'INVALID_ARGUMENT') || error.violations.length === 0) return error;
  const problems = error.violations.map(({ field, description }) => `${OPTION_OF[field] ?? field}: ${description}`);
  return usageError(problems.join('; '), error);
}

/** A version that was trained here is measured as its job says. */
function expectNoMeasure({ modelName, version }: ModelVersion, { slice: _, ...options }: MeasureOptions): void {
  const given = givenOptions(options);
  if (given === '') return;
  throw usageError(
    `${given}: for imported models only; ${modelName} v${version} was trained here, and its job says how it is measured`,
  );
}

function evaluationsOf({ result }: TrainingJob) {
  const { evaluation = null, otherEvaluations = [] } = result ?? {};
  return [...(evaluation === null ? [] : [evaluation]), ...otherEvaluations];
}
