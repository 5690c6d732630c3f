import { randomUUID } from 'node:crypto';
import type { AthanorClient } from '@athanor/client';
import type { TrainingJob } from '@athanor/contracts/training';
import type { Command } from 'commander';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { interruptible } from '../interruption.js';
import { commandLine } from '../mesh/command-line.js';
import { type CliEnvironment, type CommandContext, commandContext, withClient } from './command-context.js';
import { positiveNumber } from './number-options.js';
import { expectSuccess } from './train.js';

interface EvaluateOptions {
  readonly dataset: string;
  readonly datasetVersion?: number;
  readonly slice?: readonly string[];
}

const HELP = `
Every split of the dataset is evaluated, and the figures become part of the version, where gates can require them.
The dataset needs the columns that the model takes and its targets.

Examples:
  athanor model evaluate income 1 --dataset adult-2026
  athanor model evaluate income 2 --dataset adult-2026 --dataset-version 3 --slice sex,race`;

export function addModelEvaluateCommand(model: Command, cli: CliEnvironment): void {
  model
    .command('evaluate')
    .argument('<model>')
    .argument('<version>', 'its number', positiveNumber)
    .description('evaluate a version on another dataset, and wait for the figures')
    .requiredOption('--dataset <id>', 'the dataset to evaluate on')
    .option('--dataset-version <number>', 'default: the latest that is ready', positiveNumber)
    .option('--slice <columns>', 'columns by whose values metrics are computed too, separated by commas', text =>
      text.split(',').filter(Boolean),
    )
    .addHelpText('after', HELP)
    .action(async (name: string, version: number, options: EvaluateOptions, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, client => evaluateVersion(context, client, { name, version, options }));
    });
}

interface EvaluateRequest {
  readonly name: string;
  readonly version: number;
  readonly options: EvaluateOptions;
}

async function evaluateVersion(
  context: CommandContext,
  client: AthanorClient,
  { name, version, options }: EvaluateRequest,
): Promise<void> {
  const [{ evaluationText, withJobDetails }, { waitForJob }, { waitForFigures }] = await Promise.all([
    import('../job/evaluation.js'),
    import('../job/wait-for-job.js'),
    import('../quickstart/wait.js'),
  ]);
  const { modelVersion } = await client.registry.getModelVersion({ modelName: name, version });
  const [jobId] = modelVersion?.jobIds ?? [];
  if (jobId === undefined)
    throw new CliError(
      `${name} v${version} was not made by a training job, which is what says how it is evaluated`,
      EXIT_CODES.refused,
    );
  const { dataset: datasetId, datasetVersion = 0, slice: slices = [] } = options;
  const { job } = await client.training.createTrainingJob({
    requestId: randomUUID(),
    modelName: name,
    spec: { datasetId, datasetVersion, slices: [...slices], evaluated: { jobId } },
  });
  if (job === null) throw new Error('expected a job in the response, received none');
  const ended = await withJobDetails(client, await waitForJob(context, client, job.jobId));
  context.show({ value: ended, text: () => evaluationsOf(ended).map(evaluationText).join('\n') });
  expectSuccess(ended, true);
  const { datasetVersion: evaluatedVersion } = ended.spec ?? {};
  const detailsDigest = ended.result?.evaluation?.detailsDigest ?? '';
  await interruptible(signal => waitForFigures(client, { name, version, detailsDigest, signal }));
  const gate = `model gate ${name} --dataset ${datasetId} --dataset-version ${evaluatedVersion}`;
  context.terminal.err(
    `The figures are part of ${name} v${version}. A gate can require them: ${commandLine(`${gate} --split test --metric … --threshold …`, context.options.home)}\n`,
  );
}

function evaluationsOf({ result }: TrainingJob) {
  const { evaluation = null, otherEvaluations = [] } = result ?? {};
  return [...(evaluation === null ? [] : [evaluation]), ...otherEvaluations];
}
