import { GraphBuilder, int, toModel, writeModel } from '@athanor/onnx';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { MissingGradientError } from './errors.js';
import { type GradientCase, largestGradientError } from './finite-differences.testkit.js';
import { gradientCases } from './gradient-cases.testkit.js';
import { GRADIENT_RULES } from './gradient-table.js';
import { gradients } from './gradients.js';

const TOLERANCE = 1e-6;
/** TensorProto.DataType */
const FLOAT32 = 1;
const FLOAT64 = 11;

test.each(gradientCases)('the gradient of %s %s equals central differences', async (_, __, gradientCase) => {
  expect(await largestGradientError(gradientCase)).toBeLessThan(TOLERANCE);
});

// Casting to FP32 and back loses the digits that finite differences need, so this gradient is checked by value.
test('the gradient of Cast is the seed, cast back', async () => {
  const g = new GraphBuilder('cast');
  const x = g.input('x', { dtype: 'FP32', shape: [3] });
  const seed = g.input('seed', { dtype: 'FP64', shape: [3] });
  const wide = g.op('Cast', [x], { attributes: { to: int(FLOAT64) } });
  const [gradient] = gradients(g, [{ value: wide, gradient: seed }], [x]);
  g.output(gradient!, 'gradient');
  const session = await ort.InferenceSession.create(writeModel(toModel(g.graph())), { logSeverityLevel: 3 });
  const outputs = await session.run({
    x: new ort.Tensor('float32', Float32Array.of(5, 6, 7), [3]),
    seed: new ort.Tensor('float64', Float64Array.of(0.5, -3, 1e-3), [3]),
  });
  expect(outputs.gradient).toMatchObject({ type: 'float32', dims: [3] });
  expect(outputs.gradient!.data).toEqual(Float32Array.of(0.5, -3, 1e-3));
});

test('a cast integer has no gradient', () => {
  const g = new GraphBuilder('cast');
  const x = g.input('x', { dtype: 'INT64', shape: [2] });
  const real = g.op('Cast', [x], { attributes: { to: int(FLOAT32) } });
  expect(() => gradients(g, [{ value: real, gradient: real }], [x])).toThrow('does not depend on "x"');
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

test('operators that do not depend on a requested value need no rule', () => {
  const g = new GraphBuilder('preparation');
  const x = g.input('x', { dtype: 'FP32', shape: [2] });
  const w = g.input('w', { dtype: 'FP32', shape: [2] });
  const y = g.op('Mul', [g.op('Erf', [x]), w]);
  expect(gradients(g, [{ value: y, gradient: y }], [w])).toHaveLength(1);
});

test('a loss that does not depend on a requested value is an error', () => {
  const g = new GraphBuilder('independent');
  const x = g.input('x', { dtype: 'FP32', shape: [2] });
  const w = g.input('w', { dtype: 'FP32', shape: [2] });
  expect(() => gradients(g, [{ value: x, gradient: x }], [w])).toThrow('the loss does not depend on "w"');
});
