import type { ComponentFamily } from '@athanor/components';
import { direct } from './direct.js';
import { dynamic } from './dynamic.js';
import { priority } from './priority.js';
import type { SchedulerKind } from './scheduler.js';

/** All schedulers: a new one is a file and a line. */
export const SCHEDULERS: ComponentFamily<SchedulerKind> = {
  name: 'scheduler',
  kinds: {
    direct,
    dynamic,
    priority,
  },
};
