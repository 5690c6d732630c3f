import type { OperatorName } from '@athanor/onnx';
import type { Gradient, NoGradient } from './gradient.js';
import * as gradients from './gradients.js';

/** Exhaustive: an operator without a line in gradients.ts does not compile. */
export const GRADIENTS: { readonly [K in OperatorName]: Gradient<K> | NoGradient } = gradients;

export function isConstant(gradient: object): gradient is NoGradient {
  return 'isConstant' in gradient;
}
