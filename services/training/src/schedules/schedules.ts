import type { ComponentFamily } from '@athanor/components';
import { constant } from './constant.js';
import { cosine } from './cosine.js';
import { linear } from './linear.js';
import { oneCycle } from './one-cycle.js';
import { reduceOnPlateau } from './reduce-on-plateau.js';
import type { Schedule } from './schedule.js';
import { step } from './step.js';

export const SCHEDULES = {
  name: 'schedule',
  kinds: { constant, step, linear, cosine, 'one-cycle': oneCycle, 'reduce-on-plateau': reduceOnPlateau } as Readonly<
    Record<string, Schedule>
  >,
} satisfies ComponentFamily<Schedule>;
