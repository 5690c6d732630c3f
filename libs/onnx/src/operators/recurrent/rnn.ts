import { defineOperator } from '../operator.js';
import { type Cell, perUnit, recur, recurrentAttributes, recurrentInputs, recurrentTypes } from './recurrence.js';

/** h' = f(Wx + Rh + b) */
export const rnn = defineOperator({
  since: 14,
  attributes: recurrentAttributes,
  inputs: recurrentInputs,
  infer({ op, inputs, attributes }) {
    const { y, last } = recurrentTypes(op, inputs, attributes);
    return [y, last];
  },
  evaluate: ({ inputs, attributes }) => recur({ inputs, attributes, defaultActivations: ['Tanh'], cell }).slice(0, 2),
});

const cell: Cell = (x, { h, c }, weights, [f]) => ({
  h: perUnit(weights.hidden, row =>
    f!(weights.input(row, x) + weights.recurrent(row, h) + weights.inputBias(row) + weights.recurrentBias(row)),
  ),
  c,
});
