import type { ComponentFamily } from '@athanor/components';
import { TRANSFORMS } from '@athanor/transforms';
import { ARCHITECTURES } from '../architectures/architectures.js';
import { AUGMENTATIONS } from '../augmentations/augmentations.js';
import { OPTIMIZERS } from '../optimizers/optimizers.js';
import { SCHEDULES } from '../schedules/schedules.js';
import { TASKS } from '../tasks/tasks.js';

/** The families of a job's components. */
export const FAMILIES: readonly ComponentFamily[] = [
  TASKS,
  TRANSFORMS,
  ARCHITECTURES,
  OPTIMIZERS,
  SCHEDULES,
  AUGMENTATIONS,
];
