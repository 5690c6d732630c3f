import type { Dim, GraphBuilder, Value } from '@athanor/onnx';
import { sum } from './emit.js';
import { GradientError } from './errors.js';

/**
 * The adjoint of broadcasting: sums a gradient over the axes along which the operand was repeated. Throws GradientError
 * if symbolic sizes do not determine that.
 */
export function unbroadcast(g: GraphBuilder, gradient: Value, target: Value): Value {
  const extra = gradient.shape.length - target.shape.length;
  const leading = Array.from({ length: extra }, (_, axis) => axis);
  const stretched: number[] = [];
  target.shape.forEach((dim, axis) => {
    if (isStretched(dim, gradient.shape[axis + extra]!, target)) stretched.push(axis + extra);
  });
  let reduced = gradient;
  if (stretched.length > 0) reduced = sum(g, reduced, stretched, true);
  if (leading.length > 0) reduced = sum(g, reduced, leading, false);
  return reduced;
}

function isStretched(dim: Dim, gradientDim: Dim, target: Value): boolean {
  if (dim === 1) return gradientDim !== 1;
  if (dim === gradientDim && dim !== '') return false;
  if (typeof dim === 'number' && gradientDim === '') return false;
  throw new GradientError(
    `whether "${target.name}" [${target.shape.join(',')}] was broadcast to size ${gradientDim || '?'} is not known`,
  );
}
