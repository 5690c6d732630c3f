import type { Command } from 'commander';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';
import { positiveNumber } from './number-options.js';

export function addDatasetCancel(dataset: Command, cli: CliEnvironment): void {
  dataset
    .command('cancel <dataset>')
    .description('end an import, queued or running')
    .requiredOption('--version <number>', 'the version that is PREPARING', positiveNumber)
    .addHelpText('after', '\nExamples:\n  athanor dataset cancel digits --version 3')
    .action(async (datasetId: string, { version }: { version: number }, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, client => client.ingest.cancelDatasetVersion({ datasetId, version }));
      cli.terminal.err(`The import of ${datasetId} v${version} is cancelled.\n`);
    });
}
