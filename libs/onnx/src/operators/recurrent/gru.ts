import { flag } from '../attribute-specs.js';
import { defineOperator } from '../operator.js';
import { type Cell, perUnit, recur, recurrentAttributes, recurrentInputs, recurrentTypes } from './recurrence.js';

/** Gates z (update), r (reset) and the candidate n: h' = (1 − z) n + z h */
export const gru = defineOperator({
  since: 14,
  attributes: { ...recurrentAttributes, linear_before_reset: flag(false) },
  inputs: recurrentInputs,
  infer({ op, inputs, attributes }) {
    const { y, last } = recurrentTypes(op, inputs, attributes);
    return [y, last];
  },
  evaluate({ inputs, attributes }) {
    const cell = attributes.linear_before_reset ? resetAfter : resetBefore;
    return recur({ inputs, attributes, defaultActivations: ['Sigmoid', 'Tanh'], cell }).slice(0, 2);
  },
});

/** n = g(Wx + R(r h) + b) */
const resetBefore: Cell = (x, { h, c }, weights, [f, g]) => {
  const { hidden } = weights;
  const gate = (row: number, state: readonly number[]) =>
    weights.input(row, x) + weights.recurrent(row, state) + weights.inputBias(row) + weights.recurrentBias(row);
  const z = perUnit(hidden, unit => f!(gate(unit, h)));
  const reset = perUnit(hidden, unit => f!(gate(hidden + unit, h)) * h[unit]!);
  const n = perUnit(hidden, unit => g!(gate(2 * hidden + unit, reset)));
  return { h: perUnit(hidden, unit => (1 - z[unit]!) * n[unit]! + z[unit]! * h[unit]!), c };
};

/** n = g(Wx + b + r (Rh + b')) */
const resetAfter: Cell = (x, { h, c }, weights, [f, g]) => {
  const { hidden } = weights;
  const fromInput = (row: number) => weights.input(row, x) + weights.inputBias(row);
  const fromState = (row: number) => weights.recurrent(row, h) + weights.recurrentBias(row);
  const next = perUnit(hidden, unit => {
    const z = f!(fromInput(unit) + fromState(unit));
    const r = f!(fromInput(hidden + unit) + fromState(hidden + unit));
    const n = g!(fromInput(2 * hidden + unit) + r * fromState(2 * hidden + unit));
    return (1 - z) * n + z * h[unit]!;
  });
  return { h: next, c };
};
