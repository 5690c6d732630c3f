import { GraphBuilder, type Value } from '@athanor/onnx';
import { evaluateGraph, type NdArray } from '@athanor/onnx/evaluate';
import { isFloat, type Tensor, tensor } from '@athanor/tensor';
import { describe, expect, test } from 'vitest';
import { gradients } from '../reverse-mode.js';
import { type PytorchCase, pytorchCases, type StoredArray } from './pytorch-gradients.testkit.js';

// The weight of element i of each result in the loss, as in the generator.
const weight = (i: number) => (((i * 7 + 3) % 11) - 5) / 4;

function evaluate({ op, attributes, inputs, results, gradients: expected }: PytorchCase) {
  const g = new GraphBuilder('pytorch');
  const feeds: Record<string, Tensor> = {};
  const operands = inputs.map((input, index): Value | undefined => {
    if (input === null) return undefined;
    if (expected[index] === null) return g.constant(toTensor(input));
    feeds[`x${index}`] = toTensor(input);
    return g.input(`x${index}`, { dtype: 'FP64', shape: input.shape });
  });
  const values = g.ops(op, operands, { attributes: attributes as never, outputs: results.length });
  const seeds = values.flatMap((value, index) => {
    if (!isFloat(value.dtype)) return [];
    const { shape, values: numbers } = results[index]!;
    return [
      {
        value,
        gradient: g.constant(
          tensor(
            'FP64',
            shape,
            Float64Array.from(numbers, (_, i) => weight(i)),
          ),
        ),
      },
    ];
  });
  const wanted = operands.filter((operand): operand is Value => operand !== undefined && operand.name in feeds);
  for (const value of [...values, ...gradients(g, seeds, wanted)]) g.output(value, g.uniqueName('output'));
  return [...evaluateGraph(g.graph(), feeds).values()];
}

function toTensor({ dtype, shape, values }: StoredArray & { readonly dtype: 'FP64' | 'INT64' | 'BOOL' }): Tensor {
  if (dtype === 'FP64') return tensor('FP64', shape, Float64Array.from(values));
  if (dtype === 'INT64') return tensor('INT64', shape, BigInt64Array.from(values, BigInt));
  return tensor('BOOL', shape, Uint8Array.from(values));
}

/** The largest |received - expected| / max(1, |expected|). */
function largestError(received: NdArray, expected: readonly number[]): number {
  if (received.data.length !== expected.length) return Number.POSITIVE_INFINITY;
  const errors = expected.map((value, i) => Math.abs(Number(received.data[i]) - value) / Math.max(1, Math.abs(value)));
  return errors.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(0, ...errors);
}

describe.each(pytorchCases.map((each, index) => ({ ...each, number: index + 1 })))('$number: $op', each => {
  test('has PyTorch’s results and gradients', () => {
    const received = evaluate(each);
    const expected = [...each.results.map(({ values }) => values), ...each.gradients.filter(values => values !== null)];
    expect(received.slice(0, each.results.length).map(({ shape }) => shape)).toEqual(
      each.results.map(({ shape }) => shape),
    );
    expect(received.length).toBe(expected.length);
    received.forEach((array, index) => {
      expect(largestError(array, expected[index]!), index < each.results.length ? 'result' : 'gradient').toBeLessThan(
        1e-9,
      );
    });
  });
});
