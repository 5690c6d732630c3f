import type { Value } from '@athanor/onnx';
import { cast, div, mul } from '../../emit.js';
import { unbroadcast } from '../../unbroadcast.js';
import type { GradientCall } from '../gradient.js';

type Selection = Omit<GradientCall<'Max'>, 'op'>;

/** Of the largest or smallest operand: the gradient goes to the operands that equal the result, in equal shares. */
export function shareOfEqual({ g, inputs: { inputs }, outputs: [y], wanted, dy }: Selection): (Value | undefined)[] {
  const masks = inputs.map(input => cast(g, g.op('Equal', [input, y]), dy.dtype));
  const share = div(g, dy, g.op('Sum', masks));
  return inputs.map((input, index) =>
    wanted.inputs[index] ? unbroadcast(g, mul(g, share, masks[index]!), input) : undefined,
  );
}
