import type { AthanorClient } from '@athanor/client';
import type { DeploymentStatus } from '@athanor/contracts/inference';
import type { CommandContext } from '../commands/command-context.js';
import { isRpcError } from '../exit-codes.js';
import { settingsText } from './deployment-text.js';
import { statusText } from './status-text.js';

/** Shows what is wanted, and how a server serves it; without the latter, why it is missing. */
export async function describeDeployment(context: CommandContext, client: AthanorClient, name: string): Promise<void> {
  const { deployment } = await client.registry.getDeployment({ name });
  if (deployment === null) throw new Error('expected a deployment in the response, received none');
  const { status, problem } = await readStatus(client, name);
  const served = () => (status === null ? `${problem}\n` : statusText(status));
  context.show({
    value: { deployment, status, ...(problem !== '' && { statusProblem: problem }) },
    text: () => `${settingsText(deployment)}\n${served()}`,
  });
}

const STATUS_TIMEOUT_MS = 5_000;

async function readStatus(
  client: AthanorClient,
  name: string,
): Promise<{ readonly status: DeploymentStatus | null; readonly problem: string }> {
  try {
    const options = { failFast: true, timeoutMs: STATUS_TIMEOUT_MS };
    const { status } = await client.inferenceStatus.getDeploymentStatus({ name }, options);
    return { status, problem: status === null ? 'The inference service answered without a status.' : '' };
  } catch (error) {
    if (!isRpcError(error)) throw error;
    if (error.code === 'NOT_FOUND')
      return { status: null, problem: `The inference service does not serve '${name}' (yet): ${error.message}` };
    return { status: null, problem: `How it is served is unknown: ${error.message}` };
  }
}
