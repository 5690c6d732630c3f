import { randomUUID } from 'node:crypto';
import type { TrainingJob } from '@athanor/contracts/training';
import { type Command, Option } from 'commander';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { jobText } from '../job/describe.js';
import { withJobDetails } from '../job/evaluation.js';
import { findMadeVersion, nextSteps } from '../job/next-steps.js';
import { waitForJob } from '../job/wait-for-job.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';
import { positiveNumbers, realNumber, wholeNumber } from './number-options.js';

export interface TrainOptions {
  readonly dataset: string;
  readonly datasetVersion: number;
  readonly model: string;
  readonly hidden: number[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: string;
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
  readonly seed: number;
  readonly cpuThreads: number;
  readonly checkpointEverySteps: number;
  readonly name: string;
  readonly requestId?: string;
  readonly wait?: boolean;
  readonly json?: boolean;
}

export function addTrainCommand(program: Command, cli: CliEnvironment): void {
  program
    .command('train')
    .description('train a model on a dataset version; the result becomes a version of the model')
    .requiredOption('--dataset <id>', 'the dataset to train on')
    .requiredOption('--name <model>', 'the registered model')
    .option('--dataset-version <number>', 'default: the latest that is ready', wholeNumber, 0)
    .addOption(new Option('--model <kind>', 'the network').choices(['mlp']).default('mlp'))
    .option('--hidden <widths>', 'widths of the hidden layers', positiveNumbers, [64, 64])
    .option('--epochs <n>', 'passes over the training rows', wholeNumber, 5)
    .option('--batch-size <n>', 'rows per step', wholeNumber, 32)
    .addOption(
      new Option('--optimizer <kind>', 'how gradients become updates').choices(['adam', 'sgd']).default('adam'),
    )
    .option('--learning-rate <rate>', 'step size', realNumber, 1e-3)
    .option('--momentum <share>', 'sgd only', realNumber, 0)
    .option('--weight-decay <rate>', 'weight decay per step', realNumber, 0)
    .option('--clip-norm <norm>', 'maximum global norm of the gradients; 0: unlimited', realNumber, 0)
    .option('--seed <n>', 'determines the initial weights and the order of rows', wholeNumber, 0)
    .option('--cpu-threads <n>', "the bits of the result depend on it; 0: the service's default", wholeNumber, 0)
    .option('--checkpoint-every-steps <n>', '0: 2000', wholeNumber, 0)
    .option('--request-id <key>', 'idempotency key: the same key starts one job only')
    .option('--wait', 'show progress, and exit when the job ends')
    .option('--json', 'same as --output json')
    .addHelpText(
      'after',
      '\nExamples:\n  athanor train --dataset digits --name digits --wait\n  athanor train --dataset digits --name digits --hidden 128,64 --optimizer sgd --learning-rate 0.1 --momentum 0.9',
    )
    .action(async (options: TrainOptions, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, async client => {
        const { job } = await client.training.createTrainingJob(toRequest(options));
        if (job === null) throw new Error('expected a job in the response, received none');
        if (!options.wait)
          cli.terminal.err(`Job ${job.jobId} is queued; follow it with: athanor job watch ${job.jobId}\n`);
        const ended = options.wait ? await waitForJob(context, client, job.jobId) : job;
        const shown = await withJobDetails(client, ended);
        // Its epochs were shown as they finished.
        const view = { value: shown, text: () => jobText(shown, []) };
        if (options.json) cli.terminal.out(`${JSON.stringify(shown)}\n`);
        else context.show(view);
        expectSuccess(shown, options.wait === true);
        if (options.wait) {
          const version = await findMadeVersion(client, shown.jobId);
          cli.terminal.err(nextSteps(context, shown.modelName, version));
        }
      });
    });
}

/** With --wait the exit code says how the job ended. */
export function expectSuccess(job: TrainingJob, waited: boolean): void {
  if (!waited || job.state === 'STATE_SUCCEEDED') return;
  const why = job.error?.message ?? job.transitions.at(-1)?.message ?? '';
  throw new CliError(`job ${job.jobId} ended as ${job.state.replace('STATE_', '')}: ${why}`, EXIT_CODES.jobFailed);
}

export function toRequest(options: TrainOptions) {
  const { model, hidden, optimizer, learningRate, momentum, weightDecay, clipNorm } = options;
  return {
    // An own id, so that a request that is retried after a lost response does not start a second job.
    requestId: options.requestId ?? randomUUID(),
    modelName: options.name,
    spec: {
      datasetId: options.dataset,
      datasetVersion: options.datasetVersion,
      model: { kind: model, hidden },
      optimizer: { kind: optimizer, learningRate, momentum, weightDecay, clipNorm },
      epochs: options.epochs,
      batchSize: options.batchSize,
      seed: options.seed,
      cpuThreads: options.cpuThreads,
      checkpointEverySteps: options.checkpointEverySteps,
    },
  };
}
