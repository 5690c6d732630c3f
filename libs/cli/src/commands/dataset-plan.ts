import type { Command } from 'commander';
import type { ImportOptions } from '../dataset/import-dataset.js';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { interruptible } from '../interruption.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';
import { withRecipe } from './recipe-options.js';

export function addDatasetPlan(dataset: Command, cli: CliEnvironment): void {
  withRecipe(dataset.command('plan <path...>'))
    .description('show what an import would make of files, by their first rows; imports nothing')
    .addHelpText(
      'after',
      `
Examples:
  athanor dataset plan houses.csv --target price
  athanor dataset plan adult.csv.gz --no-header --columns age,workclass,income --target income -o json`,
    )
    .action(async (paths: string[], options: ImportOptions, command: Command) => {
      const context = commandContext(cli, command);
      const { planDataset } = await import('../dataset/plan-dataset.js');
      const { planText } = await import('../dataset/plan-text.js');
      const { importCommand } = await import('../dataset/import-command.js');
      const plan = await withClient(context, client =>
        interruptible(signal => planDataset({ client, terminal: cli.terminal, paths, options, signal })),
      );
      const next = importCommand(command);
      context.show({ value: { ...plan, importCommand: next }, text: () => planText(plan, next) });
      const count = plan.problems.length;
      if (count > 0)
        throw new CliError(
          `an import would fail for ${count === 1 ? 'the reason' : `the ${count} reasons`} in the plan`,
          EXIT_CODES.failed,
        );
    });
}
