import { rowMajorStrides, type Shape } from '@athanor/tensor';
import { TypeInferenceError } from '../../errors.js';
import { flatIndex, forEachIndex } from '../../evaluate/indices.js';
import { type NdArray, realArray, reals } from '../../evaluate/nd-array.js';
import type { Dim } from '../../model.js';
import { required, string } from '../attribute-specs.js';
import { broadcastDims } from '../dims.js';
import { variadic } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { type EinsumTerms, parseEinsum } from './einsum-equation.js';

/** Σ of products of the operands' elements, over all letters of the equation that the result lacks. */
export const einsum = defineOperator({
  since: 12,
  attributes: { equation: required(string()) },
  inputs: { inputs: variadic() },
  infer({ op, inputs: { inputs }, attributes: { equation } }) {
    const shapes = inputs.map(({ shape }) => shape);
    const terms = parseEinsum(
      equation,
      shapes.map(({ length }) => length),
    );
    const sizes = einsumSizes(terms, shapes);
    const misfit = inputs.find(({ dtype }) => dtype !== inputs[0]!.dtype);
    if (misfit) throw new TypeInferenceError(`${op} of ${inputs[0]!.dtype} and ${misfit.dtype}`);
    return [{ dtype: inputs[0]!.dtype, shape: [...terms.result].map(letter => sizes.get(letter)!) }];
  },
  evaluate({ inputs: { inputs }, attributes: { equation } }) {
    const shapes = inputs.map(({ shape }) => shape);
    const terms = parseEinsum(
      equation,
      shapes.map(({ length }) => length),
    );
    return [contracted(inputs, terms, einsumSizes(terms, shapes) as Map<string, number>)];
  },
});

/** The size of each letter: that of all axes with it, or of those whose size is not 1. */
export function einsumSizes({ operands }: EinsumTerms, shapes: readonly (readonly Dim[])[]): Map<string, Dim> {
  const sizes = new Map<string, Dim>();
  operands.forEach((term, operand) => {
    [...term].forEach((letter, axis) => {
      sizes.set(letter, broadcastDims([sizes.get(letter) ?? 1], [shapes[operand]![axis]!])[0]!);
    });
  });
  return sizes;
}

function contracted(inputs: readonly NdArray[], terms: EinsumTerms, sizes: ReadonlyMap<string, number>): NdArray {
  const letters = [...terms.result, ...[...sizes.keys()].filter(letter => !terms.result.includes(letter))];
  const all = letters.map(letter => sizes.get(letter)!);
  const result = realArray(inputs[0]!.dtype, all.slice(0, terms.result.length));
  const factors = inputs.map(({ data, shape, dtype }, operand) => ({
    values: reals({ data, shape, dtype }),
    strides: stridesBy(letters, terms.operands[operand]!, shape),
  }));
  const target = stridesBy(letters, terms.result, result.shape);
  forEachIndex(all, index => {
    const product = factors.reduce((factor, { values, strides }) => factor * values[flatIndex(index, strides)]!, 1);
    result.data[flatIndex(index, target)]! += product;
  });
  return result;
}

// How far one step along each letter moves in an array: along all axes with the letter, not along broadcast ones.
function stridesBy(letters: readonly string[], term: string, shape: Shape): number[] {
  const strides = rowMajorStrides(shape);
  return letters.map(letter =>
    strides.reduce((sum, stride, axis) => sum + (term[axis] === letter && shape[axis] !== 1 ? stride : 0), 0),
  );
}
