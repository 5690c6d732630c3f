import type { DatasetVersion } from '@athanor/contracts/ingest';
import type { Command } from 'commander';
import { datasetVersionText } from '../dataset/describe.js';
import { showReport } from '../report/show-report.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';
import { positiveNumber } from './number-options.js';

export function addDatasetReportCommand(dataset: Command, cli: CliEnvironment): void {
  dataset
    .command('report <dataset>')
    .description('write a page with the schema, distributions, missing values, findings and splits of a version')
    .option('--version <number>', 'default: the latest that is ready', positiveNumber)
    .option('--html <file>', 'where to write the page; - writes to standard output. Without it: what describe prints')
    .addHelpText(
      'after',
      `
Examples:
  athanor dataset report adult --html adult.html
  athanor dataset report adult --version 2 --html reports/adult-2.html
  athanor dataset report adult`,
    )
    .action(async (datasetId: string, { version = 0, html }: { version?: number; html?: string }, command: Command) => {
      const context = commandContext(cli, command);
      const { datasetVersion } = await withClient(context, client =>
        client.ingest.getDatasetVersion({ datasetId, version }),
      );
      if (datasetVersion === null) throw new Error('expected a version in the response, received none');
      await showReport(context, {
        html,
        view: { value: datasetVersion, text: () => datasetVersionText(datasetVersion) },
        page: async () => (await import('@athanor/reports')).datasetReport(datasetVersion),
        content: contentText(datasetVersion),
      });
    });
}

function contentText({ columns, findings, state }: DatasetVersion): string {
  const found = findings.filter(({ rows, detail }) => rows > 0 || detail !== '').length;
  if (state !== 'STATE_READY') return 'the version is not ready';
  return `${columns.length} columns, ${found} ${found === 1 ? 'finding' : 'findings'}`;
}
