import type { AthanorClient } from '@athanor/client';
import type { ModelVersion } from '@athanor/contracts/registry';
import type { CommandContext } from '../commands/command-context.js';
import { CliError } from '../exit-codes.js';
import { commandLine } from '../mesh/command-line.js';
import { shortDigest } from '../output/render.js';
import { waitForRegistration } from '../quickstart/wait.js';

const REGISTRATION_TIMEOUT_MS = 20_000;

/** The version that a succeeded job made; undefined where the registry has not registered it in good time. */
export async function findMadeVersion(client: AthanorClient, jobId: string): Promise<ModelVersion | undefined> {
  try {
    return await waitForRegistration(client, jobId, AbortSignal.timeout(REGISTRATION_TIMEOUT_MS));
  } catch (error) {
    if (error instanceof CliError || (error as Error).name === 'AbortError') return undefined;
    throw error;
  }
}

/** Names the version and the commands that put it into service. */
export function nextSteps(
  { options }: Pick<CommandContext, 'options'>,
  modelName: string,
  version: ModelVersion | undefined,
): string {
  const command = (words: string) => commandLine(words, options.home);
  if (version === undefined)
    return `The version is not registered yet; look with: ${command(`model describe ${modelName}`)}\n`;
  return `${modelName} v${version.version} (${shortDigest(version.digest)}) is registered. To put it into service:
  ${command(`model gate ${modelName} --threshold 0.9`)}   # optional, once: what a champion must reach
  ${command(`model promote ${modelName} ${version.version}`)}
  ${command(`deployment set ${modelName}`)}   # once: it follows the champion
`;
}
