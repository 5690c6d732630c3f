import { binaryCrossEntropy } from '@athanor/autodiff';
import { scalar, type Tensor, tensor } from '@athanor/tensor';
import { z } from 'zod';
import { toClassBatch } from '../metrics/classification/class-batch.js';
import { BINARY_DETAILS } from '../metrics/classification/class-details.js';
import { BINARY_METRICS } from '../metrics/classification/class-metrics.js';
import { startRankings } from '../metrics/ranking/rankings.js';
import { classWeighting, classWeightsParameter } from './class-weights.js';
import { classIndex } from './classes.js';
import { oneClassTarget } from './classification.js';
import { measurement, primaryParameter } from './measurement.js';
import { type BoundTask, type Task, UnsupportedTargets } from './task.js';
import { thresholdParameter, withThreshold } from './threshold.js';

const parameters = z.strictObject({
  threshold: thresholdParameter('the second class is the label'),
  classWeights: classWeightsParameter,
  primary: primaryParameter(BINARY_METRICS, 'accuracy'),
});

/** Two classes: one logit, sigmoid and cross-entropy. */
export const binary: Task<z.output<typeof parameters>> = {
  kind: 'binary',
  version: 1,
  summary: 'Two classes: one output, sigmoid and cross-entropy.',
  parameters,
  accepts: oneClassTarget,
  bind({ threshold, classWeights, primary }, { columns, train, all }): BoundTask {
    const { classes, indices } = classIndex(columns[0]!, all[0]!);
    if (classes.length !== 2) {
      const [column] = columns;
      throw new UnsupportedTargets(
        `a binary task needs 2 classes, '${column!.name}' has ${classes.length} (${classes.slice(0, 5).join(', ')}); use the task multiclass or regression`,
      );
    }
    const bindAt = (bound: number): BoundTask => ({
      classes,
      outputWidth: 1,
      loss: binaryCrossEntropy,
      correctMetric: 'accuracy',
      truth: ([target]) => {
        const codes = indices(target!);
        return tensor('INT32', [codes.length], codes);
      },
      labelType: { dtype: 'FP32', shape: [1] },
      labels: ({ data }) => tensor('FP32', [data.length, 1], Float32Array.from(data as Int32Array)),
      emitOutputs(g, logit) {
        // σ(-z) instead of 1 - σ(z), which would lose the digits of a small probability.
        const [no, yes] = [g.op('Sigmoid', [g.op('Neg', [logit])]), g.op('Sigmoid', [logit])];
        g.output(g.op('Concat', [no, yes], { attributes: { axis: 1 } }), 'probabilities');
        const isYes = g.op('GreaterOrEqual', [yes, g.constant(scalar('FP32', bound))]);
        const index = g.op('Cast', [g.op('Squeeze', [isYes, g.axes([1])])], {
          attributes: { to: 'INT64' },
        });
        g.output(g.op('Gather', [g.constant(tensor('BYTES', [2], classes), 'classes'), index]), 'label');
      },
      scores: { output: 'probabilities', width: 2 },
      ...classWeighting(classWeights, classes, () => indices(train[0]!)),
      ...measurement({ metrics: BINARY_METRICS, details: BINARY_DETAILS, width: 2 }, primary, (scores, truth) =>
        toClassBatch(scores, (truth as Tensor<'INT32'>).data, 2, bound),
      ),
    });
    return withThreshold(threshold, bindAt, (scores, truth) => {
      const ranking = startRankings(1)[0]!;
      for (const [row, code] of (truth as Tensor<'INT32'>).data.entries())
        ranking.add(scores[row * 2 + 1]!, code === 1);
      return ranking;
    });
  },
};
