import { RpcError } from '@athanor/client';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { table } from '../output/render.js';
import type { RepositoryModel } from './find-repository.js';
import { type ImportOptions, importModel } from './import-model.js';
import type { ImportContext } from './upload-artifact.js';

export interface RepositoryOptions extends ImportOptions {
  readonly deploy: boolean;
}

/** What became of one model of a repository. */
export interface RepositoryResult {
  readonly model: string;
  /** Numbers of the registered versions, the deployed one last. */
  readonly versions: readonly number[];
  readonly deployed: boolean;
  /** Why it, or a version of it, was refused; empty if it was not. */
  readonly refusal: string;
}

/** Imports every model and deploys the newest version of each. One that is refused does not keep the others back. */
export async function importRepository(
  context: ImportContext,
  models: readonly RepositoryModel[],
  options: RepositoryOptions,
): Promise<RepositoryResult[]> {
  const results: RepositoryResult[] = [];
  for (const model of models) results.push(await importEntry(context, model, options));
  return results;
}

async function importEntry(
  context: ImportContext,
  { name, versions }: RepositoryModel,
  { deploy, ...options }: RepositoryOptions,
): Promise<RepositoryResult> {
  const imported: number[] = [];
  const result = (more: Partial<RepositoryResult>) => ({
    ...{ model: name, versions: imported, deployed: false, refusal: '' },
    ...more,
  });
  try {
    for (const artifact of await versions())
      imported.push((await importModel(context, name, artifact, options)).version.version);
    const newest = imported.at(-1);
    if (!deploy || newest === undefined) return result({});
    // A new deployment has the settings that the version recommends.
    await context.client.registry.setDeployment({ deployment: { name, modelName: name, version: newest } });
    return result({ deployed: true });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return result({ refusal: error.message });
  }
}

/** Of this model; anything else, such as a registry that is unreachable, ends the command. */
function isRefusal(error: unknown): error is Error {
  if (error instanceof CliError) return error.exitCode === EXIT_CODES.usage;
  if (error instanceof Error && error.name === 'ImportRefusal') return true;
  return error instanceof RpcError && REFUSALS.has(error.code);
}

const REFUSALS: ReadonlySet<string> = new Set([
  ...['INVALID_ARGUMENT', 'FAILED_PRECONDITION', 'OUT_OF_RANGE', 'DEADLINE_EXCEEDED', 'RESOURCE_EXHAUSTED'],
]);

export function repositoryText(results: readonly RepositoryResult[]): string {
  const rows = results.map(({ model, versions, deployed, refusal }) => [
    model,
    [...new Set(versions)].map(version => `v${version}`).join(', ') || '-',
    deployed ? 'yes' : 'no',
    refusal,
  ]);
  return table(['MODEL', 'VERSION', 'DEPLOYED', 'REFUSED BECAUSE'], rows);
}
