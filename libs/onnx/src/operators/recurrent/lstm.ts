import { flag } from '../attribute-specs.js';
import { optional } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { type Cell, perUnit, recur, recurrentAttributes, recurrentInputs, recurrentTypes } from './recurrence.js';

/** Gates i (input), o (output), f (forget), the candidate g, and peepholes p: c' = f c + i g, h' = o h(c') */
export const lstm = defineOperator({
  since: 14,
  attributes: { ...recurrentAttributes, input_forget: flag(false) },
  inputs: { ...recurrentInputs, initial_c: optional(), p: optional() },
  infer({ op, inputs, attributes }) {
    const { y, last } = recurrentTypes(op, inputs, attributes);
    return [y, last, last];
  },
  evaluate({ inputs: { p, ...inputs }, attributes }) {
    const cell = attributes.input_forget ? coupled : separate;
    const defaultActivations = ['Sigmoid', 'Tanh', 'Tanh'];
    return recur({ inputs: { ...inputs, extra: p }, attributes, defaultActivations, cell });
  },
});

const cellWith =
  (isCoupled: boolean): Cell =>
  (x, { h, c: before }, weights, [f, g, out]) => {
    const { hidden } = weights;
    const gate = (row: number) =>
      weights.input(row, x) + weights.recurrent(row, h) + weights.inputBias(row) + weights.recurrentBias(row);
    const peephole = (index: number, unit: number, c: number) => weights.extra(index * hidden + unit) * c;
    const c = perUnit(hidden, unit => {
      const input = f!(gate(unit) + peephole(0, unit, before[unit]!));
      const forget = isCoupled ? 1 - input : f!(gate(2 * hidden + unit) + peephole(2, unit, before[unit]!));
      return forget * before[unit]! + input * g!(gate(3 * hidden + unit));
    });
    const next = perUnit(hidden, unit => f!(gate(hidden + unit) + peephole(1, unit, c[unit]!)) * out!(c[unit]!));
    return { h: next, c };
  };

const separate = cellWith(false);
const coupled = cellWith(true);
