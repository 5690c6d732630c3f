import type { Dataset, DatasetVersion } from '@athanor/contracts/ingest';
import type { Command } from 'commander';
import { datasetVersionText } from '../dataset/describe.js';
import type { ImportOptions } from '../dataset/import-dataset.js';
import { interruptible } from '../interruption.js';
import { formatTime, table } from '../output/render.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';
import { addDatasetCancel } from './dataset-cancel.js';
import { addDatasetPlan } from './dataset-plan.js';
import { addDatasetQuarantine } from './dataset-quarantine.js';
import { addDatasetReportCommand } from './dataset-report.js';
import { type ListOptions, showList, withLimit } from './list.js';
import { positiveNumber } from './number-options.js';
import { withRecipe } from './recipe-options.js';

export function addDatasetCommands(program: Command, cli: CliEnvironment): void {
  const dataset = program.command('dataset').description('import raw data as immutable, cleaned and split versions');
  addDatasetPlan(dataset, cli);
  withRecipe(dataset.command('import <dataset> <path...>'))
    .description('upload files, read them as a table of typed columns or as images, check and split the rows')
    .addHelpText(
      'after',
      `
Examples:
  athanor dataset import digits ./mnist
  athanor dataset import houses houses.csv --target price --validation-fraction 0.2
  athanor dataset import adult adult.csv.gz --no-header --columns age,workclass,income --target income --null '?'
  athanor dataset import wine red.csv white.csv --target quality --type year=category
  athanor dataset import cifar cifar10_images.zip                # folders in it: train/cat/0001.jpg, test/dog/0002.jpg
  athanor dataset import pets ./pets --image-size 64             # a folder of folders: pets/cat/1.jpg, pets/dog/2.png
  athanor dataset import birds birds.tar.gz --labels index.csv   # columns path and label (and split)`,
    )
    .action(async (name: string, paths: string[], options: ImportOptions, command: Command) => {
      const context = commandContext(cli, command);
      const { importDataset } = await import('../dataset/import-dataset.js');
      const version = await withClient(context, client =>
        interruptible(signal => {
          signal.addEventListener('abort', () =>
            cli.terminal.err('\nWhat was sent is kept: the same command continues from there.\n'),
          );
          return importDataset({ client, terminal: cli.terminal, name, paths, options, signal }).catch(error => {
            throw signal.aborted ? signal.reason : error;
          });
        }),
      );
      context.show({ value: version, text: () => datasetVersionText(version) });
      cli.terminal.err(`Train on it: athanor train --dataset ${name} --name ${name} --wait\n`);
    });
  withLimit(dataset.command('list'))
    .description('list the datasets')
    .addHelpText('after', '\nExamples:\n  athanor dataset list\n  athanor dataset list --limit 20 -o json')
    .action(async ({ limit }: ListOptions, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, client =>
        showList(context, {
          limit,
          list: page => client.ingest.listDatasets(page).then(answer => ({ ...answer, items: answer.datasets })),
          text: datasetsText,
          empty: 'There is no dataset yet; create one with: athanor dataset import <dataset> <path>',
        }),
      );
    });
  dataset
    .command('describe <dataset>')
    .description('show a version: rows, splits, statistics, and findings of cleaning')
    .option('--version <number>', 'default: the latest that is ready', positiveNumber)
    .addHelpText(
      'after',
      '\nExamples:\n  athanor dataset describe digits\n  athanor dataset describe digits --version 2 -o json',
    )
    .action(async (datasetId: string, { version = 0 }: { version?: number }, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, async client => {
        const { datasetVersion } = await client.ingest.getDatasetVersion({ datasetId, version });
        context.show({ value: datasetVersion, text: () => datasetVersionText(datasetVersion as DatasetVersion) });
      });
    });
  addDatasetReportCommand(dataset, cli);
  addDatasetQuarantine(dataset, cli);
  addDatasetCancel(dataset, cli);
  dataset
    .command('delete <dataset>')
    .description('delete a dataset with its versions; models trained on it are kept')
    .addHelpText('after', '\nExamples:\n  athanor dataset delete digits')
    .action(async (datasetId: string, _options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, client => client.ingest.deleteDataset({ datasetId }));
      cli.terminal.err(`Dataset ${datasetId} is deleted, with all its versions.\n`);
    });
}

function datasetsText(datasets: readonly Dataset[]): string {
  const rows = datasets.map(each => [
    each.datasetId,
    each.latestVersion || '-',
    formatTime(each.createTime),
    each.description,
  ]);
  return table(['DATASET', 'VERSION', 'CREATED', 'DESCRIPTION'], rows);
}
