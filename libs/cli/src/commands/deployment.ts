import type { AthanorClient } from '@athanor/client';
import type { Deployment } from '@athanor/contracts/registry';
import type { Command } from 'commander';
import { formatTime, table } from '../output/render.js';
import { type CliEnvironment, type CommandContext, commandContext, withClient } from './command-context.js';
import { type ListOptions, showList, withLimit } from './list.js';
import { positiveNumber } from './number-options.js';

interface SetOptions {
  readonly model?: string;
  readonly alias?: string;
  readonly version?: number;
}

export function addDeploymentCommands(program: Command, cli: CliEnvironment): void {
  const deployment = program.command('deployment').description('names on the wire and the models they serve');
  deployment
    .command('set <name>')
    .description('make a model callable under a name; it follows an alias, or stays at a version')
    .option('--model <model>', 'default: the model of the same name')
    .option('--alias <alias>', 'follow this alias (default champion)')
    .option('--version <number>', 'stay at this version', positiveNumber)
    .addHelpText(
      'after',
      '\nExamples:\n  athanor deployment set digits\n  athanor deployment set digits-canary --model digits --version 3' +
        '\n\nThe alias may not exist yet: the deployment waits for it, and the exit code is 0.',
    )
    .action(async (name: string, options: SetOptions, command: Command) => {
      const context = commandContext(cli, command);
      const { model = name, version = 0 } = options;
      const alias = options.alias ?? (version === 0 ? 'champion' : '');
      const request = { deployment: { name, modelName: model, alias, version } };
      await withClient(context, async client => {
        const { deployment: made } = await client.registry.setDeployment(request);
        if (made === null) throw new Error('expected a deployment in the response, received none');
        context.show({ value: made, text: () => deploymentsText([made]) });
        if (made.activeVersion === 0) await explainNothingServed(context, client, made);
      });
    });
  withLimit(deployment.command('list'))
    .description('list the deployments')
    .addHelpText('after', '\nExamples:\n  athanor deployment list\n  athanor deployment list -o json')
    .action(async ({ limit }: ListOptions, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, client =>
        showList(context, {
          limit,
          list: page =>
            client.registry.listDeployments(page).then(answer => ({ ...answer, items: answer.deployments })),
          text: deploymentsText,
          empty: 'Nothing is deployed yet; make a model callable with: athanor deployment set <model>',
        }),
      );
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

async function explainNothingServed(
  { terminal }: CommandContext,
  client: AthanorClient,
  { name, modelName, alias }: Deployment,
): Promise<void> {
  const { model } = await client.registry.getModel({ name: modelName });
  const version = model?.latestVersion || '<version>';
  const option = alias === 'champion' ? '' : ` --alias ${alias}`;
  terminal.err(
    `Nothing is served as '${name}' until ${modelName}@${alias} points to a version; ` +
      `make it do so with: athanor model promote ${modelName} ${version}${option}\n`,
  );
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
