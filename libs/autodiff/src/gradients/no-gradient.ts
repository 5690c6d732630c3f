import type { NoGradient } from './gradient.js';

export const noGradient: NoGradient = { isConstant: true };
