import type { AthanorClient } from '@athanor/client';
import type { Deployment } from '@athanor/contracts/registry';
import type { CommandContext } from '../commands/command-context.js';
import { readParameters } from '../components/component-options.js';
import { isRpcError } from '../exit-codes.js';
import { SETTING_FAMILIES, type SetOptions, toSetRequest } from './deployment-request.js';
import { settingsText } from './deployment-text.js';

export interface SetCommand {
  readonly name: string;
  readonly options: SetOptions;
  /** Words that are no options of the command: parameters of components. */
  readonly words: readonly string[];
}

export async function setDeployment(
  context: CommandContext,
  client: AthanorClient,
  { name, options, words }: SetCommand,
): Promise<void> {
  const given = readParameters(words, SETTING_FAMILIES);
  const { kinds } = given.length === 0 ? { kinds: [] } : await client.registry.listComponents({});
  const current = await findDeployment(client, name);
  const request = await toSetRequest({ name, options, given, kinds }, current);
  const { deployment } = await client.registry.setDeployment(request);
  if (deployment === null) throw new Error('expected a deployment in the response, received none');
  context.show({ value: deployment, text: () => settingsText(deployment) });
  if (deployment.activeVersion === 0) await explainNothingServed(context, client, deployment);
}

async function findDeployment(client: AthanorClient, name: string): Promise<Deployment | null> {
  try {
    return (await client.registry.getDeployment({ name })).deployment;
  } catch (error) {
    if (isRpcError(error, 'NOT_FOUND')) return null;
    throw error;
  }
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
