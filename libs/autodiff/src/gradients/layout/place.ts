import type { GraphBuilder, Value } from '@athanor/onnx';

/** Zeros around a value along the axes that are given: `before` and `after` elements each; negative ones crop. */
export function place(
  g: GraphBuilder,
  x: Value,
  pads: readonly { readonly axis: number; readonly before: number; readonly after: number }[],
): Value {
  const moved = pads.filter(({ before, after }) => before !== 0 || after !== 0);
  if (moved.length === 0) return x;
  const before = x.shape.map((_, axis) => moved.find(each => each.axis === axis)?.before ?? 0);
  const after = x.shape.map((_, axis) => moved.find(each => each.axis === axis)?.after ?? 0);
  return g.op('Pad', [x, g.axes([...before, ...after])]);
}
