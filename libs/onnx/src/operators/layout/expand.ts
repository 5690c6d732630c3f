import { broadcastPositions } from '../../evaluate/indices.js';
import { emptyElements, integers, setElement } from '../../evaluate/nd-array.js';
import type { Dim } from '../../model.js';
import { broadcastDims } from '../dims.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { unknownShape } from './reshape.js';

/** Broadcasts the operand to a shape. */
export const expand = defineOperator({
  since: 13,
  inputs: { x: one(), shape: one() },
  infer({ op, inputs: { x, shape }, contents }) {
    if (contents.shape) return [{ dtype: x.dtype, shape: broadcastDims(x.shape, contents.shape) }];
    const rank = Math.max(unknownShape(op, shape.shape).length, x.shape.length);
    return [{ dtype: x.dtype, shape: new Array<Dim>(rank).fill('') }];
  },
  evaluate({ inputs: { x, shape } }) {
    const target = broadcastDims(x.shape, integers(shape)) as number[];
    const positions = broadcastPositions(x.shape, target);
    const data = emptyElements(x.dtype, positions.length);
    positions.forEach((position, flat) => {
      setElement(data, flat, x.data, position);
    });
    return [{ dtype: x.dtype, shape: target, data }];
  },
});
