import { GraphBuilder, graphAttribute } from '@athanor/onnx';
import { evaluateGraph } from '@athanor/onnx/evaluate';
import { tensor } from '@athanor/tensor';
import { expect, test } from 'vitest';
import { MissingGradientError } from './errors.js';
import { gradients } from './reverse-mode.js';

test('a value that is used twice gets the sum of its gradients', () => {
  const g = new GraphBuilder('twice');
  const x = g.input('x', { dtype: 'FP64', shape: [2] });
  const seed = g.input('seed', { dtype: 'FP64', shape: [2] });
  // x·eˣ, whose derivative is (1 + x)eˣ
  const y = g.op('Mul', [x, g.op('Exp', [x])]);
  g.output(gradients(g, [{ value: y, gradient: seed }], [x])[0]!, 'gradient');
  const feeds = { x: Float64Array.of(0.5, -2), seed: Float64Array.of(1, 3) };
  const outputs = evaluateGraph(g.graph(), {
    x: tensor('FP64', [2], feeds.x),
    seed: tensor('FP64', [2], feeds.seed),
  });
  const expected = [1.5 * Math.exp(0.5), -3 * Math.exp(-2)];
  Array.from(outputs.get('gradient')!.data, Number).forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index]!, 14);
  });
});

test('a cast integer has no gradient', () => {
  const g = new GraphBuilder('cast');
  const x = g.input('x', { dtype: 'INT64', shape: [2] });
  const real = g.op('Cast', [x], { attributes: { to: 'FP32' } });
  expect(() => gradients(g, [{ value: real, gradient: real }], [x])).toThrow('does not depend on "x"');
});

test('an operator that is not in the table is a named error, never a silent zero', () => {
  const g = new GraphBuilder('missing');
  const x = g.input('x', { dtype: 'FP32', shape: [2] });
  const [y] = g.opaque('Inverse', [x], [x], { domain: 'com.microsoft', name: 'inverted' });
  const attempt = () => gradients(g, [{ value: y!, gradient: y! }], [x]);
  expect(attempt).toThrow(MissingGradientError);
  expect(attempt).toThrow('operator Inverse (node that makes "inverted_0") has no gradient rule');
});

test('an operator whose rule is not written yet is a named error, never a silent zero', () => {
  const g = new GraphBuilder('recurrent');
  const x = g.input('x', { dtype: 'FP32', shape: [5, 2, 3] });
  const w = g.input('w', { dtype: 'FP32', shape: [1, 16, 3] });
  const r = g.input('r', { dtype: 'FP32', shape: [1, 16, 4] });
  const y = g.op('LSTM', [x, w, r], { attributes: { hidden_size: 4 } });
  expect(() => gradients(g, [{ value: y, gradient: y }], [w])).toThrow('operator LSTM');
  expect(() => gradients(g, [{ value: y, gradient: y }], [w])).toThrow(MissingGradientError);
});

test('what a body of control flow reads from outside is a named error, never a silent zero', () => {
  const g = new GraphBuilder('captured');
  const x = g.input('x', { dtype: 'FP32', shape: [2] });
  const condition = g.input('condition', { dtype: 'BOOL', shape: [] });
  const branch = (name: string) => {
    const body = g.body(name);
    body.output(body.op('Exp', [x]));
    return graphAttribute(body.graph());
  };
  const attributes = { then_branch: branch('then'), else_branch: branch('else') };
  const [y] = g.opaque('If', [condition], [x], { attributes });
  expect(() => gradients(g, [{ value: y!, gradient: x }], [x])).toThrow('operator If');
});

test('operators that do not depend on a requested value need no rule', () => {
  const g = new GraphBuilder('preparation');
  const x = g.input('x', { dtype: 'FP32', shape: [2] });
  const w = g.input('w', { dtype: 'FP32', shape: [2] });
  const [prepared] = g.opaque('Inverse', [x], [x], { domain: 'com.microsoft' });
  const y = g.op('Mul', [prepared, w]);
  expect(gradients(g, [{ value: y, gradient: y }], [w])).toHaveLength(1);
});

test.each(['Shape', 'Sign'] as const)('nothing flows back through %s', op => {
  const g = new GraphBuilder('constant');
  const x = g.input('x', { dtype: 'FP32', shape: [2] });
  const y = g.op('Cast', [g.op(op, [x])], { attributes: { to: 'FP32' } });
  expect(() => gradients(g, [{ value: y, gradient: y }], [x])).toThrow('the loss does not depend on "x"');
});

test('a loss that does not depend on a requested value is an error', () => {
  const g = new GraphBuilder('independent');
  const x = g.input('x', { dtype: 'FP32', shape: [2] });
  const w = g.input('w', { dtype: 'FP32', shape: [2] });
  expect(() => gradients(g, [{ value: x, gradient: x }], [w])).toThrow('the loss does not depend on "w"');
});
