import type { NumericTensor, Tensor } from '@athanor/tensor';
import { z } from 'zod';
import { type BoundTask, UnsupportedTargets } from './task.js';

export const classWeightsParameter = z
  .union([z.enum(['none', 'balanced']), z.record(z.string(), z.number().min(0))])
  .default('none')
  .describe(
    'Weights of the classes in the loss. balanced: rows / (classes × rows of the class), of the training split; or a number by class name, 1 for the others. Metrics count rows, whatever their weights.',
  );

export type ClassWeights = z.output<typeof classWeightsParameter>;

/** The part of a bound task that weighs rows by their class; `train` has the classes of the training rows. */
export function classWeighting(
  setting: ClassWeights,
  classes: readonly string[],
  train: () => Int32Array,
): Pick<BoundTask, 'rowWeights'> {
  if (setting === 'none') return {};
  const weights = setting === 'balanced' ? balanced(classes.length, train()) : named(setting, classes);
  return {
    rowWeights: (truth: NumericTensor) => Float64Array.from((truth as Tensor<'INT32'>).data, code => weights[code]!),
  };
}

/** As scikit-learn's compute_class_weight: classes without training rows do not count. */
function balanced(classes: number, train: Int32Array): Float64Array {
  const rows = new Float64Array(classes);
  for (const code of train) rows[code]!++;
  const present = rows.filter(count => count > 0).length;
  return rows.map(count => (count === 0 ? 0 : train.length / (present * count)));
}

function named(setting: Readonly<Record<string, number>>, classes: readonly string[]): Float64Array {
  const unknown = Object.keys(setting).find(name => !classes.includes(name));
  if (unknown !== undefined) {
    const shown = classes.slice(0, 20).join(', ') + (classes.length > 20 ? ', …' : '');
    throw new UnsupportedTargets(`classWeights: there is no class '${unknown}'; the classes are ${shown}`);
  }
  return Float64Array.from(classes, name => (Object.hasOwn(setting, name) ? setting[name]! : 1));
}
