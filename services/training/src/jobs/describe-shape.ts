import type { TensorSpec } from '@athanor/contracts/api';

/** For people, for example "FP32 [batch,4]". */
export function describeShape({ datatype, shape, axes }: TensorSpec): string {
  return `${datatype} [${shape.map((size, axis) => (size >= 0 ? String(size) : axes[axis] || '-1')).join(',')}]`;
}
