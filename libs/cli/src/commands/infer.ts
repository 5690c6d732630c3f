import { type Command, Option } from 'commander';
import type { AskOptions } from '../infer/ask-deployment.js';
import { type CliEnvironment, commandContext } from './command-context.js';
import { positiveNumber, wholeNumber } from './number-options.js';

export function addInferCommand(program: Command, cli: CliEnvironment): void {
  program
    .command('infer <deployment>')
    .description('call a deployed model: raw columns in, predictions out')
    .option(
      '--json <row>',
      'a row as an object by column name, or a list of rows; @file reads a file, - standard input',
    )
    .option('--csv <file>', 'rows by column name; written to standard output with predictions; - reads standard input')
    .option('--delimiter <character>', 'of the CSV file', ',')
    .option(
      '--inputs <json>',
      'one array for each input, with the batch dimension; @file reads a file, - standard input',
    )
    .addOption(new Option('--idx <file>', 'read the input from an IDX file').conflicts('inputs'))
    .option('--row <number>', 'the row of the file', wholeNumber, 0)
    .option('--model-version <number>', 'default: the active version', positiveNumber)
    .addHelpText(
      'after',
      `\nExamples:\n  athanor infer digits --idx mnist/t10k-images-idx3-ubyte --row 7\n  athanor infer income --json '{"age": 39, "workclass": "State-gov", "hours-per-week": null}'\n  athanor infer income --csv new-people.csv > predicted.csv\n  athanor infer houses --inputs '{"rooms": [[3]], "area": [[120.5]]}'`,
    )
    .action(async (modelName: string, options: AskOptions, command: Command) => {
      const { askDeployment } = await import('../infer/ask-deployment.js');
      await askDeployment(commandContext(cli, command), modelName, options);
    });
}
