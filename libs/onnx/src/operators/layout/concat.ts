import { elementCount, normalizeAxis, rowMajorStrides } from '@athanor/tensor';
import { TypeInferenceError } from '../../errors.js';
import { flatIndex, forEachIndex } from '../../evaluate/indices.js';
import { emptyElements, setElement } from '../../evaluate/nd-array.js';
import { int, required } from '../attribute-specs.js';
import { describe, differ, sumDims } from '../dims.js';
import { variadic } from '../input-specs.js';
import { defineOperator } from '../operator.js';

export const concat = defineOperator({
  since: 13,
  attributes: { axis: required(int()) },
  inputs: { inputs: variadic() },
  infer({ op, inputs: { inputs }, attributes }) {
    const first = inputs[0]!;
    const axis = normalizeAxis(attributes.axis, first.shape.length);
    const misfit = inputs.find(({ dtype, shape }) => {
      const isAlike = (dim: string | number, at: number) => at === axis || !differ(dim, first.shape[at]!);
      return dtype !== first.dtype || shape.length !== first.shape.length || !shape.every(isAlike);
    });
    if (misfit) throw new TypeInferenceError(`${op} of ${describe(first)} and ${describe(misfit)} along axis ${axis}`);
    // A size that is unknown of one operand may be known of another.
    const shape = first.shape.map(
      (dim, at) => inputs.find(each => typeof each.shape[at] === 'number')?.shape[at] ?? dim,
    );
    return [{ dtype: first.dtype, shape: shape.with(axis, sumDims(inputs.map(input => input.shape[axis]!))) }];
  },
  propagate: ({ contents: { inputs } }) => [
    inputs.every(each => each !== undefined) ? inputs.flatMap(each => each!) : undefined,
  ],
  evaluate({ inputs: { inputs }, attributes }) {
    const first = inputs[0]!;
    const axis = normalizeAxis(attributes.axis, first.shape.length);
    const shape = first.shape.with(
      axis,
      inputs.reduce((sum, input) => sum + input.shape[axis]!, 0),
    );
    const data = emptyElements(first.dtype, elementCount(shape));
    const strides = rowMajorStrides(shape);
    let start = 0;
    for (const input of inputs) {
      forEachIndex(input.shape, (index, flat) => {
        setElement(data, flatIndex(index, strides) + start * strides[axis]!, input.data, flat);
      });
      start += input.shape[axis]!;
    }
    return [{ dtype: first.dtype, shape, data }];
  },
});
