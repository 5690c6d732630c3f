import { crossEntropy } from '@athanor/autodiff';
import type { Value } from '@athanor/onnx';
import { type Tensor, tensor } from '@athanor/tensor';
import { z } from 'zod';
import { toClassBatch } from '../metrics/classification/class-batch.js';
import { MULTICLASS_DETAILS } from '../metrics/classification/class-details.js';
import { MULTICLASS_METRICS } from '../metrics/classification/class-metrics.js';
import { classWeighting, classWeightsParameter } from './class-weights.js';
import { classIndex } from './classes.js';
import { oneClassTarget } from './classification.js';
import { measurement, primaryParameter } from './measurement.js';
import { type BoundTask, type Task, UnsupportedTargets } from './task.js';

const parameters = z.strictObject({
  classWeights: classWeightsParameter,
  labelSmoothing: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('Share of each target that is spread evenly over all classes, in the training loss only.'),
  primary: primaryParameter(MULTICLASS_METRICS, 'accuracy'),
});

/** One of several classes per row: softmax and cross-entropy. */
export const multiclass: Task<z.output<typeof parameters>> = {
  kind: 'multiclass',
  version: 1,
  summary: 'One of two or more classes per row: softmax and cross-entropy.',
  parameters,
  accepts: oneClassTarget,
  bind({ classWeights, labelSmoothing, primary }, { columns, train, all }): BoundTask {
    const { classes, indices } = classIndex(columns[0]!, all[0]!);
    if (classes.length < 2) {
      const name = columns[0]!.name;
      throw new UnsupportedTargets(
        `classification needs at least 2 classes, '${name}' has ${classes.length} (${classes.join(', ')})`,
      );
    }
    const width = classes.length;
    return {
      classes,
      outputWidth: width,
      loss: crossEntropy({ labelSmoothing }),
      correctMetric: 'accuracy',
      truth: ([target]) => {
        const codes = indices(target!);
        return tensor('INT32', [codes.length], codes);
      },
      labelType: { dtype: 'INT32', shape: [] },
      labels: truth => truth,
      emitOutputs(g, logits) {
        g.output(g.op('Softmax', [logits]), 'probabilities');
        const best: Value = g.op('ArgMax', [logits], { attributes: { axis: 1, keepdims: false } });
        g.output(g.op('Gather', [g.constant(tensor('BYTES', [width], classes), 'classes'), best]), 'label');
      },
      scores: { output: 'probabilities', width },
      ...classWeighting(classWeights, classes, () => indices(train[0]!)),
      ...measurement({ metrics: MULTICLASS_METRICS, details: MULTICLASS_DETAILS, width }, primary, (scores, truth) =>
        toClassBatch(scores, (truth as Tensor<'INT32'>).data, width),
      ),
    };
  },
};
