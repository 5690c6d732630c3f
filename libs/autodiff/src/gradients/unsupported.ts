import type { UnsupportedGradient } from './gradient.js';

export const unsupported: UnsupportedGradient = { isUnsupported: true };
