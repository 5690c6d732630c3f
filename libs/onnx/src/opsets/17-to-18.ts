import { int } from '../attribute.js';
import { type Converter, intsToInput, type OpsetStep } from './opset-step.js';

const axesToInput = intsToInput('axes', 1);

/** Into equal parts: their number was that of the outputs. */
const split: Converter = node =>
  node.inputs[1] ? [node] : [{ ...node, attributes: { ...node.attributes, num_outputs: int(node.outputs.length) } }];

export const step: OpsetStep = {
  from: 17,
  to: 18,
  converters: {
    ReduceL1: axesToInput,
    ReduceL2: axesToInput,
    ReduceLogSum: axesToInput,
    ReduceLogSumExp: axesToInput,
    ReduceMax: axesToInput,
    ReduceMean: axesToInput,
    ReduceMin: axesToInput,
    ReduceProd: axesToInput,
    ReduceSumSquare: axesToInput,
    Split: split,
  },
};
