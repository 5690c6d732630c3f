import { archiveChecks } from '../images/checks/checks.js';
import type { ImagePlan } from '../images/image-plan.js';
import { runImages } from '../images/run-images.js';
import { inFolderOf } from './import-folder.js';
import type { PrepareOptions } from './prepare-table.js';
import type { PreparationPlan, PreparedVersion } from './prepared-version.js';
import { copySources } from './stage-sources.js';
import { storeResult } from './store-result.js';

/** From stored archives of images to a stored version. Throws FormatError if the images are at fault. */
export async function prepareArchives(plan: PreparationPlan, options: PrepareOptions): Promise<PreparedVersion> {
  return await inFolderOf('import', async folder => {
    const { split, acceptLoss, images: reading = { fit: 'cover' } as const } = plan;
    const checks = archiveChecks(plan.checks);
    const images: ImagePlan = {
      sources: await copySources(plan, folder, options),
      ...{ reading, checks, split, acceptLoss },
      limits: { ...options.limits, maxUnpackedBytes: plan.maxSourceBytes },
    };
    const { signal, onPhase } = options;
    const result = await runImages(images, folder, { signal, onPhase });
    const { applied, partitions } = result;
    const recipe = { format: 'FORMAT_IMAGES', images: applied, options: reading, checks, split, acceptLoss };
    return await storeResult({ plan, recipe, partitions, result, folder }, options);
  });
}
