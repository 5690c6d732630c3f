import { type Command, Option } from 'commander';
import type { AskOptions } from '../infer/ask-deployment.js';
import { type CliEnvironment, commandContext } from './command-context.js';
import { positiveNumber, wholeNumber } from './number-options.js';

export function addInferCommand(program: Command, cli: CliEnvironment): void {
  program
    .command('infer <deployment>')
    .description('call a deployed model: raw columns in, predictions out')
    .option(
      '--inputs <json>',
      'one array for each input, with the batch dimension; @file reads a file, - standard input',
    )
    .addOption(new Option('--idx <file>', 'read the input from an IDX file').conflicts('inputs'))
    .option('--row <number>', 'the row of the file', wholeNumber, 0)
    .option('--model-version <number>', 'default: the active version', positiveNumber)
    .addHelpText(
      'after',
      `\nExamples:\n  athanor infer digits --idx mnist/t10k-images-idx3-ubyte --row 7\n  athanor infer houses --inputs '{"features": [[3, 120.5, 1]]}'`,
    )
    .action(async (modelName: string, options: AskOptions, command: Command) => {
      const { askDeployment } = await import('../infer/ask-deployment.js');
      await askDeployment(commandContext(cli, command), modelName, options);
    });
}
