import type { OperatorName } from '@athanor/onnx';
import type { Gradient, NoGradient, UnsupportedGradient } from './gradient.js';
import * as gradients from './gradients.js';

/** Exhaustive: an operator without a line in gradients.ts does not compile. */
export const GRADIENTS: { readonly [K in OperatorName]: Gradient<K> | NoGradient | UnsupportedGradient } = gradients;

export function isConstant(gradient: object): gradient is NoGradient {
  return 'isConstant' in gradient;
}

export function isUnsupported(gradient: object): gradient is UnsupportedGradient {
  return 'isUnsupported' in gradient;
}
