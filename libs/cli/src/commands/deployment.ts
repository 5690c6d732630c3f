import { collectPages } from '@athanor/client/paging';
import type { Deployment } from '@athanor/contracts/registry';
import type { Command } from 'commander';
import { formatTime, table } from '../output/render.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';
import { positiveNumber } from './number-options.js';

interface SetOptions {
  readonly model?: string;
  readonly alias?: string;
  readonly version?: number;
}

export function addDeploymentCommands(program: Command, cli: CliEnvironment): void {
  const deployment = program.command('deployment').description('names on the wire, and what they mean');
  deployment
    .command('set <name>')
    .description('make a model callable under a name; it follows an alias, or stays at a version')
    .option('--model <model>', 'default: the model of the same name')
    .option('--alias <alias>', 'follow this alias (default champion)')
    .option('--version <number>', 'stay at this version', positiveNumber)
    .addHelpText(
      'after',
      '\nExamples:\n  athanor deployment set digits\n  athanor deployment set digits-canary --model digits --version 3',
    )
    .action(async (name: string, options: SetOptions, command: Command) => {
      const context = commandContext(cli, command);
      const { model = name, version = 0 } = options;
      const alias = options.alias ?? (version === 0 ? 'champion' : '');
      const request = { deployment: { name, modelName: model, alias, version } };
      const { deployment: made } = await withClient(context, client => client.registry.setDeployment(request));
      context.show({ value: made, text: () => deploymentsText([made as Deployment]) });
    });
  deployment
    .command('list')
    .description('list the deployments')
    .addHelpText('after', '\nExamples:\n  athanor deployment list\n  athanor deployment list -o json')
    .action(async (_options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, async client => {
        const list = (pageToken: string) =>
          client.registry
            .listDeployments({ pageToken })
            .then(({ deployments, nextPageToken }) => ({ items: deployments, nextPageToken }));
        const deployments = await collectPages(list);
        context.show({ value: deployments, text: () => deploymentsText(deployments) });
      });
    });
  deployment
    .command('delete <name>')
    .description('end a deployment')
    .addHelpText('after', '\nExamples:\n  athanor deployment delete digits-canary')
    .action(async (name: string, _options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, client => client.registry.deleteDeployment({ name }));
      cli.terminal.err(`Deployment ${name} has ended.\n`);
    });
}

function deploymentsText(deployments: readonly Deployment[]): string {
  const target = (each: Deployment) => `${each.modelName}${each.alias === '' ? ` v${each.version}` : `@${each.alias}`}`;
  const rows = deployments.map(each => [
    each.name,
    target(each),
    each.activeVersion === 0 ? '-' : `v${each.activeVersion}`,
    formatTime(each.createTime),
  ]);
  return table(['DEPLOYMENT', 'MODEL', 'ACTIVE', 'CREATED'], rows);
}
