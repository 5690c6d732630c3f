import type { ResolvedComponent } from '@athanor/components';
import { blankImage } from './blank-image.js';
import { conflictingTarget, duplicate, testOverlap } from './equal-pixels.js';
import type { ImageCheck, ImageCheckParameters } from './image-check.js';
import { nearDuplicate } from './near-duplicate.js';

/** The checks of an archive's images, in the order in which they remove rows. */
export const ARCHIVE_CHECKS = {
  duplicate,
  'conflicting-target': conflictingTarget,
  'test-overlap': testOverlap,
  'blank-image': blankImage,
  'near-duplicate': nearDuplicate,
} as const satisfies Readonly<Record<string, ImageCheck>>;
export type ArchiveCheck = keyof typeof ARCHIVE_CHECKS;

export type ArchiveChecks = Readonly<Record<ArchiveCheck, ImageCheckParameters>>;

export const ARCHIVE_CHECK_NAMES = Object.keys(ARCHIVE_CHECKS) as readonly ArchiveCheck[];

/** The parameters of the checks; `requested` overrides the defaults. */
export function archiveChecks(requested: readonly ResolvedComponent[]): ArchiveChecks {
  const parametersOf = (name: ArchiveCheck) => ({
    ...ARCHIVE_CHECKS[name].defaults,
    ...(requested.find(({ kind }) => kind === name)?.parameters as Partial<ImageCheckParameters>),
  });
  return Object.fromEntries(ARCHIVE_CHECK_NAMES.map(name => [name, parametersOf(name)])) as unknown as ArchiveChecks;
}
