import { z } from 'zod';
import { type Architecture, UnsupportedInputs } from './architecture.js';

const parameters = z.strictObject({
  l2: z
    .number()
    .min(0)
    .default(1)
    .describe(
      "Penalty of large weights: l2 / (2 · rows) · Σw² is added to the mean loss, as by scikit-learn's LogisticRegression with C = 1/l2.",
    ),
});

/** One layer: linear regression, or logistic regression with a classification task. Starts at zero. */
export const linear: Architecture<z.output<typeof parameters>> = {
  kind: 'linear',
  version: 1,
  summary: 'One layer: linear regression, or logistic regression for a classification task.',
  parameters,
  embeds: false,
  isConvex: true,
  build({ l2 }, { rows, width, indices }, outputWidth) {
    if (indices.length > 0)
      throw new UnsupportedInputs(
        `a linear model takes no indices, got ${indices.map(({ name }) => name).join(', ')}; encode them with one-hot`,
      );
    return {
      parameters: [
        { name: 'weight', shape: [width, outputWidth], initialization: { kind: 'zeros' }, l2: l2 / rows },
        { name: 'bias', shape: [outputWidth], initialization: { kind: 'zeros' }, isDecayed: false },
      ],
      forward: ({ g, inputs: { dense }, parameters: named }) =>
        g.op('Gemm', [dense, named.get('weight'), named.get('bias')], { name: 'linear' }),
    };
  },
};
