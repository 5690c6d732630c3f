import type { Command } from 'commander';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';
import { addMeasureOptions, type MeasureOptions } from './measure-options.js';
import { positiveNumber } from './number-options.js';

interface EvaluateOptions extends MeasureOptions {
  readonly dataset: string;
  readonly datasetVersion?: number;
}

const HELP = `
Every split of the dataset is evaluated, and the figures become part of the version, where gates can require them.
The dataset needs the columns that the model takes and its targets. For an imported model they are found by the names and
shapes of its inputs and outputs; what cannot be found is refused with the options to name it.

Examples:
  athanor model evaluate income 1 --dataset adult-2026
  athanor model evaluate income 2 --dataset adult-2026 --dataset-version 3 --slice sex,race
  athanor model evaluate imported 1 --dataset iris --classes setosa,versicolor,virginica
  athanor model evaluate imported 1 --dataset houses --columns x=rooms,age,income --scores price --task regression`;

export function addModelEvaluateCommand(model: Command, cli: CliEnvironment): void {
  const command = model
    .command('evaluate')
    .argument('<model>')
    .argument('<version>', 'its number', positiveNumber)
    .description('evaluate a version on a dataset, and wait for the figures')
    .requiredOption('--dataset <id>', 'the dataset to evaluate on')
    .option('--dataset-version <number>', 'default: the latest that is ready', positiveNumber);
  addMeasureOptions(command)
    .addHelpText('after', HELP)
    .action(async (modelName: string, version: number, options: EvaluateOptions, self: Command) => {
      const context = commandContext(cli, self);
      const { dataset, datasetVersion = 0 } = options;
      const { evaluateVersion, figuresText } = await import('../job/evaluate-version.js');
      await withClient(context, async client => {
        const { modelVersion } = await client.registry.getModelVersion({ modelName, version });
        if (modelVersion === null) throw new Error('expected a version in the response, received none');
        const request = { dataset, datasetVersion, options };
        const job = await evaluateVersion(context, client, { version: modelVersion, request });
        const text = await figuresText(job);
        context.show({ value: job, text: () => text });
      });
    });
}
