import { SCHEDULES } from '../schedules/schedules.js';
import type { Cursor } from './checkpoint.js';
import type { TrainingSpec } from './spec.js';

/** The learning rate of each of the next steps, all of one epoch. */
export function learningRates(
  { schedule, optimizer, epochs }: TrainingSpec,
  { step, validationLosses }: Cursor,
  { steps, stepsPerEpoch }: { readonly steps: number; readonly stepsPerEpoch: number },
): Float32Array {
  const kind = SCHEDULES.kinds[schedule.kind]!;
  const totalSteps = epochs * stepsPerEpoch;
  return Float32Array.from({ length: steps }, (_, index) => {
    const position = { step: step + index, totalSteps, stepsPerEpoch, validationLosses };
    return optimizer.parameters.learningRate * kind.factor(schedule.parameters, position);
  });
}

/** The learning rate of the last completed step. */
export function lastLearningRate(spec: TrainingSpec, cursor: Cursor, stepsPerEpoch: number): number {
  return learningRates(spec, { ...cursor, step: cursor.step - 1 }, { steps: 1, stepsPerEpoch })[0]!;
}
