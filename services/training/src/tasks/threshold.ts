// The probability from which a class or label is predicted: given, or chosen on the validation split after training.

import type { NumericTensor } from '@athanor/tensor';
import { z } from 'zod';
import type { Ranking } from '../metrics/ranking/ranking.js';
import type { BoundTask, DecisionThreshold } from './task.js';

const DEFAULT = 0.5;

export const thresholdParameter = (what: string) =>
  z
    .union([z.number().gt(0).lt(1), z.enum(['f1', 'balanced-accuracy'])])
    .default(DEFAULT)
    .describe(
      `Probability from which ${what}; f1 or balanced-accuracy: the one with the best such figure on the validation split, chosen after training (0.5 without validation rows, and for the metrics of epochs).`,
    );

export type ThresholdSetting = z.output<ReturnType<typeof thresholdParameter>>;
type Rule = Exclude<ThresholdSetting, number>;

/** Rows or labels by their probability. */
export type Rank = (scores: Float32Array, truth: NumericTensor) => Ranking;

/** Completes a task that `bindAt` makes for a threshold. */
export function withThreshold(
  setting: ThresholdSetting,
  bindAt: (threshold: number) => BoundTask,
  rank: Rank,
): BoundTask {
  const at = (threshold: DecisionThreshold): BoundTask => ({ ...bindAt(threshold.value), threshold });
  if (typeof setting === 'number') return at({ value: setting, source: 'given' });
  return {
    ...at({ value: DEFAULT, source: 'default until training has ended' }),
    finish(validation) {
      if (validation === undefined) return at(byDefault('there are no validation rows'));
      const value = chooseThreshold(setting, rank(validation.scores, validation.truth));
      return at(
        value === undefined
          ? byDefault('the validation rows are all positive, or all negative')
          : { value, source: `${setting} on validation` },
      );
    },
  };
}

function byDefault(reason: string): DecisionThreshold {
  return { value: DEFAULT, source: `default: ${reason}` };
}

const FIGURES: { readonly [R in Rule]: (hits: number, falseAlarms: number, ranking: Ranking) => number } = {
  f1: (hits, falseAlarms, { positives }) => (2 * hits) / (hits + falseAlarms + positives),
  'balanced-accuracy': (hits, falseAlarms, { positives, negatives }) =>
    (hits / positives + (negatives - falseAlarms) / negatives) / 2,
};

/**
 * The threshold with the best figure: halfway between the lowest score that is predicted and the next one. Of equally
 * good ones the greatest. Undefined unless there are positive and negative rows.
 */
export function chooseThreshold(rule: Rule, ranking: Ranking): number | undefined {
  if (!ranking.isDefined || ranking.positives === 0 || ranking.negatives === 0) return undefined;
  let [hits, falseAlarms] = [0, 0];
  let best = { figure: Number.NEGATIVE_INFINITY, score: 0, below: 0, isOpen: false };
  ranking.descend((positives, negatives, score) => {
    if (best.isOpen) best = { ...best, below: score, isOpen: false };
    hits += positives;
    falseAlarms += negatives;
    const figure = FIGURES[rule](hits, falseAlarms, ranking);
    if (figure > best.figure) best = { figure, score, below: 0, isOpen: true };
  });
  return between(best.below, best.score);
}

/** The graph compares in FP32: the result is an FP32 number above `below`, unless both are equal. */
function between(below: number, score: number): number {
  const middle = Math.fround((below + score) / 2);
  return middle > below ? middle : score;
}
