import type { BlobStore } from '@athanor/blobs';
import { isIdx } from '../formats/detect.js';
import type { PreparationPlan } from './prepared-version.js';

/** Whether the sources are IDX images, as the plan says or by content. */
export async function holdsImages(
  { format, sources }: PreparationPlan,
  { blobs, signal }: { readonly blobs: BlobStore; readonly signal: AbortSignal },
): Promise<boolean> {
  if (format !== 'FORMAT_UNSPECIFIED') return format === 'FORMAT_IDX';
  return await isIdx(blobs.get(sources[0]!.digest, { signal }));
}
