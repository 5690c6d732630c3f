import { z } from 'zod';
import type { SchedulePosition } from './schedule.js';

export const warmup = z
  .number()
  .min(0)
  .lt(1)
  .default(0)
  .describe('Share of all steps in which the learning rate first rises from near 0 to its full value.');

export interface Phase {
  /** From 0 to 1: how much of the warm-up is done. */
  readonly risen: number;
  /** From 0 to 1: how much of the rest is done. */
  readonly progress: number;
}

/** The step after which the warm-up ends is the first with the full learning rate. */
export function phaseOf(share: number, { step, totalSteps }: SchedulePosition): Phase {
  const warm = Math.round(share * totalSteps);
  if (step < warm) return { risen: (step + 1) / (warm + 1), progress: 0 };
  return { risen: 1, progress: totalSteps > warm ? (step - warm) / (totalSteps - warm) : 1 };
}
