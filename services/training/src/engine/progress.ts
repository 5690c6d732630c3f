// The training position and how it advances: pure functions of cursors.

import type { PrimaryMetric } from '../tasks/task.js';
import type { Chunk } from './batch-source.js';
import type { Best, Cursor, Score } from './checkpoint.js';
import { stepRows, type TrainingSpec } from './spec.js';
import type { StepResults } from './step-runner.js';

export const START: Cursor = { epoch: 0, stepInEpoch: 0, step: 0, lossSum: 0, correct: 0, validationLosses: [] };

/** The last step of an epoch has the rows that are left. */
export function stepsPerEpoch(rows: number, spec: TrainingSpec): number {
  return Math.ceil(rows / stepRows(spec));
}

/**
 * At most `atMostSteps`. A chunk ends at a checkpoint and before the short last step of an epoch, which is a chunk of
 * its own.
 */
export function nextChunk(cursor: Cursor, rows: number, spec: TrainingSpec, atMostSteps: number): Chunk {
  const { checkpointEverySteps } = spec;
  const perStep = stepRows(spec);
  const begin = cursor.stepInEpoch * perStep;
  const fullSteps = Math.floor((rows - begin) / perStep);
  if (fullSteps === 0) return { steps: 1, stepRows: rows - begin, begin, end: rows };
  const untilCheckpoint = checkpointEverySteps - (cursor.step % checkpointEverySteps);
  const steps = Math.min(atMostSteps, fullSteps, untilCheckpoint);
  return { steps, stepRows: perStep, begin, end: begin + steps * perStep };
}

/** The rows of a run: its steps, and the sum of the rows' weights of each. */
interface RunRows {
  readonly steps: number;
  readonly weights: Float64Array;
}

/** Sums are accumulated step by step in float64, so they do not depend on the chunk size. */
export function advance(cursor: Cursor, { steps, weights }: RunRows, results: StepResults): Cursor {
  const { losses, correct, gradientNorms } = results;
  let { lossSum, correct: correctSum, gradientNormSum = 0 } = cursor;
  for (const [step, loss] of losses.entries()) lossSum += loss * weights[step]!;
  for (const count of correct ?? []) correctSum += count;
  for (const norm of gradientNorms ?? []) gradientNormSum += norm;
  return {
    ...cursor,
    stepInEpoch: cursor.stepInEpoch + steps,
    step: cursor.step + steps,
    lossSum,
    correct: correctSum,
    ...(gradientNorms && { gradientNormSum }),
  };
}

/** Whether training has ended early: the best epoch is too many epochs ago. `cursor` is at the start of an epoch or within. */
export function hasStopped({ patience }: TrainingSpec, cursor: Cursor, best: Best | undefined): boolean {
  return patience > 0 && best !== undefined && cursor.epoch - 1 - best.epoch >= patience;
}

export function isBetter(score: Score, before: Score | undefined, { smallerIsBetter }: PrimaryMetric): boolean {
  if (before === undefined) return true;
  if (score.value === before.value) return score.loss < before.loss;
  return smallerIsBetter ? score.value < before.value : score.value > before.value;
}
