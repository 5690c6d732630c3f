import type { GraphBuilder, Value } from '@athanor/onnx';
import { mul, reshapeLike, sum } from '../../emit.js';
import { channelAxes, perChannel, standardize, throughStandard } from './standardize.js';

interface GroupCall {
  readonly g: GraphBuilder;
  readonly inputs: { readonly x: Value; readonly scale: Value };
  readonly wanted: { readonly x: boolean; readonly scale: boolean; readonly bias: boolean };
  readonly attributes: { readonly epsilon: number };
  readonly dy: Value;
}

/** Each sample's channels are normalized in groups: x is [N, groups, …], 0 groups being one per channel. */
export function byGroup({ g, inputs: { x, scale }, wanted, attributes, dy }: GroupCall, groups: number) {
  const grouped = (value: Value) => g.op('Reshape', [value, g.axes([0, groups, -1])]);
  const standard = standardize(g, grouped(x), { axes: [2], epsilon: attributes.epsilon });
  const rank = x.shape.length;
  const dx = () => throughStandard(g, grouped(mul(g, dy, perChannel(g, scale, rank))), standard);
  return {
    x: wanted.x ? reshapeLike(g, dx(), x) : undefined,
    scale: wanted.scale
      ? sum(g, mul(g, dy, reshapeLike(g, standard.standard, x)), channelAxes(rank), false)
      : undefined,
    bias: wanted.bias ? sum(g, dy, channelAxes(rank), false) : undefined,
  };
}
