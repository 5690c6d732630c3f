// The exponential moving average of the parameters, which is often better than their last values (Polyak, Juditsky 1992). As
// torch.optim.swa_utils.AveragedModel: the first step copies the parameters, later ones mix a ← d·a + (1 - d)·p.

import type { GraphBuilder, Value } from '@athanor/onnx';
import { add, cast, mul, scalar, scale, sub } from '../emit.js';
import { type ParameterGroup, type StateSlot, slotsLike } from '../optimizers/transform.js';

const ROLE = 'average';

/** Name of a parameter's average in the state. */
export const averageName = (parameter: string): string => `${ROLE}.${parameter}`;

/** One slot per group. */
export const averageSlots = (groups: readonly ParameterGroup[]): StateSlot[] => slotsLike(ROLE, groups);

/** FP32 [K]: the share of the parameters in the average after each step. `steps` FP64 [K] counts from 1. */
export function averageShares(g: GraphBuilder, steps: Value, decay: number): Value {
  const isFirst = cast(g, g.op('Equal', [steps, scalar(g, 'FP64', 1)]), 'FP32');
  return add(g, scale(g, isFirst, decay), scalar(g, 'FP32', 1 - decay));
}

/** The averages after a step; `share` is its element of `averageShares`. */
export function averaged(
  g: GraphBuilder,
  averages: readonly Value[],
  parameters: readonly Value[],
  share: Value,
): Value[] {
  return averages.map((average, index) => add(g, average, mul(g, sub(g, parameters[index]!, average), share)));
}
