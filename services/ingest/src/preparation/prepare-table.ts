// From stored sources to a stored version by way of a child process: the sources are copied into a folder of its own,
// which is all that it can read, and what it leaves there is stored.

import { runTable } from '../tables/run-table.js';
import { inFolderOf } from './import-folder.js';
import type { PreparationPlan, PreparedVersion } from './prepared-version.js';
import { type StageOptions, stageSources } from './stage-sources.js';
import { storeResult } from './store-result.js';

export type PrepareOptions = Omit<StageOptions, 'sample'>;

/** Throws FormatError if the table is at fault. */
export async function prepareTable(plan: PreparationPlan, options: PrepareOptions): Promise<PreparedVersion> {
  return await inFolderOf('import', async folder => {
    const table = await stageSources(plan, folder, options);
    const { signal, onPhase } = options;
    const result = await runTable(table, folder, { signal, onPhase });
    const { reading, targets, roles, acceptLoss } = plan;
    const recipe = {
      reading: result.reading,
      options: reading,
      ...{ targets, roles, checks: table.checks, split: table.split, acceptLoss },
    };
    const partitions = [...new Set(plan.sources.map(({ partition }) => partition))];
    return await storeResult({ plan, recipe, partitions, result, folder }, options);
  });
}
