import type { AthanorClient } from '@athanor/client';
import type { Model } from '@athanor/contracts/registry';
import type { Command } from 'commander';
import { shortDigest, table } from '../output/render.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';
import { positiveNumber, realNumber } from './number-options.js';

interface GateOptions {
  readonly alias: string;
  readonly metric: string;
  readonly split: string;
  readonly threshold: number;
  readonly minImprovement: number;
  readonly smallerIsBetter?: boolean;
  readonly dataset?: string;
  readonly datasetVersion?: number;
}

const GATE_EXAMPLES = `
Examples:
  athanor model gate digits --threshold 0.965
  athanor model gate prices --metric rmse --threshold 52000
  athanor model gate income --dataset adult-2026 --metric roc_auc --threshold 0.9`;

export function addModelGateCommand(model: Command, cli: CliEnvironment): void {
  model
    .command('gate <model>')
    .description('set the condition that a version must meet before an alias moves to it')
    .option('--alias <alias>', 'the alias', 'champion')
    .option('--metric <name>', 'a metric of the evaluation', 'accuracy')
    .option('--split <name>', 'train, validation or test', 'test')
    .requiredOption('--threshold <value>', 'the minimum value, of losses and errors the maximum', realNumber)
    .option('--min-improvement <value>', 'minimum improvement over the current version', realNumber, 0)
    .option('--smaller-is-better', 'for a metric that no version has yet; of others it is known')
    .option('--dataset <id>', 'only figures on this dataset count (default: those on any)')
    .option('--dataset-version <number>', 'default: the latest that is ready', positiveNumber)
    .addHelpText('after', GATE_EXAMPLES)
    .action(async (modelName: string, { dataset, datasetVersion, ...options }: GateOptions, command: Command) => {
      const context = commandContext(cli, command);
      const { model: found } = await withClient(context, async client => {
        const datasetDigest = dataset === undefined ? '' : await digestOf(client, dataset, datasetVersion);
        const gate = { ...options, smallerIsBetter: options.smallerIsBetter ?? false, datasetDigest };
        return client.registry.setGate({ modelName, gate });
      });
      if (found?.latestVersion === 0)
        cli.terminal.err(`Model '${modelName}' has no version yet; the gate waits for its first. Is the name right?\n`);
      context.show({ value: found, text: () => gatesText(found as Model) });
    });
}

async function digestOf(client: AthanorClient, datasetId: string, version = 0): Promise<string> {
  const { datasetVersion } = await client.ingest.getDatasetVersion({ datasetId, version });
  if (datasetVersion === null) throw new Error('expected a version in the response, received none');
  return datasetVersion.digest;
}

export function gatesText({ gates }: Model): string {
  const rows = gates.map(each => [
    each.alias,
    `${each.split} ${each.metric}`,
    `${each.smallerIsBetter ? '≤' : '≥'} ${each.threshold}`,
    each.minImprovement || '',
    each.datasetDigest === '' ? 'any' : shortDigest(each.datasetDigest),
  ]);
  return table(['GATE OF', 'METRIC', 'THRESHOLD', 'IMPROVEMENT', 'DATASET'], rows);
}
