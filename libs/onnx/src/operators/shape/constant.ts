import { type Tensor, tensor as toTensor } from '@athanor/tensor';
import { TypeInferenceError } from '../../errors.js';
import { fromTensor } from '../../evaluate/nd-array.js';
import { type AttributeValues, float, floats, int, ints, string, strings, tensor } from '../attribute-specs.js';
import { defineOperator } from '../operator.js';
import { smallContents } from './small-contents.js';

const attributes = {
  value: tensor(),
  value_float: float(),
  value_floats: floats(),
  value_int: int(),
  value_ints: ints(),
  value_string: string(),
  value_strings: strings(),
};

/** A tensor as an attribute of a node. */
export const constant = defineOperator({
  since: 21,
  attributes,
  inputs: {},
  infer({ op, attributes: given }) {
    const { dtype, shape } = constantValue(op, given);
    return [{ dtype, shape }];
  },
  propagate: ({ op, attributes: given }) => [smallContents(constantValue(op, given))],
  evaluate: ({ op, attributes: given }) => [fromTensor(constantValue(op, given))],
});

/** Throws TypeInferenceError if none of the attributes is there. */
export function constantValue(op: string, given: AttributeValues<typeof attributes>): Tensor {
  const { value, value_float, value_floats, value_int, value_ints, value_string, value_strings } = given;
  if (value) return value;
  if (value_float !== undefined) return toTensor('FP32', [], Float32Array.of(value_float));
  if (value_floats) return toTensor('FP32', [value_floats.length], Float32Array.from(value_floats));
  if (value_int !== undefined) return toTensor('INT64', [], BigInt64Array.of(BigInt(value_int)));
  if (value_ints) return toTensor('INT64', [value_ints.length], BigInt64Array.from(value_ints, BigInt));
  if (value_string !== undefined) return toTensor('BYTES', [], [value_string]);
  if (value_strings) return toTensor('BYTES', [value_strings.length], value_strings);
  throw new TypeInferenceError(`${op} needs a value`);
}
