import { int64, type Tensor, tensor } from '@athanor/tensor';
import { describe, expect, test } from 'vitest';
import { GraphBuilder, type NodeOptions } from '../build/graph-builder.js';
import { evaluateGraph } from '../evaluate/evaluate-graph.js';
import { parseEinsum } from './matrix/einsum-equation.js';
import type { OperatorName } from './table.js';

// Gradients are checked with every operator that has one, in libs/autodiff; here is what is left.

function evaluate<K extends OperatorName>(op: K, inputs: readonly Tensor[], options: NodeOptions<K> = {}) {
  const g = new GraphBuilder('one');
  const values = g.ops(
    op,
    inputs.map((input, index) => g.initializer(`x${index}`, input)),
    options,
  );
  for (const value of values) g.output(value);
  const results = evaluateGraph(g.graph(), {});
  return values.map(({ name, shape }) => {
    const { shape: computed, data } = results.get(name)!;
    return { inferred: shape, shape: computed, data: Array.from(data, Number) };
  });
}

const fp32 = (shape: readonly number[], ...values: number[]) => tensor('FP32', shape, Float32Array.from(values));

test('Hardmax marks the first of equal elements', () => {
  const [y] = evaluate('Hardmax', [fp32([2, 3], 1, 2, 2, 0, -1, -2)]);
  expect(y!.data).toEqual([0, 1, 0, 1, 0, 0]);
});

test('NonZero gives the indices axis by axis', () => {
  const [y] = evaluate('NonZero', [fp32([2, 3], 0, 5, 0, 7, 0, -1)]);
  expect(y).toEqual({ inferred: [2, ''], shape: [2, 3], data: [0, 1, 1, 1, 0, 2] });
});

test('Dropout gives its operand and a mask that is true', () => {
  const [y, mask] = evaluate('Dropout', [fp32([2], 3, -4)], { outputs: 2 });
  expect(y!.data).toEqual([3, -4]);
  expect(mask!.data).toEqual([1, 1]);
});

test('CumSum wraps integers around as their type does', () => {
  const [y] = evaluate('CumSum', [tensor('INT32', [3], Int32Array.of(2 ** 31 - 1, 1, 1)), int64([], [0])]);
  expect(y!.data).toEqual([2 ** 31 - 1, -(2 ** 31), -(2 ** 31) + 1]);
});

test('Slice backwards from before the first element takes the first one, other than NumPy', () => {
  const bounds = [[-4], [-9], [0], [-1]].map(values => int64([1], values));
  const [y] = evaluate('Slice', [fp32([2], 5, 6), ...bounds]);
  expect(y).toEqual({ inferred: [1], shape: [1], data: [5] });
});

test('Resize types its result by constant scales', () => {
  const g = new GraphBuilder('resize');
  const x = g.input('x', { dtype: 'FP32', shape: ['batch', 3, 5, 4] });
  const scales = g.constant(fp32([4], 1, 1, 1.5, 2));
  expect(g.op('Resize', [x, undefined, scales]).shape).toEqual(['batch', 3, 7, 8]);
});

describe('an equation of Einsum', () => {
  test('without an arrow keeps the letters that occur once, in alphabetical order', () => {
    expect(parseEinsum('kj, ji', [2, 2])).toEqual({ operands: ['kj', 'ji'], result: 'ik' });
  });

  test('has letters of its own for an ellipsis', () => {
    expect(parseEinsum('...c,cd->...d', [3, 2])).toEqual({ operands: ['abc', 'cd'], result: 'abd' });
  });

  test.each([
    ['ij,jk', [2], /2 terms for 1 operands/],
    ['ij->ij', [3], /term 0 for an operand of rank 3/],
    ['ij->ik', [2], /result "ik"/],
    ['i->ii', [1], /result "ii"/],
    ['...i,...i->...', [2, 3], /an ellipsis for 1, 2 axes/],
  ])('%s is refused for operands of ranks %j', (equation, ranks, message) => {
    expect(() => parseEinsum(equation, ranks)).toThrow(message);
  });
});
