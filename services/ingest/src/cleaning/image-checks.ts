import type { ComponentFamily, ComponentKind } from '@athanor/components';
import { z } from 'zod';
import { NEAR_DUPLICATE_KIND } from '../images/checks/near-duplicate.js';

/** The checks of images, in order of precedence: a row with several flaws counts as removed under the first. */
export const IMAGE_CHECKS = ['duplicate', 'conflicting-target', 'blank-image'] as const;
export type ImageCheck = (typeof IMAGE_CHECKS)[number];

export type ImageChecks = Readonly<Record<ImageCheck, 'report' | 'drop'>>;

/** Two images with equal pixels say nothing new; a table's equal rows may. */
const DEFAULT_ACTIONS: ImageChecks = { duplicate: 'drop', 'conflicting-target': 'drop', 'blank-image': 'drop' };

const SUMMARIES: Readonly<Record<ImageCheck, string>> = {
  duplicate: 'Images whose pixels and label equal an earlier one of the same partition.',
  'conflicting-target': 'Images with equal pixels and different labels: all of them.',
  'blank-image': 'Images whose pixels are all equal.',
};

/** The actions of the checks; `requested` overrides the defaults. */
export function imageChecks(requested: readonly { kind: string; parameters: unknown }[]): ImageChecks {
  const given = requested.map(({ kind, parameters }) => [kind, (parameters as { action: 'report' | 'drop' }).action]);
  return { ...DEFAULT_ACTIONS, ...(Object.fromEntries(given) as Partial<ImageChecks>) };
}

export const IMAGE_CHECK_FAMILY: ComponentFamily = {
  name: 'check',
  kinds: {
    ...Object.fromEntries(IMAGE_CHECKS.map(kind => [kind, toKind(kind)])),
    [NEAR_DUPLICATE_KIND.kind]: NEAR_DUPLICATE_KIND,
  },
};

function toKind(kind: ImageCheck): ComponentKind {
  const action = z.enum(['report', 'drop']).default(DEFAULT_ACTIONS[kind]).describe('What happens to such a row.');
  return { kind, version: 1, summary: SUMMARIES[kind], parameters: z.strictObject({ action }) };
}
