import { GraphBuilder, int } from '@athanor/onnx';
import { expect, test } from 'vitest';
import { MissingGradientError } from './errors.js';
import { type GradientCase, largestGradientError } from './finite-differences.testkit.js';
import { gradientCases } from './gradient-cases.testkit.js';
import { GRADIENT_RULES } from './gradient-table.js';
import { gradients } from './gradients.js';

const TOLERANCE = 1e-6;

test.each(gradientCases)('the gradient of %s %s equals central differences', async (_, __, gradientCase) => {
  expect(await largestGradientError(gradientCase)).toBeLessThan(TOLERANCE);
});

// Cast to FP32 and back loses the digits that differences need, so its gradient is checked by value.
test('the gradient of Cast is cast back, and integers have none', () => {
  const g = new GraphBuilder('cast');
  const x = g.input('x', { dtype: 'FP32', shape: [2] });
  const wide = g.op('Cast', [x], { attributes: { to: int(11) } });
  expect(gradients(g, [{ value: wide, gradient: wide }], [x])[0]).toMatchObject({ dtype: 'FP32', shape: [2] });
});

test('every rule of the table is checked', () => {
  const checked = new Set<string>([...gradientCases.map(([op]) => op), 'Cast']);
  expect(Object.keys(GRADIENT_RULES).filter(op => !checked.has(op))).toEqual([]);
});

test('the same rules hold for a symbolic batch', async () => {
  const error = await largestGradientError({
    shapes: [
      [3, 4],
      [3, 1],
    ],
    symbolicFirstAxis: true,
    build(g, [x, y]) {
      const scaled = g.op('Mul', [g.op('Softmax', [x]), y]);
      const flat = g.op('Flatten', [g.op('Unsqueeze', [scaled, g.axes([1])])]);
      return g.op('ReduceMean', [g.op('Tanh', [flat]), g.axes([0])], { attributes: { keepdims: int(0) } });
    },
  });
  expect(error).toBeLessThan(TOLERANCE);
});

test('a value that is used twice gets the sum of its gradients', async () => {
  const build: GradientCase['build'] = (g, [x]) => g.op('Mul', [g.op('Exp', [x]), g.op('Sub', [x, g.op('Tanh', [x])])]);
  expect(await largestGradientError({ shapes: [[2, 3]], build })).toBeLessThan(TOLERANCE);
});

test('an operator without a rule is a named error, never a silent zero', () => {
  const g = new GraphBuilder('missing');
  const x = g.input('x', { dtype: 'FP32', shape: [2] });
  const y = g.op('Erf', [x], { name: 'activation' });
  const attempt = () => gradients(g, [{ value: y, gradient: y }], [x]);
  expect(attempt).toThrow(MissingGradientError);
  expect(attempt).toThrow('operator Erf (node that makes "activation_0") has no gradient rule');
});

test('operators that no wanted value reaches need no rule', () => {
  const g = new GraphBuilder('preparation');
  const x = g.input('x', { dtype: 'FP32', shape: [2] });
  const w = g.input('w', { dtype: 'FP32', shape: [2] });
  const y = g.op('Mul', [g.op('Erf', [x]), w]);
  expect(gradients(g, [{ value: y, gradient: y }], [w])).toHaveLength(1);
});

test('a loss that does not depend on a wanted value is an error', () => {
  const g = new GraphBuilder('independent');
  const x = g.input('x', { dtype: 'FP32', shape: [2] });
  const w = g.input('w', { dtype: 'FP32', shape: [2] });
  expect(() => gradients(g, [{ value: x, gradient: x }], [w])).toThrow('the loss does not depend on "w"');
});
