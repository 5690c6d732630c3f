import { int, intOf } from '../attribute.js';
import { type Converter, intsToInput, type OpsetStep, reshapedLike, unchanged } from './opset-step.js';

/**
 * The operand was taken as a matrix whose columns are the axes from `axis` on; since opset 13 `axis` is the only one. The
 * last axis is the same either way.
 */
const overMatrix: Converter = (node, context) => {
  const axis = intOf(node.attributes, 'axis', 1);
  if (axis === -1) return [{ ...node, attributes: { axis: int(-1) } }];
  const [x, y] = [node.inputs[0]!, node.outputs[0]!];
  const [matrix, result] = [context.unique(`${y}_matrix`), context.unique(`${y}_matrix`)];
  return [
    { op: 'Flatten', domain: '', name: '', inputs: [x], outputs: [matrix], attributes: { axis: int(axis) } },
    { ...node, inputs: [matrix], outputs: [result], attributes: { axis: int(-1) } },
    ...reshapedLike(context, [result, x, y]),
  ];
};

export const step: OpsetStep = {
  from: 12,
  to: 13,
  converters: {
    // Its integers were removed; of floats it is the same.
    Erf: unchanged,
    Hardmax: overMatrix,
    LogSoftmax: overMatrix,
    ReduceSum: intsToInput('axes', 1),
    Softmax: overMatrix,
    Split: intsToInput('split', 1),
    Squeeze: intsToInput('axes', 1),
    Unsqueeze: intsToInput('axes', 1),
  },
};
