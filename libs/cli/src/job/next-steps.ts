import type { AthanorClient } from '@athanor/client';
import type { ModelVersion } from '@athanor/contracts/registry';
import type { CommandContext } from '../commands/command-context.js';
import { CliError } from '../exit-codes.js';
import { commandLine } from '../mesh/command-line.js';
import { shortDigest } from '../output/render.js';
import { waitForRegistration } from '../quickstart/wait.js';

const REGISTRATION_TIMEOUT_MS = 20_000;

/** The version of a succeeded job; undefined if it is not registered in time. */
export async function findMadeVersion(client: AthanorClient, jobId: string): Promise<ModelVersion | undefined> {
  try {
    return await waitForRegistration(client, jobId, AbortSignal.timeout(REGISTRATION_TIMEOUT_MS));
  } catch (error) {
    if (error instanceof CliError || (error as Error).name === 'AbortError') return undefined;
    throw error;
  }
}

/** Prints the version and the commands to deploy it. */
export function nextSteps(
  { options }: Pick<CommandContext, 'options'>,
  modelName: string,
  version: ModelVersion | undefined,
): string {
  const command = (words: string) => commandLine(words, options.home);
  if (version === undefined)
    return `The version is not registered yet; look with: ${command(`model describe ${modelName}`)}\n`;
  return `${modelName} v${version.version} (${shortDigest(version.digest)}) is registered. To put it into service:
  ${command(`model gate ${modelName} ${gateWords(version)}`)}   # optional, once: required for champion
  ${command(`model promote ${modelName} ${version.version}`)}
  ${command(`deployment set ${modelName}`)}   # once: follows champion
`;
}

/** A gate that this version passes: its primary metric on the split that gates refer to. */
function gateWords({ evaluations }: ModelVersion): string {
  const [evaluation] = evaluations;
  const metric = evaluation?.metrics[0];
  if (evaluation === undefined || metric === undefined) return '--threshold 0.9';
  const { name, value, smallerIsBetter } = metric;
  const rounded = smallerIsBetter ? value * 1.01 : value * 0.99;
  const direction = smallerIsBetter ? ' --smaller-is-better' : '';
  const split = evaluation.split === 'test' ? '' : ` --split ${evaluation.split}`;
  return `--metric ${name} --threshold ${Number(rounded.toPrecision(3))}${direction}${split}`;
}
