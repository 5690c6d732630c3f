import type { AthanorClient } from '@athanor/client';
import type { Command } from 'commander';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';
import { type ListOptions, showList, withLimit } from './list.js';
import { positiveNumber } from './number-options.js';

interface QuarantineOptions extends ListOptions {
  readonly version?: number;
  readonly csv?: string;
}

export function addDatasetQuarantine(dataset: Command, cli: CliEnvironment): void {
  withLimit(dataset.command('quarantine <dataset>'))
    .description('show the rows that were quarantined: file, row, column, value and reason')
    .option('--version <number>', 'default: the latest that is ready', positiveNumber)
    .option('--csv <file>', 'write all of them as CSV')
    .addHelpText(
      'after',
      '\nExamples:\n  athanor dataset quarantine adult\n  athanor dataset quarantine adult --version 2 --csv flawed.csv',
    )
    .action(async (datasetId: string, { version = 0, csv, limit }: QuarantineOptions, command: Command) => {
      const context = commandContext(cli, command);
      const { quarantineText } = await import('../dataset/quarantine-text.js');
      await withClient(context, async client => {
        if (csv !== undefined) {
          const { writeQuarantine } = await import('../dataset/write-quarantine.js');
          const rows = await writeQuarantine(listOf(client, { datasetId, version }), csv);
          cli.terminal.err(`${rows} rows are written to ${csv}.\n`);
          return;
        }
        await showList(context, {
          limit,
          list: listOf(client, { datasetId, version }),
          text: quarantineText,
          empty: `No row of ${datasetId} is in quarantine.`,
        });
      });
    });
}

function listOf({ ingest }: AthanorClient, dataset: { readonly datasetId: string; readonly version: number }) {
  return (page: { readonly pageSize: number; readonly pageToken: string }) =>
    ingest.listQuarantinedRows({ ...dataset, ...page }).then(answer => ({ ...answer, items: answer.rows }));
}
