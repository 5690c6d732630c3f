import type { BlobStore } from '@athanor/blobs';
import { detectContent } from '../formats/detect.js';
import type { PreparationPlan } from './prepared-version.js';

/** What sources are, which decides how they are read. */
export type ContentKind = 'idx' | 'archive' | 'table';

/** As the plan says, or by the content of the first source. */
export async function contentKindOf(
  { format, sources }: PreparationPlan,
  { blobs, signal }: { readonly blobs: BlobStore; readonly signal: AbortSignal },
): Promise<ContentKind> {
  if (format === 'FORMAT_IDX') return 'idx';
  if (format === 'FORMAT_IMAGES') return 'archive';
  return format === 'FORMAT_UNSPECIFIED' ? await detectContent(blobs.get(sources[0]!.digest, { signal })) : 'table';
}
