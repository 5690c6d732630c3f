import type { TrainingJob } from '@athanor/contracts/training';
import type { Command } from 'commander';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import type { RequestOptions } from '../train/job-request.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';
import { list } from './list-option.js';
import { wholeNumber } from './number-options.js';

export interface TrainOptions extends RequestOptions {
  readonly name: string;
  readonly requestId?: string;
  readonly printSpec?: boolean;
  readonly wait?: boolean;
  readonly json?: boolean;
}

const collect = (text: string, before: readonly string[] = []) => [...before, text];

const HELP = `
Parameters of the task, model, optimizer and schedule are options too: --model.hidden 128,64 --schedule.warmup 0.1
('athanor components model mlp' lists them). Those of a transform have the column in front, those of an augmentation its
kind: --transform price=quantile --transform.price.quantiles 100, --augment crop --augment.crop.padding 6.
What is left open is chosen by the columns' types and the number of rows.

Examples:
  athanor train --dataset digits --name digits --wait
  athanor train --dataset houses --name prices --target price --transform rooms=min-max --wait
  athanor train --dataset adult --name income --slice sex,age --task binary --task.threshold f1 --wait
  athanor train --dataset digits --name digits --model mlp --model.hidden 128,64 --optimizer sgd --optimizer.momentum 0.9
  athanor train --dataset flowers --name flowers --model fine-tune --model.train lora --base imagenet:1 --wait
  athanor train --dataset cifar --name cifar --model resnet --augment flip,crop,cutout --augment.crop.padding 6
  athanor train --dataset digits --name digits --print-spec > job.yaml
  athanor train --spec job.yaml --name digits --wait`;

export function addTrainCommand(program: Command, cli: CliEnvironment): void {
  program
    .command('train')
    .description('train a model on a dataset version; the result becomes a version of the model')
    .requiredOption('--name <model>', 'the registered model')
    .option('--dataset <id>', 'the dataset to train on')
    .option('--dataset-version <number>', 'default: the latest that is ready', wholeNumber)
    .option('--target <columns>', "columns to predict, separated by commas (default: the dataset's targets)", list)
    .option('--inputs <columns>', "columns that the model takes (default: the dataset's inputs)", list)
    .option('--slice <columns>', 'columns by whose values metrics are computed too, separated by commas', list)
    .option('--task <kind>', 'what is predicted: regression, binary, multiclass, multilabel (default: chosen)')
    .option('--transform <column=kind>', 'how a column is encoded (default: chosen); may be repeated', collect)
    .option(
      '--model <kind>',
      'the network: mlp, linear, auto for the best of them; cnn, resnet, mobilenet for images; fine-tune for an imported one (default: auto for tables, else mlp)',
    )
    .option('--base <model:version>', 'the imported version that --model fine-tune starts from')
    .option('--optimizer <kind>', 'how gradients become updates (default: adam)')
    .option('--schedule <kind>', 'how the learning rate changes, such as cosine (default: by the model)')
    .option(
      '--augment <kinds>',
      'random changes of the images of training rows, such as flip,crop (default: none)',
      list,
    )
    .option('--epochs <n>', 'maximum number of passes over the training rows (default: chosen)', wholeNumber)
    .option('--batch-size <n>', 'rows per batch (default: chosen)', wholeNumber)
    .option('--accumulate-steps <n>', 'batches per update of the weights (default: 1)', wholeNumber)
    .option(
      '--patience <n>',
      'epochs without a smaller validation loss after which training ends; 0: never',
      wholeNumber,
    )
    .option('--seed <n>', 'determines the initial weights and the order of rows', wholeNumber)
    .option('--cpu-threads <n>', "the bits of the result depend on it; 0: the service's default", wholeNumber)
    .option('--checkpoint-every-steps <n>', '0: 2000', wholeNumber)
    .option(
      '--shuffle-buffer-mb <n>',
      'training rows that are larger are read while they are trained, and shuffled in a buffer of this size; 0: 1024',
      wholeNumber,
    )
    .option('--spec <file>', 'a job as YAML or JSON, as --print-spec writes it; options override it')
    .option('--print-spec', 'print the whole job as YAML, and start nothing')
    .option('--request-id <key>', 'idempotency key: the same key starts one job only')
    .option('--wait', 'show progress, and exit when the job ends')
    .option('--json', 'same as --output json')
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', HELP)
    .action(async (options: TrainOptions, command: Command) => {
      const { startTraining } = await import('../train/start-training.js');
      const context = commandContext(cli, command);
      await withClient(context, client => startTraining(context, client, { options, words: command.args }));
    });
}

/** With --wait the exit code says how the job ended. */
export function expectSuccess(job: TrainingJob, waited: boolean): void {
  if (!waited || job.state === 'STATE_SUCCEEDED') return;
  const why = job.error?.message ?? job.transitions.at(-1)?.message ?? '';
  throw new CliError(`job ${job.jobId} ended as ${job.state.replace('STATE_', '')}: ${why}`, EXIT_CODES.jobFailed);
}
